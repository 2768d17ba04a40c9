import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, test } from 'node:test';
import { binary, compiled, missing } from './support/program.mjs';
import { source } from './support/source.mjs';

const { parseTimestamp } = await source('node/timestamp');
const { readEventFile } = await source('node/event_file');

const root = resolve(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'desirepath-run-'));
after(() => rmSync(folder, { recursive: true }));

test('timestamps', () => {
  const given = {
    '2026-03-04T05:06:07.089Z': Date.UTC(2026, 2, 4, 5, 6, 7, 89),
    '2026-03-04 05:06:07.0899999': Date.UTC(2026, 2, 4, 5, 6, 7, 89),
    '2026-03-04T05:06': Date.UTC(2026, 2, 4, 5, 6),
    '2026-03-04T05:06:07.5+01:30': Date.UTC(2026, 2, 4, 3, 36, 7, 500),
    '2026-03-04T05:06-0100': Date.UTC(2026, 2, 4, 6, 6),
    '2024-02-29T00:00Z': Date.UTC(2024, 1, 29),
    '1970-01-01T00:00Z': 0,
  };
  for (const [text, time] of Object.entries(given)) assert.equal(parseTimestamp(text), time, text);
  const refused = [
    '2026-02-29T00:00Z',
    '2026-13-01T00:00Z',
    '2026-03-04',
    '2026-03-04T24:00Z',
    '2026-03-04T05:06:60Z',
    '2026-03-04T05:06:07.Z',
    '2026-03-04T05:06+24:00',
    '1969-12-31T23:59Z',
    '1970-01-01T00:00+01:00',
    '',
    null,
    -1,
    2 ** 48 - 1,
  ];
  for (const value of refused) assert.equal(parseTimestamp(value), undefined, String(value));
  assert.equal(parseTimestamp(5.9), 5);
  assert.equal(parseTimestamp(2 ** 48 - 2), 2 ** 48 - 2);
});

const file = (...lines) =>
  Buffer.from(lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
const event = (more) => ({ type: 'track', event: 'A', timestamp: 5, ...more });

test('profiles: userId, else the first userId seen with the anonymousId anywhere, else the anonymousId', () => {
  const { events } = readEventFile(
    file(
      event({ messageId: '1', anonymousId: 'a' }),
      event({ messageId: '2', anonymousId: 'a', userId: 'late', timestamp: 9 }),
      event({ messageId: '3', anonymousId: 'a', userId: 'early', timestamp: 7 }),
      event({ messageId: '4', anonymousId: 'b' }),
      event({ messageId: '5', userId: 'early' }),
    ),
    'f',
  );
  assert.deepEqual(
    events.map(({ messageId, profile }) => [messageId, profile]),
    [
      ['4', 'b'],
      ['1', 'early'],
      ['5', 'early'],
      ['3', 'early'],
      ['2', 'late'],
    ],
  );
});

test('of copies in one stream the first line counts; rows without an id are named by their line', () => {
  const { events } = readEventFile(
    file(
      event({ messageId: 'm', userId: 'u', event: 'first' }),
      event({ messageId: 'm', userId: 'u', event: 'second' }),
      event({ messageId: 'm', anonymousId: 'x', userId: 'u', event: 'other stream' }),
      '',
      event({ userId: 'u', event: 'row' }),
    ),
    'f',
  );
  assert.deepEqual(
    events.map(({ messageId, event: name }) => [messageId, name]),
    [
      ['m', 'first'],
      ['m', 'other stream'],
      ['row-000000000005', 'row'],
    ],
  );
});

test('order is time, then the bytes of the id', () => {
  const ids = ['😀', '￿', 'é', 'a', 'B'];
  const { events } = readEventFile(file(...ids.map((messageId) => event({ messageId, userId: 'u' }))), 'f');
  assert.deepEqual(
    events.map(({ messageId }) => messageId),
    ['B', 'a', 'é', '￿', '😀'],
  );
});

const unusable = [
  'not json',
  '[]',
  '"text"',
  '{"type":"track","timestamp":5,"userId":"u"}',
  '{"type":"view","timestamp":5,"userId":"u"}',
  '{"type":"page","userId":"u"}',
  '{"type":"page","timestamp":"yesterday","userId":"u"}',
  '{"type":"page","timestamp":5}',
  '{"type":"page","timestamp":5,"userId":7}',
  '{"type":"page","timestamp":5,"userId":"\\ud800"}',
  '{"type":"page","timestamp":5,"userId":"u","properties":{"\\udc00":1}}',
  '{"type":"page","timestamp":5,"userId":"u","properties":{"x":1e999}}',
  `{"type":"page","timestamp":5,"userId":"u","messageId":"${'é'.repeat(65)}"}`,
  `{"type":"page","timestamp":5,"userId":"u","properties":${'['.repeat(16)}${']'.repeat(16)}}`,
];

test('lines that cannot be used are named, the others are used', () => {
  const lines = unusable.flatMap((line) => [line, event({ userId: 'u' })]);
  const { events, mistakes } = readEventFile(file(...lines), 'events.jsonl');
  assert.equal(events.length, unusable.length);
  assert.deepEqual(
    mistakes.map((mistake) => mistake.split(': ')[0]),
    unusable.map((_, index) => `events.jsonl:${2 * index + 1}`),
  );
  const bytes = Buffer.concat([
    Buffer.from('{"type":"page","timestamp":5,"userId":"'),
    Buffer.from([0xff]),
    Buffer.from('"}'),
  ]);
  assert.match(readEventFile(bytes, 'f').mistakes[0], /^f:1: not JSON/);
});

const run = (...words) =>
  spawnSync(process.execPath, [join(root, 'sdk/js/dist/cli/run.js'), ...words], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });

test('what is wrong is one line, and the exit code 1', () => {
  for (const words of [[], ['a'], ['none.dpj', 'none.jsonl'], ['a', 'b', '--effects', 'x'], ['--unknown']]) {
    const { status, stderr, stdout } = run(...words);
    assert.deepEqual([status, stderr.split('\n').length, stdout], [1, 2, ''], stderr);
  }
  const program = join(folder, 'bad.dpj');
  writeFileSync(program, 'DPJ1 and no more');
  const events = join(folder, 'empty.jsonl');
  writeFileSync(events, '');
  assert.match(run(program, events).stderr, /bad\.dpj: not a program/);
});

/** A reproducible file: people of the demo shop, with late, repeated, broken and unusual lines among them. */
function shopEvents(seed, count) {
  let state = seed;
  const random = () => {
    state = (state * 1103515245 + 12345) & 0x7fffffff;
    return state / 0x7fffffff;
  };
  const pick = (list) => list[Math.floor(random() * list.length)];
  const names = [
    'Product Viewed',
    'Product Added',
    'Cart Updated',
    'Order Completed',
    'Product Reviewed',
    'Cart Viewed',
  ];
  let time = 1_790_000_000_000;
  const lines = [];
  for (let n = 0; n < count; n++) {
    time += Math.floor(random() * 600_000);
    const person = Math.floor(random() * 40);
    const type = pick(['track', 'track', 'track', 'page', 'identify']);
    const one = {
      type,
      anonymousId: `a${person}`,
      timestamp: pick([time, new Date(time).toISOString(), time - 86400_000]),
    };
    if (random() < 0.2) one.userId = pick([`u${person % 30}`, `ü${person}`]);
    if (random() < 0.7) one.messageId = `m${n - (random() < 0.05 ? 1 : 0)}`;
    one.properties = {
      category: pick(['shoes', 'packs', 'camp', null, 3, '😀']),
      kind: pick(['home', 'list', 'cart']),
    };
    if (type === 'track') {
      one.event = pick(names);
      Object.assign(one.properties, {
        cart_value: pick([0, 49.9, 50, '60', 120, 200, -0]),
        revenue: pick([10, 200.5, '7']),
      });
    }
    if (type === 'identify') one.traits = { email: pick(['a@b.c', null, 'é@x']) };
    one.context = { page: { url: 'https://shop.test/?utm_source=mail', referrer: '' }, utcOffset: 60 };
    if (random() < 0.05) one.context.consent = { categoryPreferences: { marketing: random() < 0.5 } };
    lines.push(random() < 0.01 ? pick(unusable) : JSON.stringify(one));
  }
  return lines.join('\n');
}

for (const effects of [[], ['--effects', 'recorded']]) {
  test(`the log is the native one, byte for byte ${effects.join(' ')}`, { skip: missing }, () => {
    const journey = join(root, 'web_demo/outfitters.journey.json');
    const program = join(folder, 'shop.dpj');
    writeFileSync(program, compiled(journey));
    for (const seed of [1, 2, 3]) {
      const events = join(folder, `${seed}.jsonl`);
      writeFileSync(events, shopEvents(seed, 3000));
      const native = spawnSync(binary, ['run', journey, events, ...effects], {
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const here = run(program, events, ...effects);
      assert.ok(native.stdout.length > 1000);
      assert.equal(here.stdout, native.stdout);
      assert.deepEqual([here.status, native.status], [1, 1], 'unusable lines');
    }
  });
}
