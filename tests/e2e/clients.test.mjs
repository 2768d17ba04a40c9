// The field's public clients, unmodified, with the options their documentation names, against a real collector: what
// they send is what the export has.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { openBrowser, until } from './support/browser.mjs';
import { startCollector } from './support/collector.mjs';

const root = join(import.meta.dirname, '../..');
const binary = join(root, 'build/bin/desirepath');
const journey = join(import.meta.dirname, 'support/sdk.journey.json');

let collector;
let browser;
let pages;

before(async () => {
  collector = await startCollector(binary, journey);
  browser = await openBrowser();
  pages = createServer((_, answer) => {
    answer.setHeader('content-type', 'text/html');
    answer.end('<!doctype html><title>Shop</title><p>A page of somebody else');
  });
  await new Promise((listening) => pages.listen(0, '127.0.0.1', listening));
});

after(async () => {
  await browser.close();
  pages.close();
  await collector.stop();
});

/** What is stored of a person, by type, once there are `count` events. */
async function stored(identifier, count) {
  let events = [];
  await until(
    async () => {
      const { status, body } = await collector.read(`/v1/profiles/${encodeURIComponent(identifier)}/events`);
      events = status === 200 ? body.events.map((entry) => entry.event ?? entry) : [];
      return events.length >= count;
    },
    `${count} events of ${identifier}`,
    15_000,
  );
  return events;
}

function checkCalls(events, user) {
  const types = events.map((event) => event.type);
  for (const type of ['identify', 'page', 'track', 'group'])
    assert.ok(types.includes(type), `${type} of ${types}`);
  assert.equal(new Set(events.map((event) => event.messageId)).size, events.length);
  const track = events.find((event) => event.type === 'track');
  assert.equal(track.event, 'Order Completed');
  assert.equal(track.properties.order_id, 'o-1');
  assert.equal(track.userId, user);
  const identify = events.find((event) => event.type === 'identify');
  assert.equal(identify.userId, user);
  assert.equal(identify.traits.plan, 'gold');
  assert.equal(events.find((event) => event.type === 'group').groupId, 'acme');
}

/** A page that runs `source`, bundled with what it imports; what the page did wrong fails the test. */
async function runInPage(source) {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    format: 'iife',
    define: { 'process.env.NODE_ENV': '"production"', global: 'globalThis' },
    logLevel: 'silent',
  });
  const page = await browser.context.newPage();
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(String(error)));
  const strangers = [];
  page.on('request', (request) => {
    const { hostname } = new URL(request.url());
    if (hostname !== '127.0.0.1') strangers.push(request.url());
  });
  await page.goto(`http://127.0.0.1:${pages.address().port}/list?utm_source=mail`);
  await page.addScriptTag({ content: outputFiles[0].text });
  return { page, wrong, strangers };
}

test('@segment/analytics-next in Chromium', async () => {
  const { url, write_key: writeKey } = collector.ready;
  const host = url.replace('http://', '');
  const { page, wrong, strangers } = await runInPage(`
    import { AnalyticsBrowser } from '@segment/analytics-next';
    const analytics = AnalyticsBrowser.load(
      { writeKey: ${JSON.stringify(writeKey)}, cdnURL: ${JSON.stringify(url)} },
      { integrations: { 'Segment.io': { apiHost: ${JSON.stringify(`${host}/v1`)}, protocol: 'http' } } });
    globalThis.done = (async () => {
      await analytics.identify('segment-web', { plan: 'gold' });
      await analytics.page('List');
      await analytics.track('Order Completed', { order_id: 'o-1' });
      await analytics.group('acme', { size: 3 });
      await analytics.alias('segment-web', 'segment-before');
    })();`);
  await page.evaluate(() => globalThis.done);
  const events = await stored('userId:segment-web', 5);
  checkCalls(events, 'segment-web');
  const alias = events.find((event) => event.type === 'alias');
  assert.equal(alias.previousId, 'segment-before');
  const seen = events.find((event) => event.type === 'page');
  assert.equal(seen.properties.search, '?utm_source=mail');
  assert.equal(seen.context.server.ip, '127.0.0.0');
  assert.equal(seen.context.server.browser, 'Chrome');
  assert.equal(seen.context.server.bot, undefined, 'a driven browser is no crawler');
  assert.deepEqual([wrong, strangers], [[], []]);
  await page.close();
});

test('@rudderstack/analytics-js in Chromium', async () => {
  const { url, write_key: writeKey } = collector.ready;
  const { page, wrong, strangers } = await runInPage(`
    import { RudderAnalytics } from '@rudderstack/analytics-js/bundled';
    const rudder = new RudderAnalytics();
    rudder.load(${JSON.stringify(writeKey)}, ${JSON.stringify(url)}, { configUrl: ${JSON.stringify(url)} });
    rudder.identify('rudder-web', { plan: 'gold' });
    rudder.page('List');
    rudder.track('Order Completed', { order_id: 'o-1' });
    rudder.group('acme', { size: 3 });
    rudder.alias('rudder-web', 'rudder-before');`);
  const events = await stored('userId:rudder-web', 5);
  checkCalls(events, 'rudder-web');
  assert.equal(events.find((event) => event.type === 'alias').previousId, 'rudder-before');
  assert.deepEqual([wrong, strangers], [[], []]);
  await page.close();
});

test('@segment/analytics-node', async () => {
  const { Analytics } = await import('@segment/analytics-node');
  const { url, write_key: writeKey } = collector.ready;
  const analytics = new Analytics({ writeKey, host: url });
  const failed = [];
  analytics.on('error', (error) => failed.push(error));
  const person = { userId: 'segment-node' };
  analytics.identify({ ...person, traits: { plan: 'gold' } });
  analytics.page({ ...person, name: 'List' });
  analytics.track({ ...person, event: 'Order Completed', properties: { order_id: 'o-1' } });
  analytics.group({ ...person, groupId: 'acme', traits: { size: 3 } });
  analytics.alias({ ...person, previousId: 'segment-node-before' });
  await analytics.closeAndFlush();
  assert.deepEqual(failed, []);
  const events = await stored('userId:segment-node', 5);
  checkCalls(events, 'segment-node');
  assert.equal(events.find((event) => event.type === 'alias').previousId, 'segment-node-before');
});

test('@jitsu/js under Node', async () => {
  const { jitsuAnalytics } = await import('@jitsu/js');
  const { url, write_key: writeKey } = collector.ready;
  const jitsu = jitsuAnalytics({ host: url, writeKey: `${writeKey}:web` });
  await jitsu.identify('jitsu-node', { plan: 'gold' });
  await jitsu.page({ name: 'List' });
  await jitsu.track('Order Completed', { order_id: 'o-1' });
  await jitsu.group('acme', { size: 3 });
  checkCalls(await stored('userId:jitsu-node', 4), 'jitsu-node');
});
