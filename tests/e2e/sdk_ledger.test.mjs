// Whatever happens to a page, the ledger of what left it and the collector's own agree to the message id: each event once in both.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { binary, missing as skip } from '../js/support/program.mjs';
import { visit } from './support/bare_browser.mjs';
import { openBrowser, until } from './support/browser.mjs';
import { startCollector } from './support/collector.mjs';
import { recordingProxy } from './support/recording_proxy.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');
const kMinuteMs = 60_000;

let collector;
let proxy;
let site;
let browser;
let tab;

/** The pages of the site: what they load with, and what they do by themselves. */
const pages = {
  '/': { calls: 'desirepath.page()' },
  '/captured': { options: 'capture: { pages: true }' },
  '/asked': { options: 'consentRequired: true' },
  '/strict': { headers: { 'content-security-policy': "script-src 'self'" }, file: '/strict.js' },
  '/aliased': { options: `paths: { batch: ['/v1/batch', '/orchard/pears'] }`, calls: 'desirepath.page()' },
  '/restored': {
    calls: `desirepath.page(); addEventListener('pageshow', ({ persisted }) => {
      if (persisted) desirepath.track('Numbered', { n: 0 });
      else setTimeout(() => { location.href = '/away'; }, 500);
    })`,
  },
  '/away': { calls: `desirepath.page(); setTimeout(() => history.back(), 300)` },
  '/ahead': {
    calls: `desirepath.page();
      const rules = { prerender: [{ source: 'list', urls: ['/made'], eagerness: 'immediate' }] };
      const script = Object.assign(document.createElement('script'), { type: 'speculationrules' });
      script.textContent = JSON.stringify(rules);
      document.head.append(script);
      setTimeout(() => { location.href = '/made'; }, 1500)`,
  },
  '/made': { calls: `desirepath.page(); desirepath.track('Numbered', { n: Number(!!window.wasAhead) })` },
};

before(async () => {
  if (skip) return;
  collector = await startCollector(binary, join(import.meta.dirname, 'support/sdk.journey.json'));
  const routes = {};
  for (const name of ['desirepath.iife.js', 'desirepath.fallback.js', 'desirepath.shelf.js']) {
    routes[`/${name}`] = (_, response) =>
      response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(join(dist, name)));
  }
  const starting = ({ options = '', calls = '' }) => `window.wasAhead = document.prerendering;
    desirepath.load({ writeKey: '${collector.ready.write_key}', url: '${proxy.url}', flushAfterMs: 20, ${options} });
    ${calls}`;
  for (const [path, { headers = {}, file, ...page }] of Object.entries(pages)) {
    const script = file ? `<script src="${file}"></script>` : () => `<script>${starting(page)}</script>`;
    routes[path] = (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html', ...headers })
        .end(`<!doctype html><title>${path}</title><script src="/desirepath.iife.js"></script>
          ${typeof script === 'string' ? script : script()}`);
  }
  routes['/strict.js'] = (_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/javascript' })
      .end(starting({ calls: 'desirepath.page()' }));
  site = await ledgerServer(routes);
});
beforeEach(async () => {
  if (skip) return;
  proxy = await recordingProxy(collector.ready.url, { '/orchard/pears': '/v1/batch' });
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(async () => {
  await browser?.close();
  await proxy?.close();
});
after(async () => {
  await collector?.stop();
  await site?.close();
});

/** Tracks events number `from` to `to` in that page, without waiting for anything. */
const number = (page, from, to) =>
  page.evaluate(
    ([from, to]) => {
      for (let n = from; n < to; n++) desirepath.track('Numbered', { n });
    },
    [from, to],
  );
const started = async (path = '/', page = tab) => {
  await page.goto(site.url + path);
  await page.waitForFunction(() => window.desirepath?.debug());
};
const flushed = (page = tab) => page.evaluate(() => desirepath.flush());

/** What the collector holds of everybody the proxy saw. */
async function stored() {
  const people = [...new Set(proxy.sent.map(({ anonymousId }) => anonymousId))];
  const found = await Promise.all(
    people.map((id) => collector.read(`/v1/profiles/anonymousId:${id}/events`)),
  );
  return found.flatMap(({ status, body }) => (status === 200 ? body.events.map(({ event }) => event) : []));
}

/** Waits for `events` numbered ones and `views` pages in the collector; then both ledgers must agree. `again`: copies may have left. */
async function agree({ events, views, again = false }) {
  const named = (list, name) => list.filter(({ event, type }) => (event ?? type) === name);
  await until(async () => named(await stored(), 'Numbered').length >= events, 'the events', 60_000);
  await until(async () => named(await stored(), 'page').length >= views, 'the pages');
  const kept = await stored();
  const numbers = named(kept, 'Numbered').map(({ properties }) => properties.n);
  assert.deepEqual(
    numbers.sort((a, b) => a - b),
    [...Array(events).keys()],
  );
  assert.equal(named(kept, 'page').length, views);
  const ids = (list) => list.map(({ messageId }) => messageId).sort();
  const left = ids(proxy.sent);
  const copies = left.filter((id, index) => id === left[index - 1]);
  if (!again) assert.deepEqual(copies, [], 'left the page more than once');
  assert.deepEqual([...new Set(left)], ids(kept));
}

test('a first visit', { skip }, async () => {
  await started();
  await number(tab, 0, 5);
  await agree({ events: 5, views: 1 });
});

test('an application of one page', { skip }, async () => {
  await started('/captured');
  for (let n = 0; n < 3; n++) {
    await number(tab, n, n + 1);
    await tab.evaluate((n) => history.pushState({}, '', `/captured?${n}`), n);
    await tab.waitForTimeout(20);
  }
  await agree({ events: 3, views: 4 });
});

test('a reload in the task that tracks', { skip }, async () => {
  await started();
  await tab.waitForTimeout(200);
  await Promise.all([
    tab.waitForNavigation(),
    tab.evaluate(() => {
      for (let n = 0; n < 20; n++) desirepath.track('Numbered', { n });
      location.reload();
    }),
  ]);
  await tab.waitForFunction(() => window.desirepath?.debug());
  await number(tab, 20, 25);
  await agree({ events: 25, views: 2, again: true });
});

test('offline and back', { skip }, async () => {
  await started();
  await flushed();
  await browser.context.setOffline(true);
  await number(tab, 0, 20);
  await tab.waitForTimeout(300);
  await browser.context.setOffline(false);
  await agree({ events: 20, views: 1 });
});

test('a tab that crashes', { skip }, async () => {
  await started();
  await flushed();
  proxy.isCut = true;
  await number(tab, 0, 20);
  const session = await browser.context.newCDPSession(tab);
  session.send('Page.crash').catch(() => {});
  await tab.waitForEvent('crash');
  proxy.isCut = false;
  const next = await browser.context.newPage();
  await started('/', next);
  await agree({ events: 20, views: 2 });
});

for (const count of [2, 10]) {
  test(`${count} tabs`, { skip }, async () => {
    const tabs = [tab];
    while (tabs.length < count) tabs.push(await browser.context.newPage());
    for (const page of tabs) await started('/', page);
    await Promise.all(tabs.map((page, index) => number(page, index * 10, index * 10 + 10)));
    await Promise.all(tabs.map(flushed));
    await agree({ events: count * 10, views: count });
  });
}

test('a full quota', { skip }, async () => {
  await started();
  await flushed();
  await tab.evaluate(() => {
    for (let size = 1 << 20; size >= 1; size = size >> 1) {
      try {
        for (let n = 0; ; n++) localStorage.setItem(`theirs.${size}.${n}`, 'x'.repeat(size));
      } catch {}
    }
  });
  await number(tab, 0, 30);
  await agree({ events: 30, views: 1 });
});

test('storage that is refused', { skip }, async () => {
  await tab.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException('refused', 'SecurityError');
        },
      });
    }
  });
  await started();
  await number(tab, 0, 20);
  await agree({ events: 20, views: 1 });
});

test('a clock that is set forward and back', { skip }, async () => {
  await tab.addInitScript(() => {
    const now = Date.now;
    window.slip = 0;
    Date.now = () => now() + slip;
  });
  await started();
  const real = Date.now();
  const slips = [0, 30 * kMinuteMs, -120 * kMinuteMs, 0];
  for (const [index, slip] of slips.entries()) {
    await tab.evaluate((slip) => (window.slip = slip), slip);
    await number(tab, index * 5, index * 5 + 5);
    await flushed();
  }
  await agree({ events: 20, views: 1 });
  const times = proxy.sent.map(({ timestamp }) => new Date(timestamp).getTime());
  assert.ok(Math.min(...times) < real - kMinuteMs, 'the clock was believed');
});

test('a slow network', { skip }, async () => {
  await started();
  const session = await browser.context.newCDPSession(tab);
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 400,
    downloadThroughput: 50_000,
    uploadThroughput: 50_000,
  });
  for (let n = 0; n < 40; n += 10) {
    await number(tab, n, n + 10);
    await tab.waitForTimeout(100);
  }
  await agree({ events: 40, views: 1 });
});

test('a blocker on the standard path', { skip }, async () => {
  await browser.context.route('**/v1/batch*', (route) => route.abort('blockedbyclient'));
  await started('/aliased');
  await number(tab, 0, 10);
  await agree({ events: 10, views: 1 });
});

test('consent that is given, taken back, and given again', { skip }, async () => {
  await started('/asked');
  await tab.evaluate(() => {
    desirepath.page();
  });
  await number(tab, 0, 5);
  assert.equal(proxy.sent.length, 0);
  await tab.evaluate(() => desirepath.setConsent({ analytics: true }));
  await agree({ events: 5, views: 1 });
  await tab.evaluate(() => desirepath.setConsent({ analytics: false }));
  await number(tab, 100, 110);
  await tab.evaluate(() => desirepath.setConsent({ analytics: true }));
  await number(tab, 5, 10);
  await agree({ events: 10, views: 1 });
});

test('a page whose policy refuses WebAssembly', { skip }, async () => {
  await started('/strict');
  await number(tab, 0, 10);
  await tab.waitForFunction(() => desirepath.debug().engine);
  await agree({ events: 10, views: 1 });
});

test('the back-forward cache', { skip }, async () => {
  await browser.close();
  const visitor = visit(`${site.url}/restored`);
  try {
    await agree({ events: 1, views: 2 });
  } finally {
    await visitor.close();
  }
});

test('a page made ahead of its visitor', { skip }, async () => {
  await browser.close();
  const visitor = visit(`${site.url}/ahead`);
  try {
    await until(() => proxy.sent.some(({ event }) => event === 'Numbered'), 'the page that is shown');
    assert.deepEqual(
      proxy.sent.filter(({ event }) => event).map(({ properties }) => properties.n),
      [1],
      'it was made ahead',
    );
    await until(async () => (await stored()).length === 3, 'three events');
    const ids = (list) => list.map(({ messageId }) => messageId).sort();
    assert.deepEqual(ids(proxy.sent), ids(await stored()));
  } finally {
    await visitor.close();
  }
});
