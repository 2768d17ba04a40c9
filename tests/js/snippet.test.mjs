import assert from 'node:assert/strict';
import { test } from 'node:test';
import vm from 'node:vm';
import { brotliCompressSync } from 'node:zlib';
import { snippet } from 'desirepath/snippet';

const script = (tag) => /^<script[^>]*>(.*)<\/script>$/s.exec(tag)[1];

/** Runs the tag's script in a window that has just what it uses. */
function page(tag, stored = {}, more = {}) {
  const listeners = {};
  const appended = [];
  const window = {
    document: {
      URL: 'https://shop.test/a',
      title: 'A',
      referrer: 'https://r.test/',
      createElement: (name) => ({ name }),
      head: { append: (element) => appended.push(element) },
    },
    localStorage: stored,
    addEventListener: (name, listener) => (listeners[name] = listener),
    ...more,
  };
  window.window = window;
  vm.runInNewContext(script(tag), window);
  return { window, api: window.desirepath, leave: () => listeners.pagehide(), appended, stored };
}

const plain = (value) => JSON.parse(JSON.stringify(value));

test('records method, arguments, time and page, and fetches the package', () => {
  const { api, appended } = page(snippet({ writeKey: 'wk', url: 'https://c.test/' }));
  const before = Date.now();
  api.track('A', { x: 1 });
  assert.deepEqual(plain(appended), [{ name: 'script', src: 'https://c.test/sdk/desirepath.iife.js' }]);
  const [load, track] = api.q;
  assert.deepEqual(plain(load.slice(0, 2)), ['load', [{ writeKey: 'wk', url: 'https://c.test/' }]]);
  assert.deepEqual(plain(track.slice(0, 2)), ['track', ['A', { x: 1 }]]);
  assert.ok(track[2] >= before && track[2] <= Date.now());
  assert.deepEqual(plain(track.slice(3, 6)), ['https://shop.test/a', 'A', 'https://r.test/']);
});

test('records every call of the interface that waits, in the order they were made', () => {
  const { api } = page(snippet({ writeKey: 'wk' }));
  const names = ['track', 'page', 'screen', 'identify', 'group', 'alias', 'setConsent', 'reset', 'flush'];
  const promised = [...names, 'ready', 'explainFacts'];
  for (const name of promised) assert.equal(typeof api[name](name).then, 'function', name);
  assert.equal(typeof api.slot('hero', {}), 'function', 'what undoes it');
  assert.equal(api.debug, undefined, 'what tells the package from the stub');
  const chained = api
    .load({})
    .on('sent', () => {})
    .off('sent')
    .use({ name: 'p' });
  assert.equal(chained, api);
  assert.deepEqual(
    plain(api.q).map(([method]) => method),
    ['load', ...promised, 'slot', 'load', 'on', 'off', 'use'],
  );
});

test('holds a hundred calls', async () => {
  const { api } = page(snippet({ writeKey: 'wk' }));
  for (let n = 1; n < 100; n++) api.track('A');
  assert.equal(api.q.length, 100);
  assert.equal(await api.track('past'), undefined);
  assert.equal(api.q.length, 100);
});

test('leaves its calls to the next page, after those already there', () => {
  const first = page(snippet({ writeKey: 'wk' }));
  first.api.track('A');
  first.leave();
  first.leave();
  const second = page(snippet({ writeKey: 'wk' }), first.stored);
  second.api.track('B');
  second.leave();
  const names = JSON.parse(second.stored['dp.stub']).map(([method, [name]]) =>
    method === 'track' ? name : method,
  );
  assert.deepEqual(names, ['load', 'A', 'load', 'B']);
});

test('a slot, whose element no other page has, keeps no call from the next page', () => {
  const { api, leave, stored } = page(snippet({ writeKey: 'wk' }));
  const element = {};
  element.self = element;
  api.slot('hero', element);
  api.track('A');
  leave();
  assert.deepEqual(
    JSON.parse(stored['dp.stub']).map(([method]) => method),
    ['load', 'track'],
  );
});

test('leaves nothing once the package has taken over, or before consent', () => {
  const taken = page(snippet({ writeKey: 'wk' }));
  taken.api.adopt = () => {};
  const replaced = page(snippet({ writeKey: 'wk' }));
  replaced.window.desirepath = {};
  replaced.leave();
  assert.deepEqual(replaced.stored, {});
  taken.leave();
  assert.deepEqual(taken.stored, {});
  for (const options of [{ consentRequired: true }, { respectDoNotTrack: true }, { storage: 'memory' }]) {
    const asked = page(snippet({ writeKey: 'wk', ...options }));
    asked.leave();
    assert.deepEqual(asked.stored, {});
  }
});

test('answers synchronous questions before there is anybody to ask', () => {
  const { api } = page(snippet({ writeKey: 'wk' }));
  assert.equal(api.decide('hero'), null);
  assert.equal(api.known('email'), false);
  assert.equal(api.shouldAsk('email'), false);
  assert.equal(api.explain('hero_shoes'), null);
  assert.equal(api.nextAsk(), null);
});

test('options can neither end the script nor the attribute', () => {
  const tag = snippet({ writeKey: '</script><b>\u2028', nonce: '"><i>' });
  assert.equal(tag.match(/<\/script>/g).length, 1);
  assert.ok(tag.startsWith('<script nonce="&#34;&#62;'));
  assert.equal(page(tag).api.q[0][1][0].writeKey, '</script><b>\u2028');
});

test('the script gets the nonce and the integrity it must have', () => {
  const { appended } = page(snippet({ writeKey: 'wk', nonce: 'n1', integrity: 'sha384-x' }));
  assert.deepEqual(plain(appended), [
    {
      name: 'script',
      nonce: 'n1',
      integrity: 'sha384-x',
      crossOrigin: '',
      src: '/sdk/desirepath.iife.js',
    },
  ]);
});

test('the policy for trusted types answers with its own address, whatever it is asked', () => {
  const policies = {};
  const trustedTypes = {
    createPolicy: (name, rules) => {
      policies[name] = rules;
      return { createScriptURL: (address) => ({ trusted: rules.createScriptURL(address) }) };
    },
  };
  const { appended } = page(snippet({ writeKey: 'wk' }), {}, { trustedTypes });
  assert.deepEqual(Object.keys(policies), ['desirepath']);
  assert.deepEqual(plain(appended[0].src), { trusted: '/sdk/desirepath.iife.js' });
  assert.deepEqual(plain(policies.desirepath.createScriptURL('https://elsewhere.test/x.js')), {
    trusted: '/sdk/desirepath.iife.js',
  });
});

test('takes at most 0.6 KB on the wire', () => {
  const key = { writeKey: 'dpw_7hQ2xkV9mB4tYcR1sLwZ8uNf3aJe6oGi', url: 'https://collect.example.com' };
  const choices = { journey: 'outfitters', consentRequired: true, capture: { errors: true } };
  const integrity = 'sha384-oqVuAfXRKap7fdgcCY5uykM6+R9GqQ8K/uxy9rx7HNQlGYl1kPzQho1wx4JwY8wC';
  const size = (options) => brotliCompressSync(snippet(options)).length;
  for (const options of [key, { ...key, ...choices }, { ...key, nonce: 'rAnd0m' }]) {
    assert.ok(size(options) <= 0.6 * 1024, `${size(options)} bytes: ${Object.keys(options)}`);
  }
  assert.ok(
    size({ ...key, integrity }) <= 0.6 * 1024 + integrity.length,
    'and a hash, which nothing makes smaller',
  );
});
