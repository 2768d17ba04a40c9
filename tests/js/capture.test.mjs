import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocalStorage } from './support/local_storage.mjs';
import { source } from './support/source.mjs';

const { capture } = await source('core/capture');
const { readArguments } = await source('core/arguments');
const { identity } = await source('core/identity');
const { consent } = await source('core/consent');
const { journal: journalWith } = await source('core/journal');
const { overflow } = await source('core/overflow');
const { messageIds } = await source('core/ids');
const { sessions } = await source('core/session');
const { stamps } = await source('core/stamp');
const { contextOf } = await source('core/context');
const { kEventChars } = await source('core/limits');

/** A journal with nothing but memory beyond local storage. */
const journal = (storage, tab) => journalWith(storage, tab, overflow(storage, undefined));

const random = (bytes) => crypto.getRandomValues(bytes);
const here = {
  url: 'https://shop.test/shoes?utm_source=mail&utm_campaign=may#x',
  title: 'Shoes',
  referrer: '',
};

function device(storage = new LocalStorage(), plugins = [], redact = (event) => event) {
  const dropped = [];
  const resets = [];
  const queue = journal(storage, 'tab');
  const who = identity(storage, random, () => resets.push(1));
  const allowed = consent(storage);
  const self = capture({
    identity: who,
    consent: allowed,
    journal: queue,
    sessions: sessions(storage, () => 0),
    stamp: stamps(storage, () => 1_800_000_000_000).next,
    messageId: messageIds(random),
    page: () => here,
    plugins,
    redact,
    onDropped: (drop) => dropped.push(drop),
    onJournaled: () => {},
  });
  const events = () => queue.keys().map((key) => JSON.parse(queue.read(key)));
  return { ...self, events, dropped, resets, who, allowed, storage };
}

test('Segment argument forms', () => {
  const fn = () => {};
  const read = (type, ...values) => readArguments(type, values);
  assert.deepEqual(read('track', 'A', { a: 1 }, { timestamp: 1 }, fn), {
    fields: { event: 'A', properties: { a: 1 } },
    options: { timestamp: 1 },
    callback: fn,
  });
  assert.deepEqual(read('track', 'A', fn).fields, { event: 'A', properties: {} });
  assert.equal(read('track'), undefined);
  assert.equal(read('track', { a: 1 }), undefined);
  assert.deepEqual(read('page').fields, { name: undefined, category: undefined, properties: {} });
  assert.deepEqual(read('page', 'Home', { a: 1 }).fields, {
    name: 'Home',
    category: undefined,
    properties: { a: 1, name: 'Home' },
  });
  assert.deepEqual(read('page', 'Docs', 'Home').fields, {
    name: 'Home',
    category: 'Docs',
    properties: { name: 'Home' },
  });
  assert.deepEqual(read('page', { a: 1 }, { timestamp: 2 }).options, { timestamp: 2 });
  for (const missing of [null, undefined]) {
    assert.deepEqual(read('page', 'Home', missing, { timestamp: 2 }).options, { timestamp: 2 });
    assert.equal(read('page', missing, 'Home').fields.name, 'Home');
    assert.equal(read('page', 'Docs', 'Home', missing, { timestamp: 2 }).fields.category, 'Docs');
    assert.equal(read('alias', 'new', missing, { timestamp: 2 }).options.timestamp, 2);
  }
  assert.deepEqual(read('alias', 'new', { timestamp: 2 }).options, { timestamp: 2 });
  assert.deepEqual(read('identify', { email: 'e' }).fields, { userId: undefined, traits: { email: 'e' } });
  assert.deepEqual(read('identify', 7, { a: 1 }).fields, { userId: '7', traits: { a: 1 } });
  assert.deepEqual(read('identify', null, { a: 1 }).fields, { userId: undefined, traits: { a: 1 } });
  assert.deepEqual(read('group', 'g', { a: 1 }).fields, { groupId: 'g', traits: { a: 1 } });
  assert.deepEqual(read('alias', 'new', 'old').fields, { userId: 'new', previousId: 'old' });
  assert.equal(read('alias'), undefined);
});

test('an event carries who, when, where', () => {
  const { call, events } = device();
  const returned = call('track', ['Product Viewed', { sku: 1 }]);
  const [event] = events();
  assert.equal(event.messageId, returned.messageId);
  assert.equal(event.timestamp, 1_800_000_000_000);
  assert.match(event.anonymousId, /^[0-9a-z]{22}$/);
  assert.deepEqual(event.context, {
    utcOffset: 0 - new Date(1_800_000_000_000).getTimezoneOffset(),
    page: {
      path: '/shoes',
      referrer: '',
      title: 'Shoes',
      url: 'https://shop.test/shoes?utm_source=mail&utm_campaign=may',
    },
    campaign: { source: 'mail', name: 'may' },
    sessionId: 1_800_000_000_000,
    sessionStart: true,
  });
});

test('a page call has the page among its properties, and what the caller says wins', () => {
  const { call, events } = device();
  call('page', ['Shoes', { path: '/virtual' }]);
  const [{ properties, name }] = events();
  assert.equal(name, 'Shoes');
  assert.deepEqual(properties, {
    name: 'Shoes',
    path: '/virtual',
    referrer: '',
    title: 'Shoes',
    url: 'https://shop.test/shoes?utm_source=mail&utm_campaign=may',
  });
});

test('identify is remembered; trait values are not kept on the device', () => {
  const storage = new LocalStorage();
  const { call, events, who } = device(storage);
  call('identify', ['u1', { email: 'ada@example.com', phone: null }]);
  call('track', ['A']);
  assert.equal(events()[1].userId, 'u1');
  assert.deepEqual(who.get().known, ['email']);
  assert.ok(!storage.getItem('dp.u').includes('ada@'));
  call('identify', [{ email: null }]);
  assert.deepEqual(who.get().known, []);
});

test('another user on the same device begins as another anonymous person', () => {
  const { call, events, resets } = device();
  call('identify', ['u1']);
  call('identify', ['u1', { a: 1 }]);
  assert.equal(resets.length, 0);
  call('identify', ['u2']);
  assert.equal(resets.length, 1);
  const [first, second, third] = events();
  assert.equal(first.anonymousId, second.anonymousId);
  assert.notEqual(second.anonymousId, third.anonymousId);
  assert.deepEqual([first.userId, third.userId], ['u1', 'u2']);
});

test("another tab's sign-out is seen by the next event", () => {
  const storage = new LocalStorage();
  const [a, b] = [device(storage), device(storage)];
  a.call('identify', ['u1']);
  b.call('track', ['A']);
  b.who.reset();
  const event = a.call('track', ['B']);
  assert.equal(event.userId, undefined);
  assert.equal(event.anonymousId, b.who.get().anonymousId);
});

test('what cannot be an event is dropped and reported, never thrown', () => {
  const { call, dropped, events } = device();
  const loop = {};
  loop.self = loop;
  assert.equal(call('track', ['A', loop]), undefined);
  assert.equal(call('track', ['A', { n: 1n }]), undefined);
  assert.equal(call('track', []), undefined);
  assert.deepEqual(
    dropped.map(({ reason }) => reason),
    ['invalid', 'invalid', 'invalid'],
  );
  assert.deepEqual(events(), []);
});

test('the limit of an event holds to the character', () => {
  const { call, dropped } = device();
  call('track', ['The session begins']);
  const bare = JSON.stringify(call('track', ['A', { text: '' }])).length;
  assert.ok(call('track', ['A', { text: 'x'.repeat(kEventChars - bare) }]));
  assert.equal(call('track', ['A', { text: 'x'.repeat(kEventChars - bare + 1) }]), undefined);
  assert.equal(dropped[0].reason, 'too_large');
});

test('replayed calls keep their times, and rise', () => {
  const { call, events } = device();
  const moment = {
    time: 1_700_000_000_000,
    page: { url: 'https://shop.test/old', title: 'Old', referrer: 'r' },
  };
  call('track', ['A'], moment);
  call('track', ['B'], moment);
  const [a, b] = events();
  assert.deepEqual([a.timestamp, b.timestamp], [1_700_000_000_000, 1_700_000_000_001]);
  assert.ok(a.messageId < b.messageId);
  assert.equal(a.context.page.path, '/old');
});

test('options: a time of the past, more context, and a callback that throws', (t) => {
  t.mock.method(console, 'error', () => {});
  const { call, events } = device();
  call('track', [
    'A',
    {},
    { timestamp: '2020-01-01T00:00:00Z', context: { app: 'x' } },
    () => {
      throw new Error('page');
    },
  ]);
  const [event] = events();
  assert.equal(event.timestamp, Date.UTC(2020, 0, 1));
  assert.equal(event.context.app, 'x');
  assert.equal(console.error.mock.callCount(), 1);
});

test('plugins: every before, then every enrich, then the journal, then every after, in the order of use', () => {
  const order = [];
  const plugin = (name) => ({
    name,
    before: ({ properties }) => void order.push(`before ${name} ${properties.by ?? ''}`),
    enrich(event) {
      order.push(`enrich ${name} ${event.properties.by ?? ''}`);
      return { ...event, properties: { by: name } };
    },
    after: ({ properties }) => void order.push(`after ${name} ${properties.by} ${events().length}`),
  });
  const { call, events } = device(new LocalStorage(), [plugin('a'), plugin('b')]);
  const returned = call('track', ['A']);
  assert.deepEqual(order, [
    'before a ',
    'before b ',
    'enrich a ',
    'enrich b a',
    'after a b 1',
    'after b b 1',
  ]);
  assert.deepEqual(events()[0].properties, { by: 'b' });
  assert.deepEqual(returned.properties, { by: 'b' });
});

test('a plugin drops an event by before alone, and that is told', () => {
  const after = [];
  const plugins = [
    { name: 'keeps', enrich: () => null },
    { name: 'drops', before: (event) => (event.event === 'Secret' ? null : undefined) },
    { name: 'hears', after: ({ event }) => after.push(event) },
  ];
  const { call, events, dropped } = device(new LocalStorage(), plugins);
  assert.equal(call('track', ['Secret']), undefined);
  call('track', ['A']);
  assert.deepEqual(
    events().map(({ event }) => event),
    ['A'],
  );
  assert.deepEqual(after, ['A']);
  assert.equal(dropped.length, 1);
  assert.equal(dropped[0].reason, 'plugin');
  assert.equal(dropped[0].message, 'drops');
  assert.ok(dropped[0].messageId);
});

test('a hook that fails, or answers with something that is no event, keeps no event from its way', (t) => {
  const errors = t.mock.method(console, 'error', () => {});
  const failing = () => {
    throw new Error('plugin');
  };
  const plugins = [
    { name: 'fails', before: failing, enrich: failing, after: failing },
    { name: 'late', before: async () => null, enrich: async (event) => event },
    { name: 'changes', enrich: ({ properties }) => void Object.assign(properties, { seen: 1 }) },
    { name: 'idle' },
  ];
  const { call, events } = device(new LocalStorage(), plugins);
  call('track', ['A', { x: 1 }]);
  assert.deepEqual(events()[0].properties, { x: 1, seen: 1 });
  assert.equal(errors.mock.callCount(), 3);
});

test('consent travels with every event once it was asked', () => {
  const { call, events, allowed } = device();
  call('track', ['A']);
  allowed.set({ marketing: false, analytics: true });
  allowed.set({ marketing: true });
  call('track', ['B']);
  assert.equal(events()[0].context.consent, undefined);
  assert.deepEqual(events()[1].context.consent, {
    categoryPreferences: { marketing: true, analytics: true },
  });
});

test('an address that is none, and an empty query, are no mistake', () => {
  assert.deepEqual(
    contextOf({ url: 'about:srcdoc', title: '', referrer: '' }, 0, null).page.url,
    'about:srcdoc',
  );
  assert.equal(contextOf({ url: 'not a url', title: '', referrer: '' }, 0, null).page.path, undefined);
  assert.equal(contextOf({ url: 'https://a.test/?', title: '', referrer: '' }, 0, null).campaign, undefined);
});

test('redact is the last to see an event; what it leaves out is nowhere, and where it fails the event is dropped', () => {
  const seen = [];
  const redact = (event) => {
    seen.push(event.properties.enriched);
    if (event.event === 'Secret') return null;
    if (event.event === 'Broken') throw new Error('redact');
    return { ...event, properties: { kept: true } };
  };
  const enriching = {
    name: 'p',
    enrich: (event) => ({ ...event, properties: { ...event.properties, enriched: true } }),
  };
  const { call, events, dropped } = device(new LocalStorage(), [enriching], redact);
  assert.deepEqual(call('track', ['A', { iban: 'x' }]).properties, { kept: true });
  assert.equal(call('track', ['Secret']), undefined);
  assert.equal(call('track', ['Broken']), undefined);
  assert.deepEqual(seen, [true, true, true]);
  assert.deepEqual(
    events().map(({ properties }) => properties),
    [{ kept: true }],
  );
  assert.deepEqual(
    dropped.map(({ reason }) => reason),
    ['plugin', 'invalid'],
  );
});
