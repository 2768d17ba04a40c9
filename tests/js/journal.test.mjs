import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalStorage } from './support/local_storage.mjs';
import { source } from './support/source.mjs';

const { journal: journalWith } = await source('core/journal');
const { overflow } = await source('core/overflow');
const { kJournalEvents, kJournalChars, kSpareChars } = await source('core/limits');

/** A journal with nothing but memory beyond local storage. */
const journal = (storage, tab) => journalWith(storage, tab, overflow(storage, undefined));

test('one key an event, in the order of pages and creation', () => {
  const storage = new LocalStorage();
  const older = journal(storage, '0aaa');
  const newer = journal(storage, '0bbb');
  const keys = [older.add('1'), older.add('2'), newer.add('3')];
  assert.deepEqual(keys, ['dp.q.0aaa.0000', 'dp.q.0aaa.0001', 'dp.q.0bbb.0000']);
  assert.deepEqual(older.keys(), keys);
  assert.deepEqual(newer.keys().map(newer.read), ['1', '2', '3']);
  newer.remove([keys[0]]);
  assert.equal(older.size(), 2);
  assert.equal(older.read(keys[0]), null);
});

test("the site's other keys are neither counted nor touched", () => {
  const storage = new LocalStorage();
  storage.setItem('dp.quite', 'x');
  storage.setItem('cart', '{}');
  const events = journal(storage, 't');
  events.remove(events.keys());
  assert.equal(events.size(), 0);
  assert.equal(storage.length, 2);
});

test('at the limit of events everything is stored, one past it memory takes over', () => {
  const storage = new LocalStorage();
  const events = journal(storage, 't');
  for (let index = 0; index < kJournalEvents; index++) assert.ok(events.add('e'));
  const { length } = storage;
  assert.equal(length, kJournalEvents + 1, 'and the room set aside');
  const past = events.add('past');
  assert.equal(storage.length, length);
  assert.equal(events.read(past), 'past');
  assert.equal(events.size(), kJournalEvents + 1);
});

test('past the limit of memory an event is refused, and there is room again after removal', () => {
  const events = journal(new LocalStorage(), 't');
  for (let index = 0; index < 2 * kJournalEvents; index++) assert.ok(events.add('e'));
  assert.equal(events.add('e'), undefined);
  events.remove(events.keys().slice(0, 1));
  assert.ok(events.add('e'));
});

test('the limit of characters holds to the character', () => {
  const storage = new LocalStorage(1 << 24);
  const events = journal(storage, 't');
  const keyChars = 'dp.q.t.0000'.length;
  const half = 'x'.repeat(kJournalChars / 2 - keyChars);
  events.add(half);
  events.add(half);
  const aside = 'dp.r'.length + kSpareChars;
  assert.equal(storage.used - aside, kJournalChars);
  events.add('');
  assert.equal(storage.used - aside, kJournalChars);
  assert.equal(events.size(), 3);
});

test('a full quota of the site moves events to memory and loses none', () => {
  const storage = new LocalStorage(100);
  const events = journal(storage, 't');
  const keys = Array.from({ length: 10 }, (_, index) => events.add(`event ${index}`));
  assert.deepEqual(
    keys.map(events.read),
    Array.from({ length: 10 }, (_, index) => `event ${index}`),
  );
  assert.ok(storage.length > 0 && storage.length < 10);
  events.remove(keys);
  assert.equal(events.size(), 0);
});

test('what another tab adds counts towards the bound', () => {
  const storage = new LocalStorage();
  const mine = journal(storage, 'a');
  const theirs = journal(storage, 'b');
  for (let index = 0; index < kJournalEvents - 1; index++) theirs.add('e');
  mine.add('e');
  mine.add('past');
  assert.equal(storage.length, kJournalEvents + 1);
  assert.equal(mine.size(), kJournalEvents + 1);
});
