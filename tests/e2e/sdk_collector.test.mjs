// The package and the collector together: snippet, script from the collector, decisions, delivery, and the collector's own record of it.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { snippet } from 'desirepath/snippet';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { binary, missing as skip } from '../js/support/program.mjs';
import { openBrowser, until } from './support/browser.mjs';
import { startCollector } from './support/collector.mjs';

let collector;
let site;
let browser;
let tab;

before(async () => {
  if (skip) return;
  collector = await startCollector(binary, join(import.meta.dirname, 'support/sdk.journey.json'));
  const tag = snippet({ writeKey: collector.ready.write_key, url: collector.ready.url });
  const page = (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Shop</title>${tag}
      <script>desirepath.page()</script>
      <section data-dp-slot="hero"><h1 data-dp-field="headline">Welcome</h1></section>`);
  site = await ledgerServer({ '/': page, '/shoes': page });
});
beforeEach(async () => {
  if (skip) return;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser?.close());
after(async () => {
  await collector?.stop();
  await site?.close();
});

const running = (page) => page.waitForFunction(() => window.desirepath?.debug);
const anonymousId = () => tab.evaluate(() => JSON.parse(localStorage.getItem('dp.u')).anonymousId);

/** What the collector holds of this device, in its order. */
async function recorded(id) {
  const { status, body } = await collector.read(`/v1/profiles/anonymousId:${id}/events`);
  return status === 200 ? body.events.map(({ event }) => event) : [];
}
const named = (events, name) => events.filter(({ event, type }) => (event ?? type) === name);

test('a visit: calls before the script, a decision on the next page, its exposure, each once in the collector', {
  skip,
}, async () => {
  await tab.goto(site.url);
  await running(tab);
  await tab.evaluate(() => desirepath.track('Product Viewed', { category: 'shoes', sku: 'S-1' }));
  await tab.evaluate(() => desirepath.track('Product Viewed', { category: 'shoes', sku: 'S-2' }));
  await tab.goto(`${site.url}/shoes`);
  await tab.waitForFunction(() => document.querySelector('h1').textContent !== 'Welcome');
  const { decisionId } = await tab.evaluate(() => desirepath.decide('hero'));
  const id = await anonymousId();
  await until(
    async () => named(await recorded(id), 'Decision Exposed').length === 1,
    'the exposure in the collector',
  );

  const events = await recorded(id);
  assert.deepEqual(
    events.map(({ event, type }) => event ?? type),
    ['page', 'Product Viewed', 'Product Viewed', 'page', 'Decision Exposed'],
  );
  assert.equal(new Set(events.map(({ messageId }) => messageId)).size, 5);
  const [first, viewed, , second, exposed] = events;
  assert.equal(first.context.page.path, '/');
  assert.equal(second.context.page.path, '/shoes');
  assert.equal(viewed.context.library.name, 'desirepath');
  assert.equal(exposed.messageId, decisionId);
  for (let n = 1; n < 5; n++) assert.ok(events[n].timestamp > events[n - 1].timestamp);
  const { body } = await collector.read(`/v1/profiles/anonymousId:${id}`);
  assert.equal(body.stage, 'look', 'the collector folded to the same stage');
});

test('compressed batches arrive whole', { skip }, async () => {
  await tab.goto(site.url);
  await running(tab);
  await tab.evaluate(() => new Promise((resolve) => desirepath.ready(resolve)));
  const sent = await tab.evaluate(async () => {
    const bodies = [];
    const send = window.fetch;
    window.fetch = (url, options) => {
      bodies.push(options.body);
      return send(url, options);
    };
    await desirepath.flush();
    bodies.length = 0;
    for (let n = 0; n < 10; n++) desirepath.track('Compressed', { n, sku: `S-${n}`, price: 129 });
    await desirepath.flush();
    return Promise.all(bodies.map(async (body) => [...new Uint8Array(await new Blob([body]).arrayBuffer())]));
  });
  assert.equal(sent.length, 1);
  assert.deepEqual(sent[0].slice(0, 2), [0x1f, 0x8b], 'gzip is known by its first bytes');
  assert.ok(sent[0].length / 10 <= 150, `${sent[0].length / 10} bytes an event`);
  const id = await anonymousId();
  await until(async () => named(await recorded(id), 'Compressed').length === 10, 'ten events');
  assert.deepEqual(
    named(await recorded(id), 'Compressed').map(({ properties }) => properties.n),
    [...Array(10).keys()],
  );
});

test('navigated away, offline, closed and reopened: every event once', { skip }, async () => {
  await tab.goto(site.url);
  await running(tab);
  const id = await anonymousId();
  await tab.evaluate(() => {
    for (let n = 0; n < 20; n++) desirepath.track('Leaving', { n });
    location.href = '/shoes';
  });
  await tab.waitForURL('**/shoes');
  await running(tab);
  await browser.context.setOffline(true);
  await tab.evaluate(() => {
    for (let n = 0; n < 20; n++) desirepath.track('Offline', { n });
  });
  const next = await browser.context.newPage();
  await Promise.all([tab.waitForEvent('close'), tab.close({ runBeforeUnload: true })]);
  await browser.context.setOffline(false);
  await next.goto(site.url);
  const numbers = async (name) => named(await recorded(id), name).map(({ properties }) => properties.n);
  await until(async () => (await numbers('Offline')).length >= 20, 'the events of the closed tab', 45_000);
  assert.deepEqual(await numbers('Leaving'), [...Array(20).keys()]);
  assert.deepEqual(await numbers('Offline'), [...Array(20).keys()]);
});
