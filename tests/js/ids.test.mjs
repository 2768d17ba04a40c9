import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalStorage } from './support/local_storage.mjs';
import { source } from './support/source.mjs';

const { messageIds, time36 } = await source('core/ids');
const { stamps } = await source('core/stamp');
const { compareBytewise } = await source('engine/order');
const random = (bytes) => crypto.getRandomValues(bytes);

test('message ids sort by creation and never repeat', () => {
  const next = messageIds(random);
  const times = [0, 1, 35, 36, 1_700_000_000_000, 1_700_000_000_000, 1_700_000_000_001, 4_000_000_000_000];
  const ids = times.map(next);
  assert.deepEqual([...ids].sort(), ids);
  assert.equal(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^[0-9a-z]{18}$/);
});

test('a time has nine characters on both sides of a power of 36', () => {
  assert.equal(time36(36 ** 8 - 1), '0zzzzzzzz');
  assert.equal(time36(36 ** 8), '100000000');
});

test('timestamps rise strictly on one device, across tabs and within one millisecond', () => {
  const storage = new LocalStorage();
  let now = 1_000_000;
  const tabs = [stamps(storage, () => now).next, stamps(storage, () => now).next];
  const given = [];
  for (let index = 0; index < 40; index++) {
    if (index % 7 === 0) now += 3;
    given.push(tabs[index % 2]());
  }
  for (let index = 1; index < given.length; index++) assert.ok(given[index] > given[index - 1]);
});

test('a small step back of the clock is bridged, a large one believed', () => {
  let now = 10_000_000;
  const stamp = stamps(new LocalStorage(), () => now).next;
  const first = stamp();
  now -= 60_000;
  assert.equal(stamp(), first + 1);
  now -= 365 * 86400_000;
  assert.equal(stamp(), now);
});

test('timestamps go on where storage is full', () => {
  const stamp = stamps(new LocalStorage(3), () => 5).next;
  assert.deepEqual([stamp(), stamp(), stamp()], [5, 6, 7]);
});

test('ids compare as their UTF-8 does', () => {
  const texts = ['', 'a', 'ab', 'b', 'é', '', '�', '😀', '😀a', '퟿', '￿'];
  for (const a of texts) {
    for (const b of texts) {
      const expected = Math.sign(Buffer.compare(Buffer.from(a), Buffer.from(b)));
      assert.equal(Math.sign(compareBytewise(a, b)), expected, `${a} ${b}`);
    }
  }
});
