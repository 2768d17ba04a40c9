// Rules of time zones: the table a JavaScript host writes, by the layout of ABI.md.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const { zoneTable } = await source('engine/zones');

/** The zones of a table. */
function readTable(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 0;
  const word = () => {
    at += 4;
    return view.getInt32(at - 4, true);
  };
  const zones = Array.from({ length: word() }, () => {
    const first = word();
    const count = word();
    const length = word();
    const name = new TextDecoder().decode(bytes.subarray(at, at + length));
    at += Math.ceil(length / 4) * 4;
    return { name, first, changes: Array.from({ length: count }, () => [word() * 60_000, word()]) };
  });
  assert.equal(at, bytes.length);
  return zones;
}

test('each change of a zone, to the minute', () => {
  const [berlin] = readTable(zoneTable(['Europe/Berlin']));
  assert.equal(berlin.name, 'Europe/Berlin');
  assert.equal(berlin.first, 60);
  assert.equal(berlin.changes.length, 2 * 38);
  const of2026 = berlin.changes.filter(([time]) => new Date(time).getUTCFullYear() === 2026);
  assert.deepEqual(of2026, [
    [Date.UTC(2026, 2, 29, 1), 120],
    [Date.UTC(2026, 9, 25, 1), 60],
  ]);
  assert.deepEqual(
    berlin.changes.map(([time]) => time),
    berlin.changes.map(([time]) => time).sort((a, b) => a - b),
  );
});

test('half-hour changes, quarter-hour offsets, a day that was skipped, and no change at all', () => {
  const [howe, kathmandu, apia, utc] = readTable(
    zoneTable(['Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC']),
  );
  assert.deepEqual(
    howe.changes.filter(([time]) => new Date(time).getUTCFullYear() === 2026).map(([, offset]) => offset),
    [630, 660],
  );
  assert.deepEqual([kathmandu.first, kathmandu.changes], [345, []]);
  assert.ok(apia.changes.some(([time, offset]) => time === Date.UTC(2011, 11, 30, 10) && offset === 840));
  assert.deepEqual([utc.first, utc.changes], [0, []]);
});

test("the host's own zone comes to the same by its own clock", () => {
  const names = ['America/Nuuk', 'America/Godthab'];
  const before = process.env.TZ;
  process.env.TZ = names[0];
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [byClock] = readTable(zoneTable([own]));
  if (before === undefined) delete process.env.TZ;
  else process.env.TZ = before;
  assert.ok(names.includes(own));
  const [byCalendar] = readTable(zoneTable(names.filter((name) => name !== own)));
  assert.ok(byClock.changes.length > 40);
  assert.deepEqual([byClock.first, byClock.changes], [byCalendar.first, byCalendar.changes]);
});

test('a name is written once, and one that is none is left out', () => {
  const names = [
    'Mars/Olympus',
    '../../etc/passwd',
    '',
    'europe/berlin',
    'Europe/BERLIN',
    'EST5EDT',
    '+01:00',
    'SystemV/PST8PDT',
  ];
  assert.deepEqual(readTable(zoneTable(names)), []);
  assert.deepEqual(zoneTable([]), new Uint8Array(4));
  const known = readTable(zoneTable(['UTC', 'Mars/Olympus', 'UTC']));
  assert.deepEqual(
    known.map(({ name }) => name),
    ['UTC'],
  );
});
