import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalStorage } from './support/local_storage.mjs';
import { source } from './support/source.mjs';

const { sessions } = await source('core/session');

/** A device whose events say their times themselves. */
function device(storage) {
  let last = 0;
  let before = 0;
  const tab = () => {
    const visits = sessions(storage, () => before);
    return {
      ...visits,
      of(time, url) {
        [before, last] = [last, time];
        return visits.of(time, url);
      },
    };
  };
  return tab;
}

const kMinute = 60_000;
const kNoon = Date.UTC(2026, 4, 1, 12);
const kHome = 'https://shop.test/';

test('a session goes on until thirty minutes pass without an event, over midnight and over tabs', () => {
  const storage = new LocalStorage();
  const tab = device(storage);
  const [one, other] = [tab(), tab()];
  const evening = Date.UTC(2026, 4, 1, 23, 50);
  assert.deepEqual(one.of(evening, kHome), { sessionId: evening, sessionStart: true });
  assert.deepEqual(other.of(evening + 20 * kMinute, kHome), { sessionId: evening });
  assert.deepEqual(one.of(evening + 50 * kMinute, kHome), { sessionId: evening }, 'exactly thirty');
  const later = evening + 80 * kMinute + 1;
  assert.deepEqual(other.of(later, kHome), { sessionId: later, sessionStart: true });
});

test('a page that another campaign brought begins one; the same campaign, or none, does not', () => {
  const visits = device(new LocalStorage())();
  const began = (time, url) => visits.of(time, url).sessionStart === true;
  assert.equal(began(kNoon, `${kHome}?utm_source=mail&x=1`), true);
  assert.equal(began(kNoon + 1, `${kHome}shoes`), false);
  assert.equal(began(kNoon + 2, `${kHome}?x=2&utm_source=mail#top`), false, 'a reload');
  assert.equal(began(kNoon + 3, `${kHome}?utm_source=ad`), true);
  assert.equal(began(kNoon + 4, `${kHome}?gclid=1`), true, 'a click id');
  assert.equal(began(kNoon + 5, `${kHome}?utm_source=`), false, 'an empty one says nothing');
  assert.equal(began(kNoon + 6, undefined), false);
});

test('a clock that was set back holds no session open; a late event ends none', () => {
  const visits = device(new LocalStorage())();
  visits.of(kNoon, kHome);
  assert.deepEqual(visits.of(kNoon - kMinute, kHome), { sessionId: kNoon }, 'a replayed call');
  assert.deepEqual(visits.of(kNoon + 29 * kMinute, kHome), { sessionId: kNoon });
  assert.equal(visits.of(kNoon - 120 * kMinute, kHome).sessionStart, true);
});

test('reset begins another; a full or damaged storage costs nothing', () => {
  const storage = new LocalStorage();
  const visits = device(storage)();
  visits.of(kNoon, kHome);
  visits.reset();
  assert.equal(visits.of(kNoon + 1, kHome).sessionStart, true);
  storage.setItem('dp.e', 'x');
  assert.equal(visits.of(kNoon + 2, kHome).sessionStart, true);
  storage.setItem = () => {
    throw new Error('full');
  };
  storage.removeItem('dp.e');
  const { sessionId } = visits.of(kNoon + 3, kHome);
  assert.deepEqual(visits.of(kNoon + 4, kHome), { sessionId });
});
