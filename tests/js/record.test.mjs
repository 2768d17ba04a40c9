import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const { RecordWriter, factIndexes } = await source('engine/record');

const facts = [
  { root: 'properties', key: 'category' },
  { root: 'context', key: 'page' },
  { root: 'traits', key: 'email' },
  { root: 'properties', key: 'a.b' },
];
const indexes = factIndexes(facts);
const base = { messageId: 'm1', timestamp: 1_800_000_000_123, type: 'track', event: 'Viewed' };

/** Reads a record back by the layout of ABI.md. */
function decode(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = 16;
  const take = (bytes) => {
    at += bytes;
    return at - bytes;
  };
  const u32 = () => view.getUint32(take(4), true);
  const text = () => {
    const length = u32();
    at += length;
    return Buffer.from(bytes.subarray(at - length, at)).toString();
  };
  const value = () => {
    const tag = bytes[at++];
    if (tag < 3) return [null, false, true][tag];
    if (tag === 3) return view.getFloat64(take(8), true);
    if (tag === 4) return text();
    const end = u32() + 4 + at;
    const count = u32();
    const items = Array.from({ length: count }, () => (tag === 5 ? value() : [text(), value()]));
    assert.equal(at, end, 'the size of a container is that of its members');
    return tag === 5 ? items : Object.fromEntries(items);
  };
  const record = {
    timestamp: Number(view.getBigInt64(0, true)),
    type: bytes[8],
    zero: [...bytes.subarray(9, 12)],
    messageId: text(),
    name: text(),
    facts: {},
  };
  for (let count = view.getUint32(12, true); count--; ) record.facts[u32()] = value();
  assert.equal(at, bytes.length);
  return record;
}

function encode(event, capacity = 4096) {
  const buffer = new Uint8Array(capacity);
  const length = new RecordWriter().write(event, indexes, buffer);
  return length && decode(buffer.subarray(0, length));
}

test('the head of a record', () => {
  const { timestamp, type, zero, messageId, name } = encode(base);
  assert.deepEqual(
    [timestamp, type, zero, messageId, name],
    [1_800_000_000_123, 1, [0, 0, 0], 'm1', 'Viewed'],
  );
});

test('a call that is no track goes by its own word', () => {
  for (const [index, type] of ['track', 'page', 'screen', 'identify', 'group', 'alias'].entries()) {
    const record = encode({ ...base, type });
    assert.deepEqual([record.type, record.name], [index + 1, index ? type : 'Viewed']);
  }
});

test('every kind of value', () => {
  const values = [
    null,
    false,
    true,
    0,
    1.5,
    -2,
    1e300,
    '',
    'é😀',
    [],
    [1, [2, null]],
    {},
    { a: { b: ['x'] }, '': 1 },
  ];
  for (const value of values) {
    assert.deepEqual(encode({ ...base, properties: { category: value } }).facts, { 0: value });
  }
});

test('minus zero is zero', () => {
  assert.ok(Object.is(encode({ ...base, properties: { category: -0 } }).facts[0], 0));
});

test('only the facts that the program reads, from the event itself', () => {
  const event = {
    ...base,
    properties: { category: 'shoes', other: 1, 'a.b': 2, a: { b: 3 } },
    context: { page: { url: 'u' } },
    traits: { email: 'x' },
  };
  assert.deepEqual(encode(event).facts, { 0: 'shoes', 1: { url: 'u' }, 3: 2 });
  assert.deepEqual(encode({ ...event, type: 'identify' }).facts[2], 'x');
  assert.deepEqual(encode({ ...base, properties: Object.create({ category: 'inherited' }) }).facts, {});
});

test('nesting of sixteen is written, one more is not', () => {
  const nested = (depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
  assert.ok(encode({ ...base, properties: { category: nested(16) } }));
  assert.equal(encode({ ...base, properties: { category: nested(17) } }), 0);
});

test('an event that fits to the byte is written, one byte less room is not', () => {
  const event = { ...base, properties: { category: 'é'.repeat(10) } };
  const length = new RecordWriter().write(event, indexes, new Uint8Array(4096));
  assert.ok(encode(event, length));
  for (let room = 0; room < length; room++) assert.equal(encode(event, room), 0);
});

test('what is no event is not written', () => {
  assert.equal(encode({}), 0);
  assert.equal(encode({ ...base, timestamp: Number.NaN }), 0);
  assert.equal(encode({ ...base, properties: { category: Infinity } }), 0);
});
