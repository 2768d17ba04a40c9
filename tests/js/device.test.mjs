import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { LocalStorage } from './support/local_storage.mjs';
import { compiled, missing } from './support/program.mjs';
import { source } from './support/source.mjs';

const { loadEngine } = await import('desirepath/node');
const { device, keepUnfolded } = await source('engine/device');
const { kTailEvents, kClockSlipMs } = await source('core/limits');

const options = { skip: missing };
const journey = join(import.meta.dirname, '../e2e/support/sdk.journey.json');
const program = missing ? undefined : compiled(journey, '--device');
const kStart = 1_800_000_000_000;

async function page(storage = new LocalStorage(), now = () => kStart + 3600_000) {
  const engine = await loadEngine();
  assert.equal(engine.load(program), 0);
  return { engine, storage, now, ...device(engine, storage, now) };
}
const shoe = (n, time = kStart + n * 1000) => ({
  messageId: `m${String(n).padStart(4, '0')}`,
  timestamp: time,
  type: 'track',
  event: 'Product Viewed',
  properties: { category: 'shoes', secret: 'not for the device' },
});
const state = ({ engine }) => Buffer.from(engine.save()).toString('hex');

/** The state of all events at once, in order. */
async function whole(events) {
  const one = await page();
  one.start([]);
  for (const event of [...events].sort((a, b) => a.timestamp - b.timestamp)) one.fold(event);
  return state(one);
}

test('events in any order of arrival, repeated, give one state', options, async () => {
  const events = Array.from({ length: 20 }, (_, n) => shoe(n));
  const expected = await whole(events);
  const one = await page();
  one.start([]);
  for (const n of [5, 3, 4, 0, 19, 1, 2, 18, 6, 7, 3, 3, 17, 16, 8, 9, 10, 15, 14, 11, 12, 13, 0])
    one.fold(events[n]);
  assert.equal(state(one), expected);
});

test('a page goes on where the last checkpoint and the journal are', options, async () => {
  const events = Array.from({ length: 100 }, (_, n) => shoe(n));
  const storage = new LocalStorage();
  for (let from = 0; from < 100; from += 25) {
    const one = await page(storage);
    one.start([]);
    for (const event of events.slice(from, from + 25)) one.fold(event);
    one.checkpoint();
  }
  const last = await page(storage);
  last.start(events.slice(60));
  assert.equal(state(last), await whole(events));
});

test('a late event among the last ones is folded in its order', options, async () => {
  const events = Array.from({ length: kTailEvents * 3 }, (_, n) => shoe(n));
  const late = events.at(-5);
  const one = await page();
  one.start([]);
  for (const event of events) if (event !== late) one.fold(event);
  assert.deepEqual(one.fold(late).decisions, [], 'and decides nothing');
  assert.equal(state(one), await whole(events));
});

test('the checkpoint keeps the facts that the program reads, and nothing else', options, async () => {
  const one = await page();
  one.start([shoe(1)]);
  one.fold(shoe(2));
  one.checkpoint();
  const text = one.storage.getItem('dp.s');
  assert.match(text, /shoes/);
  assert.doesNotMatch(text, /secret/);
});

test('the checkpoint stays small', options, async () => {
  const one = await page();
  one.start([]);
  for (let n = 0; n < 1000; n++) one.fold(shoe(n));
  one.checkpoint();
  assert.ok(one.storage.getItem('dp.s').length < 16 * 1024);
});

test('events that left the journal before there was an engine are kept for it', options, async () => {
  const storage = new LocalStorage();
  keepUnfolded(storage, [shoe(1)]);
  keepUnfolded(storage, [shoe(2)]);
  const one = await page(storage);
  one.start([shoe(3)]);
  one.checkpoint();
  assert.equal(state(one), await whole([shoe(1), shoe(2), shoe(3)]));
  assert.equal(storage.getItem('dp.n'), null);
});

test('a checkpoint from a future that the clock has taken back is left out', options, async () => {
  const storage = new LocalStorage();
  const ahead = await page(storage);
  ahead.start([]);
  ahead.fold(shoe(1, kStart + 400 * 86400_000));
  ahead.checkpoint();
  const one = await page(storage, () => kStart + 400 * 86400_000 - kClockSlipMs - 1);
  one.start([]);
  assert.equal(one.engine.clock(), -Infinity);
  const near = await page(storage, () => kStart + 400 * 86400_000 - kClockSlipMs);
  near.start([]);
  assert.equal(near.engine.clock(), kStart + 400 * 86400_000);
});

test('damaged storage is an empty state', options, async () => {
  for (const text of [
    '',
    'null',
    '[]',
    '{',
    '{"at":{}}',
    '{"at":{"timestamp":1,"messageId":"a"},"tail":[null]}',
  ]) {
    const storage = new LocalStorage();
    storage.setItem('dp.s', text);
    storage.setItem('dp.n', text);
    const one = await page(storage);
    one.start([null, {}, shoe(1)]);
    assert.equal(state(one), await whole([shoe(1)]), text);
  }
});

test('waits are performed once they are due, and reset forgets', options, async () => {
  let time = kStart;
  const one = await page(new LocalStorage(), () => time);
  one.start([]);
  one.fold({ messageId: 'm1', timestamp: kStart, type: 'track', event: 'Cart Updated' });
  assert.equal(one.engine.nextWake(), kStart + 2000);
  time += 1999;
  assert.deepEqual(one.wake().decisions, []);
  time += 1;
  const [decision] = one.wake().decisions;
  assert.equal(decision.decisionId, 'm1~rescue~web');
  assert.deepEqual(one.wake().decisions, []);
  one.reset();
  assert.equal(one.engine.clock(), -Infinity);
});
