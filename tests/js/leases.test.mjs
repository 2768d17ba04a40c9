import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalStorage } from './support/local_storage.mjs';
import { source } from './support/source.mjs';

const { leases: leasesWith } = await source('core/leases');
const { storageLock } = await source('core/lock');
const { kLeaseMs } = await source('core/limits');

let ids = 0;
const leases = (storage, now) => leasesWith(storage, now, () => `l${++ids}`);

test('a lease binds every tab until it ends, to the millisecond', () => {
  const storage = new LocalStorage();
  let now = 1000;
  const mine = leases(storage, () => now);
  const theirs = leases(storage, () => now);
  mine.take(['dp.q.a.0000', 'dp.q.a.0001']);
  assert.deepEqual([...theirs.held()], ['dp.q.a.0000', 'dp.q.a.0001']);
  now += kLeaseMs - 1;
  assert.equal(theirs.held().size, 2);
  now += 1;
  assert.equal(theirs.held().size, 0);
  assert.equal(storage.length, 0, 'the ended lease is cleared away');
});

test('a released lease frees its events', () => {
  const storage = new LocalStorage();
  const own = leases(storage, () => 0);
  own.release(own.take(['a']).id);
  assert.equal(own.held().size, 0);
});

test('what is asked for yields to what is taken, and of two that ask one goes first', () => {
  const storage = new LocalStorage();
  const [mine, theirs] = [leases(storage, () => 0), leases(storage, () => 0)];
  const keys = ['dp.q.a.0000', 'dp.q.a.0001'];
  const asked = mine.ask(keys);
  assert.equal(mine.isContested(asked.id), false, 'by itself');
  assert.equal(theirs.held().size, 2);
  const later = theirs.ask([keys[1]]);
  assert.deepEqual([mine.isContested(asked.id), theirs.isContested(later.id)], [false, true]);
  theirs.release(later.id);
  theirs.take(['dp.q.a.0002']);
  assert.equal(mine.isContested(asked.id), false, 'of something else');
  const taken = theirs.take([keys[1]]);
  assert.deepEqual([mine.isContested(asked.id), theirs.isContested(taken.id)], [true, false]);
});

test('a lease from a future the clock has taken back does not bind', () => {
  const storage = new LocalStorage();
  let now = 10_000_000;
  const own = leases(storage, () => now);
  own.take(['a']);
  now -= 3600_000;
  assert.equal(leases(storage, () => now).held().size, 0);
});

test('with storage full a lease still binds its own page', () => {
  const own = leases(new LocalStorage(2), () => 0);
  const { id } = own.take(['a']);
  assert.deepEqual([...own.held()], ['a']);
  own.release(id);
  assert.equal(own.held().size, 0);
});

test('what this page has leased it has until it gives it back, whatever the clock does', () => {
  let now = 10_000_000;
  const own = leases(new LocalStorage(), () => now);
  const { id } = own.take(['a']);
  for (const jump of [365 * 86400_000, -2 * 365 * 86400_000]) {
    now += jump;
    assert.deepEqual([...own.held()], ['a']);
  }
  own.release(id);
  assert.equal(own.held().size, 0);
});

test('a lease names a page once, and every tab reads every key', () => {
  const storage = new LocalStorage();
  const own = leases(storage, () => 0);
  const keys = ['a', 'b'].flatMap((tab) => Array.from({ length: 50 }, (_, n) => `dp.q.${tab}.${1000 + n}`));
  const { id } = own.take([...keys, 'dp.q.a.2000']);
  assert.deepEqual([...leases(storage, () => 0).held()], [...keys, 'dp.q.a.2000']);
  assert.ok(storage.getItem(`dp.l.${id}`).length < 600);
});

test('two tabs over one full quota see each other all the same: a lease gets the room kept for it', () => {
  const storage = new LocalStorage(12_000);
  const [mine, theirs] = [leases(storage, () => 0), leases(storage, () => 0)];
  mine.release(mine.take(['a']).id);
  for (let n = 0; n < 12_000; n++) {
    try {
      storage.setItem(`site ${n}`, '');
    } catch {
      break;
    }
  }
  const keys = Array.from({ length: 100 }, (_, n) => `dp.q.0abc.${1000 + n}`);
  const { id } = mine.take(keys);
  assert.deepEqual([...theirs.held()], keys);
  mine.release(id);
  theirs.take(keys);
  assert.equal(mine.held().size, 100, 'the room is kept for the next one');
});

test('a pause that the collector asked for binds every tab and the next page, as long as it may', () => {
  const storage = new LocalStorage();
  let now = 10_000_000;
  leases(storage, () => now).pause(600_000);
  const other = leases(storage, () => now);
  assert.equal(other.pausedMs(), 600_000);
  now += 599_999;
  assert.equal(other.pausedMs(), 1);
  now += 1;
  assert.equal(other.pausedMs(), 0);
  now -= 86400_000;
  assert.equal(other.pausedMs(), 0, 'the clock was set back');
});

const random = (bytes) => crypto.getRandomValues(bytes);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

test('without Web Locks ten tabs enter one at a time', async () => {
  const storage = new LocalStorage();
  let inside = 0;
  let entered = 0;
  await Promise.all(
    Array.from({ length: 10 }, () =>
      storageLock(
        storage,
        random,
        Date.now,
        pause,
      )(() => {
        inside++;
        assert.equal(inside, 1);
        entered++;
        inside--;
      }),
    ),
  );
  assert.equal(entered, 10);
  assert.equal(storage.getItem('dp.lock'), null);
});

test('the lock of a tab that died is taken over when it expires', async () => {
  const storage = new LocalStorage();
  let now = 1000;
  storage.setItem('dp.lock', `${now + 2000} dead`);
  const lock = storageLock(
    storage,
    random,
    () => now,
    async () => {
      now += 100;
    },
  );
  assert.equal(await lock(() => now >= 3000), true);
});

test('the lock is freed when the work throws', async () => {
  const storage = new LocalStorage();
  const lock = storageLock(storage, random, Date.now, pause);
  await assert.rejects(
    lock(() => {
      throw new Error('work');
    }),
    /work/,
  );
  assert.equal(await lock(() => 'again'), 'again');
});
