// The browser package in Chromium against a server that answers as the collector does and keeps a ledger of every copy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { snippet } from 'desirepath/snippet';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { openBrowser, until } from './support/browser.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');
const html = (response, body) => response.writeHead(200, { 'content-type': 'text/html' }).end(body);
const script = (response) =>
  response
    .writeHead(200, { 'content-type': 'text/javascript' })
    .end(readFileSync(join(dist, 'desirepath.iife.js')));

// A browser that ends a tab without telling it leaves a lease behind, which ends by itself after 30 s.
const kPastLease = 45_000;

let collector;
let site;
let browser;
let tab;
let held = [];

before(async () => {
  collector = await ledgerServer();
  const loaded = `<script src="/desirepath.iife.js"></script>
    <script>desirepath.load({ writeKey: 'wk', url: '${collector.url}' })</script>`;
  site = await ledgerServer({
    '/': (_, response) =>
      html(response, `<!doctype html><title>Home</title>${loaded}<a id=next href="/next">next</a>`),
    '/next': (_, response) => html(response, '<!doctype html><title>Next</title>bye'),
    '/snippet': (_, response) =>
      html(
        response,
        `<!doctype html><title>Snippet</title>${snippet({ writeKey: 'wk', url: collector.url, src: '/slow.js' })}
        <script>desirepath.page(); desirepath.track('One'); desirepath.track('Two')</script>`,
      ),
    '/strict': (_, response) => {
      response.setHeader('content-security-policy', "script-src 'self' 'unsafe-inline'");
      html(response, `<!doctype html><title>Strict</title>${loaded}`);
    },
    // Answered when the test says so.
    '/slow.js': (_, response) => held.push(() => script(response)),
    '/desirepath.iife.js': (_, response) => script(response),
  });
});
beforeEach(async () => {
  collector.requests.length = 0;
  collector.answer = () => undefined;
  held = [];
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser.close());
after(async () => {
  await collector.close();
  await site.close();
});

const trackMany = (page, name, count) =>
  page.evaluate(
    ([name, count]) => {
      for (let n = 0; n < count; n++) desirepath.track(name, { n });
    },
    [name, count],
  );
const copies = () => collector.batches().flatMap(({ batch }) => batch.map(({ messageId }) => messageId));
const stored = (name) => collector.stored().filter(({ event }) => event === name);

/** Every one of the events arrived, in order, and no copy more was ever sent. */
function exactly(name, count) {
  assert.deepEqual(
    stored(name).map(({ properties }) => properties.n),
    Array.from({ length: count }, (_, n) => n),
  );
  assert.equal(new Set(copies()).size, copies().length, 'copies on the wire');
}

test('importing the script starts nothing and stores nothing', async () => {
  await tab.goto(`${site.url}/next`);
  await tab.addScriptTag({ url: '/desirepath.iife.js' });
  assert.equal(await tab.evaluate(() => typeof desirepath.load), 'function');
  assert.equal(await tab.evaluate(() => localStorage.length), 0);
});

test('the calls of the contract: argument forms, promises, flush', async () => {
  await tab.goto(site.url);
  const result = await tab.evaluate(async () => {
    const event = await desirepath.track('A', { n: 0 });
    await desirepath.page('Home');
    await desirepath.identify('u1', { email: 'ada@example.com' });
    return {
      event,
      known: [desirepath.known('email'), desirepath.known('phone')],
      shouldAsk: [desirepath.shouldAsk('email'), desirepath.shouldAsk('phone')],
      flushed: await desirepath.flush(),
    };
  });
  assert.match(result.event.messageId, /^[0-9a-z]{18}$/);
  assert.deepEqual(result.known, [true, false]);
  assert.deepEqual(result.shouldAsk, [false, true]);
  assert.deepEqual(result.flushed, { sent: 3, left: 0, dropped: 0 });
  const [track, page, identify] = collector.stored();
  assert.equal(track.context.page.title, 'Home');
  assert.equal(page.properties.name, 'Home');
  assert.equal(identify.userId, 'u1');
  assert.deepEqual(identify.traits, { email: 'ada@example.com' });
  assert.ok(track.timestamp < page.timestamp && page.timestamp < identify.timestamp);
  assert.ok(track.messageId < page.messageId && page.messageId < identify.messageId);
  for (const { method, type, key } of collector.requests) {
    assert.deepEqual([method, type, key], ['POST', 'text/plain', 'wk'], 'no preflight');
  }
});

test('twenty events in the task that navigates away', async () => {
  await tab.goto(site.url);
  await tab.evaluate(() => {
    for (let n = 0; n < 20; n++) desirepath.track('Leaving', { n });
    location.href = '/next';
  });
  await until(() => stored('Leaving').length === 20, 'twenty events of the page that went');
  exactly('Leaving', 20);
  assert.equal(collector.requests.length, 1);
});

test('twenty events offline, then online, without a next event', async () => {
  await tab.goto(site.url);
  await browser.context.setOffline(true);
  await trackMany(tab, 'Offline', 20);
  assert.deepEqual(await tab.evaluate(() => desirepath.flush()), { sent: 0, left: 20, dropped: 0 });
  await browser.context.setOffline(false);
  await until(() => stored('Offline').length === 20, 'twenty events after the network came back');
  exactly('Offline', 20);
});

test('twenty events offline, the tab closed; the next visit brings them', async () => {
  await tab.goto(site.url);
  await browser.context.setOffline(true);
  await trackMany(tab, 'Closed', 20);
  const next = await browser.context.newPage();
  await Promise.all([tab.waitForEvent('close'), tab.close({ runBeforeUnload: true })]);
  await browser.context.setOffline(false);
  await next.goto(site.url);
  await until(() => stored('Closed').length === 20, 'twenty events of the closed tab', kPastLease);
  exactly('Closed', 20);
});

test('three tabs reopened over one journal send each event once', async () => {
  await tab.goto(site.url);
  await browser.context.setOffline(true);
  await trackMany(tab, 'Tabs', 20);
  const tabs = await Promise.all([1, 2, 3].map(() => browser.context.newPage()));
  await Promise.all([tab.waitForEvent('close'), tab.close({ runBeforeUnload: true })]);
  await browser.context.setOffline(false);
  await Promise.all(tabs.map((page) => page.goto(site.url)));
  await Promise.all(tabs.map((page) => page.evaluate(() => desirepath.flush())));
  await until(() => stored('Tabs').length === 20, 'twenty events, by three tabs', kPastLease);
  exactly('Tabs', 20);
});

test('a collector that answers 503 gets everything once it is back', async () => {
  let failures = 0;
  collector.answer = () => (failures++ < 3 ? { status: 503, headers: { 'retry-after': '1' } } : undefined);
  await tab.goto(site.url);
  await trackMany(tab, 'Down', 20);
  await until(() => stored('Down').length === 20, 'twenty events after 503');
  assert.deepEqual(
    stored('Down').map(({ properties }) => properties.n),
    Array.from({ length: 20 }, (_, n) => n),
  );
  const seen = collector.requests.filter(({ status }) => status === 503).map(({ at }) => at);
  assert.equal(seen.length, 3);
  for (let n = 1; n < seen.length; n++) assert.ok(seen[n] - seen[n - 1] >= 1000, 'Retry-After is kept');
});

test('a bounce before the package came: the next page brings the calls, with their own times and page', async () => {
  await tab.goto(`${site.url}/snippet`, { waitUntil: 'commit' });
  await tab.waitForFunction(() => window.desirepath?.q?.length === 4);
  const left = Date.now();
  await tab.goto(`${site.url}/next`);
  await tab.goto(site.url);
  await until(() => collector.stored().length >= 3, 'the calls of the page that bounced');
  const events = collector.stored();
  assert.deepEqual(
    events.map(({ type, event }) => event ?? type),
    ['page', 'One', 'Two'],
  );
  for (const { timestamp, context } of events) {
    assert.ok(timestamp <= left);
    assert.equal(context.page.path, '/snippet');
  }
  assert.equal(new Set(copies()).size, copies().length);
});

test('the snippet hands over to the package, in order, and its promises resolve', async () => {
  await tab.goto(`${site.url}/snippet`, { waitUntil: 'commit' });
  await tab.waitForFunction(() => window.desirepath?.q?.length === 4);
  const resolved = tab.evaluate(async () => (await desirepath.track('Three')).event);
  await until(() => held.length === 1, 'the script to be asked for');
  held[0]();
  assert.equal(await resolved, 'Three');
  await tab.evaluate(() => desirepath.flush());
  assert.deepEqual(
    collector.stored().map(({ type, event }) => event ?? type),
    ['page', 'One', 'Two', 'Three'],
  );
});

test('without consent nothing is stored or sent; a grant releases what was held, a refusal drops it', async () => {
  await tab.goto(`${site.url}/next`);
  await tab.addScriptTag({ url: '/desirepath.iife.js' });
  const load = (url) => desirepath.load({ writeKey: 'wk', url, consentRequired: true });
  await tab.evaluate(load, collector.url);
  await trackMany(tab, 'Held', 2);
  assert.equal(await tab.evaluate(() => localStorage.length), 0);
  assert.equal(collector.requests.length, 0);
  await tab.evaluate(() => desirepath.setConsent({ analytics: true, marketing: false }));
  await tab.evaluate(() => desirepath.flush());
  exactly('Held', 2);
  const [update] = stored('Segment Consent Preference Updated');
  assert.deepEqual(update.context.consent.categoryPreferences, { analytics: true, marketing: false });

  await tab.evaluate(() => desirepath.setConsent({ analytics: false }));
  const dropped = await tab.evaluate(async () => {
    const reasons = [];
    desirepath.on('dropped', ({ reason }) => reasons.push(reason));
    await desirepath.track('Refused');
    await desirepath.flush();
    return reasons;
  });
  assert.deepEqual(dropped, ['consent']);
  assert.equal(stored('Refused').length, 0);
  assert.equal(stored('Segment Consent Preference Updated').length, 2, 'a withdrawal is told');
});

test('reset begins as a new person; journaled events keep theirs', async () => {
  await tab.goto(site.url);
  await tab.evaluate(async () => {
    desirepath.identify('u1', { email: 'x@example.com' });
    desirepath.track('Before');
    desirepath.reset();
    desirepath.track('After');
    await desirepath.flush();
  });
  const [[before], [after]] = [stored('Before'), stored('After')];
  assert.equal(before.userId, 'u1');
  assert.equal(after.userId, undefined);
  assert.notEqual(before.anonymousId, after.anonymousId);
  assert.equal(await tab.evaluate(() => desirepath.known('email')), false);
});

test('capture is whole where the content security policy refuses WebAssembly', async () => {
  await tab.goto(`${site.url}/strict`);
  await tab.evaluate(() => new Promise((resolve) => desirepath.ready(resolve)));
  await trackMany(tab, 'Strict', 5);
  assert.deepEqual(await tab.evaluate(() => desirepath.flush()), { sent: 5, left: 0, dropped: 0 });
  exactly('Strict', 5);
  assert.equal(await tab.evaluate(() => desirepath.decide('hero')), null);
});
