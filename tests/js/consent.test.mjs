import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalStorage } from './support/local_storage.mjs';
import { source } from './support/source.mjs';

const { consent } = await source('core/consent');
const { identity } = await source('core/identity');
const { gate } = await source('browser/gate');
const { keepSpare } = await source('core/storage');
const { kKnownFields } = await source('core/limits');

const random = (bytes) => crypto.getRandomValues(bytes);

test('a choice adds to what was chosen before, outlives the page and is seen by another tab', () => {
  const storage = new LocalStorage();
  const [mine, theirs] = [consent(storage), consent(storage)];
  assert.equal(mine.get(), null);
  assert.equal(mine.told(), undefined);
  mine.set({ analytics: true });
  theirs.set({ marketing: false });
  assert.deepEqual(mine.get(), { analytics: true, marketing: false });
  assert.deepEqual(consent(storage).told(), { categoryPreferences: { analytics: true, marketing: false } });
});

test('what the browser refuses is refused and told, and stops nothing else', () => {
  const allowed = consent(new LocalStorage(), ['marketing', 'sale'], true);
  assert.deepEqual(allowed.get(), { marketing: false, sale: false });
  assert.deepEqual(allowed.told(), {
    categoryPreferences: { marketing: false, sale: false },
    globalPrivacyControl: true,
  });
});

test('a grant that was given before the browser refused does not bind; one given afterwards does', () => {
  const storage = new LocalStorage();
  consent(storage).set({ analytics: true, marketing: true });
  const refused = consent(storage, ['marketing'], true);
  assert.deepEqual(refused.get(), { analytics: true, marketing: false });
  refused.set({ analytics: true });
  assert.equal(refused.get().marketing, false, 'a choice about something else grants nothing');
  refused.set({ marketing: true });
  assert.equal(refused.get().marketing, true);
  assert.equal(consent(storage, ['marketing'], true).get().marketing, true, 'on the next page too');
});

test('with the quota full a withdrawal binds, and is still there on the next page', () => {
  const storage = new LocalStorage(6000);
  const allowed = consent(storage);
  allowed.set({ analytics: true });
  keepSpare(storage);
  for (let n = 0; ; n++) {
    try {
      storage.setItem(`site ${n}`, 'x');
    } catch {
      break;
    }
  }
  allowed.set({ analytics: false, marketing: false });
  assert.equal(allowed.get().analytics, false);
  assert.equal(consent(storage).get().analytics, false);
});

test('a choice that cannot be kept binds this page; what is damaged is no choice', () => {
  const storage = new LocalStorage(0);
  const allowed = consent(storage);
  allowed.set({ analytics: false });
  assert.equal(allowed.get().analytics, false);
  const damaged = new LocalStorage();
  for (const text of ['{', 'null', '{"categories":{}}', '[]']) {
    damaged.setItem('dp.c', text);
    assert.equal(consent(damaged).get(), null, text);
  }
});

test('with the quota full the user of this page stays the user', () => {
  const storage = new LocalStorage(60);
  const who = identity(storage, random, () => {});
  const { anonymousId } = who.get();
  who.identify('a user whose id does not fit any more', { email: 'x' });
  assert.deepEqual(who.get(), {
    anonymousId,
    userId: 'a user whose id does not fit any more',
    known: ['email'],
  });
});

test('looking begins nobody; to forget leaves nobody', () => {
  const storage = new LocalStorage();
  const who = identity(storage, random, () => {});
  assert.equal(who.peek(), undefined);
  assert.equal(storage.length, 0);
  const { anonymousId } = who.get();
  assert.equal(who.peek().anonymousId, anonymousId);
  who.forget();
  assert.equal(who.peek(), undefined);
  assert.equal(storage.length, 0);
  assert.notEqual(who.get().anonymousId, anonymousId);
});

test('the latest trait names are remembered, up to their limit', () => {
  const who = identity(new LocalStorage(), random, () => {});
  const traits = Object.fromEntries(Array.from({ length: kKnownFields + 1 }, (_, n) => [`t${n}`, n]));
  who.identify('u', traits);
  assert.equal(who.get().known.length, kKnownFields);
  assert.ok(!who.get().known.includes('t0') && who.get().known.includes(`t${kKnownFields}`));
});

test('calls wait for the choice: a grant lets them through with their own moment, a refusal drops them', async () => {
  const passed = [];
  let dropped = 0;
  const allowed = consent(new LocalStorage());
  let time = 0;
  const here = () => ({ time: ++time, page: undefined });
  const pass = (_type, values, moment) => passed.push([values[0], moment?.time]) && { messageId: 'm' };
  const make = () => gate(allowed, 'analytics', true, here, pass, () => dropped++);
  const first = make();
  const [a, b] = [first.call('track', ['A']), first.call('track', ['B'])];
  first.settle();
  assert.deepEqual(passed, []);
  allowed.set({ analytics: true });
  first.settle();
  assert.deepEqual(await Promise.all([a, b]), [{ messageId: 'm' }, { messageId: 'm' }]);
  assert.deepEqual(passed, [
    ['A', 1],
    ['B', 2],
  ]);
  allowed.set({ analytics: false });
  assert.equal(first.call('track', ['C']), undefined);
  assert.equal(dropped, 1);
});
