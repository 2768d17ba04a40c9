// The two hosts that find rules of time zones by themselves, the native one from files and the JavaScript one from its calendar, come to
// the same: for every hour of change from 2000 to 2037, a decision log of what the person's clock shows is the same bytes.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const binary = join(root, 'build/bin/desirepath');
const runner = join(root, 'sdk/js/dist/cli/run.js');
const zones = [
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/New_York',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Antarctica/Troll',
  'Asia/Kathmandu',
  'Asia/Gaza',
  'Asia/Pyongyang',
  'Asia/Tehran',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'Europe/Dublin',
  'Europe/Istanbul',
  'Pacific/Apia',
  'Pacific/Chatham',
  'US/Pacific',
  'UTC',
];
const kHour = 3600_000;
const do_ = [{ channel: 'web', slot: 'hero' }];
const facts = {
  hour: [0, 24],
  weekday: [1, 8],
};
// Triggers that say hour, half and quarter hours, weekday and day of what the clock shows.
const triggers = [
  ...Object.entries(facts).flatMap(([fact, [from, to]]) =>
    Array.from({ length: to - from }, (_, i) => ({
      id: `${fact}-${from + i}`,
      event: 'E',
      when: { [`now.${fact}`]: from + i },
      do: do_,
    })),
  ),
  ...[0, 15, 30, 45].map((minute) => ({
    id: `minute-${minute}`,
    event: 'E',
    when: { 'now.minute': { $gte: minute, $lt: minute + 15 } },
    do: do_,
  })),
  { id: 'first', event: 'E', when: { 'now.day': 1 }, do: do_ },
];
let folder;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'desirepath-zones-'));
  writeFileSync(
    join(folder, 'j.json'),
    JSON.stringify({ schema: 'desirepath/journey/1', journey: 'zones', version: 1, triggers }),
  );
  execFileSync(binary, ['compile', join(folder, 'j.json'), '-o', join(folder, 'j.dpj')], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
});
after(() => rmSync(folder, { recursive: true, force: true }));

const offsetOf = (zone) => {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' });
  return (time) => format.format(time).split(', ')[1];
};

/** Around each change, and once a month: every quarter of an hour for three hours. */
function times(zone) {
  const at = offsetOf(zone);
  const found = [];
  for (let day = Date.UTC(2000, 0, 2); day < Date.UTC(2037, 11, 30); day += 24 * kHour) {
    if (at(day) === at(day + 24 * kHour)) continue;
    for (let hour = day; hour < day + 24 * kHour; hour += kHour) {
      if (at(hour) === at(hour + kHour)) continue;
      for (let quarter = -4; quarter < 9; quarter++) {
        found.push(hour + quarter * (kHour / 4), hour + quarter * (kHour / 4) - 1);
      }
    }
  }
  for (let year = 1999; year < 2039; year++) {
    for (let month = 0; month < 12; month++) found.push(Date.UTC(year, month, 1, month));
  }
  return found.sort((a, b) => a - b);
}

for (const zone of zones) {
  test(`${zone}: what the clock shows is the same natively and in JavaScript`, () => {
    const lines = times(zone).map((time, index) =>
      JSON.stringify({
        type: 'track',
        event: 'E',
        anonymousId: 'p',
        messageId: `m${index}`,
        timestamp: new Date(time).toISOString(),
        ...(index ? {} : { context: { timezone: zone } }),
      }),
    );
    const events = join(folder, `${zone.replaceAll('/', '-')}.jsonl`);
    writeFileSync(events, `${lines.join('\n')}\n`);
    const options = { encoding: 'utf8', maxBuffer: 1 << 28 };
    const native = spawnSync(binary, ['run', join(folder, 'j.json'), events], options);
    const script = spawnSync(process.execPath, [runner, join(folder, 'j.dpj'), events], options);
    assert.equal(native.status, 0, native.stderr);
    assert.equal(script.status, 0, script.stderr);
    assert.ok(native.stdout.split('\n').length > lines.length);
    assert.ok(
      native.stdout === script.stdout,
      `first difference: ${firstDifference(native.stdout, script.stdout)}`,
    );
  });
}

function firstDifference(a, b) {
  const right = b.split('\n');
  const index = a.split('\n').findIndex((line, at) => line !== right[at]);
  return `${a.split('\n')[index]} against ${right[index]}`;
}
