// The client before it starts, in a place that is never asked to start it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const { createClient } = await source('browser/client');
const { resolvedOptions } = await source('browser/options');
const { kHeldCalls } = await source('core/limits');

const place = { page: () => ({ url: 'https://shop.example/', title: '', referrer: '' }) };

test('past a hundred calls before load each further one is told of, also one of the snippet', async () => {
  const client = createClient({}, place);
  const reasons = [];
  client.on('dropped', ({ reason }) => reasons.push(reason));
  for (let n = 0; n < kHeldCalls; n++) client.track('Held');
  assert.equal(await client.track('Too many'), undefined);
  assert.deepEqual(await client.flush(), { sent: 0, left: 0, dropped: 0 });
  let answer = 'none';
  client.adopt([['track', ['Too many'], Date.now(), '', '', '', (event) => (answer = event)]]);
  assert.equal(answer, undefined);
  assert.deepEqual(reasons, ['overflow', 'overflow', 'overflow']);
});

test('where there is no page nothing is held or told', async () => {
  const client = createClient({}, undefined);
  client.on('dropped', () => assert.fail('told'));
  assert.equal(await client.track('On a server'), undefined);
  assert.equal(client.load({ writeKey: 'wk' }), client);
});

test('the addresses that follow from the options', () => {
  const urls = (options) => resolvedOptions({ writeKey: 'a b', ...options }).batchUrls;
  assert.deepEqual(urls({ url: 'https://c.example/' }), ['https://c.example/v1/batch?k=a%20b']);
  assert.deepEqual(urls({ paths: { batch: ['/one', '/two'] } }), ['/one?k=a%20b', '/two?k=a%20b']);
  assert.deepEqual(urls({ paths: { batch: [] } }), ['/v1/batch?k=a%20b'], 'no name is no wish');
  assert.throws(() => resolvedOptions({}), /writeKey/);
});
