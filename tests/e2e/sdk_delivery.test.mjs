// Nothing is lost: past the journal's room, with storage full or refused, behind a blocker, in workers. In Chromium, against a server that
// keeps a ledger of every copy.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { openBrowser, until } from './support/browser.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');

// What is ended without being told leaves what it had borrowed, for 40 s; the others look every 30 s.
const kPastLoan = 120_000;

let collector;
let site;
let browser;
let tab;
let withoutShelf;

const script = (response, text) =>
  response
    .writeHead(200, { 'content-type': 'text/javascript', 'cache-control': 'max-age=31536000' })
    .end(text);
const worker = (rest) => `import desirepath from '/dist/index.js';
  const settings = new URL(self.location.href).searchParams;
  const load = () => desirepath.load({ writeKey: 'wk', url: settings.get('url') });
  ${rest}`;
const workers = {
  '/worker.js': worker(`load();
    onmessage = async ({ data: [id, method, ...values] }) => {
      postMessage([id, JSON.parse(JSON.stringify((await desirepath[method](...values)) ?? null))]);
    };
    postMessage(['started']);`),
  '/service.js': worker(`load();
    self.addEventListener('install', () => self.skipWaiting());
    self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));
    self.addEventListener('message', ({ data, ports: [port] }) => {
      desirepath.track('Served', data).then(() => desirepath.flush()).then((result) => port.postMessage(result));
    });`),
};

before(async () => {
  collector = await ledgerServer();
  const routes = new Proxy(
    {},
    {
      get: (_, path) => {
        if (path === '/' || path === '/next') {
          return (_request, response) =>
            response
              .writeHead(200, { 'content-type': 'text/html' })
              .end(`<!doctype html><title>Page</title><script src="/dist/desirepath.iife.js"></script>`);
        }
        if (workers[path]) return (_request, response) => script(response, workers[path]);
        if (path.startsWith('/dist/') && !(withoutShelf && path.includes('shelf'))) {
          return (_request, response) => script(response, readFileSync(join(dist, path.slice(6))));
        }
        return undefined;
      },
    },
  );
  site = await ledgerServer(routes);
});
beforeEach(async () => {
  collector.requests.length = 0;
  collector.answer = () => undefined;
  withoutShelf = false;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser.close());
after(async () => {
  await collector.close();
  await site.close();
});

const open = async (options = {}, page = tab) => {
  await page.goto(site.url);
  await page.evaluate((options) => void desirepath.load(options), {
    writeKey: 'wk',
    url: collector.url,
    ...options,
  });
};
const trackMany = (page, name, count, first = 0) =>
  page.evaluate(
    ([name, count, first]) => {
      for (let n = first; n < first + count; n++) desirepath.track(name, { n });
    },
    [name, count, first],
  );
const flush = (page = tab) => page.evaluate(() => desirepath.flush());
const shelved = (page = tab) => page.evaluate(() => localStorage.getItem('dp.o'));
const prepared = async () => until(async () => (await shelved()) !== null, 'the file for the overflow');
const closed = (page) => Promise.all([page.waitForEvent('close'), page.close({ runBeforeUnload: true })]);
const copies = () => collector.batches().flatMap(({ batch }) => batch.map(({ messageId }) => messageId));
const numbers = (name) =>
  collector
    .stored()
    .filter(({ event }) => event === name)
    .map(({ properties }) => properties.n)
    .sort((a, b) => a - b);

/** Every one of the events arrived, and no copy more was ever sent. */
async function exactly(name, count, ms) {
  await until(() => numbers(name).length >= count, `${count} events`, ms);
  assert.deepEqual(
    numbers(name),
    Array.from({ length: count }, (_, n) => n),
  );
  assert.equal(new Set(copies()).size, copies().length, 'copies on the wire');
}

/** Leaves the site not a character of its quota. */
const fill = (page) =>
  page.evaluate(() => {
    let left = 1 << 23;
    for (let n = 0; left; n++) {
      try {
        localStorage.setItem(`site ${n}`, 'x'.repeat(left));
      } catch {
        left >>= 1;
      }
    }
  });

test('three thousand events offline, then online, without a next event', async () => {
  await open();
  await prepared();
  await browser.context.setOffline(true);
  await trackMany(tab, 'Offline', 3000);
  await until(async () => Number(await shelved()) === 2000, 'two thousand events beyond local storage');
  assert.deepEqual(await flush(), { sent: 0, left: 3000, dropped: 0 });
  await browser.context.setOffline(false);
  await exactly('Offline', 3000, kPastLoan);
  await until(async () => (await flush()).left === 0, 'an empty journal');
});

test('what is beyond local storage outlives its tab', async () => {
  await open();
  await prepared();
  await browser.context.setOffline(true);
  await trackMany(tab, 'Closed', 1300);
  await until(async () => Number(await shelved()) === 300, 'three hundred events beyond local storage');
  const next = await browser.context.newPage();
  await closed(tab);
  await browser.context.setOffline(false);
  await open({}, next);
  await exactly('Closed', 1300, kPastLoan);
});

test('where the file for the overflow cannot be had memory holds it', async () => {
  withoutShelf = true;
  await open();
  await browser.context.setOffline(true);
  await trackMany(tab, 'Memory', 1500);
  assert.deepEqual(await flush(), { sent: 0, left: 1500, dropped: 0 });
  await browser.context.setOffline(false);
  await exactly('Memory', 1500);
});

test('what is given up is counted, told on the page, and told to the collector', async () => {
  await open({ storage: 'memory' });
  const reasons = await tab.evaluate(async () => {
    const seen = [];
    desirepath.on('dropped', ({ reason }) => seen.push(reason));
    desirepath.track('Large', { text: 'x'.repeat(40_000) });
    return seen;
  });
  assert.deepEqual(reasons, ['too_large']);
  await browser.context.setOffline(true);
  await trackMany(tab, 'Full', 2005);
  assert.deepEqual(await flush(), { sent: 0, left: 2000, dropped: 6 });
  await browser.context.setOffline(false);
  await exactly('Full', 2000);
  const told = () => collector.stored().filter(({ event }) => event === 'Events Dropped');
  await until(() => told().length, 'the collector to be told');
  assert.deepEqual(told()[0].properties, { too_large: 1, overflow: 5 });
  assert.equal((await flush()).dropped, 0);
  assert.equal(told().length, 1);
});

test('with the quota full, and two tabs over it, events survive the tabs and are sent once', async () => {
  await open();
  await prepared();
  await trackMany(tab, 'Before', 1);
  await flush();
  const other = await browser.context.newPage();
  await open({}, other);
  await fill(tab);
  // Another process sees it a moment later.
  await other.waitForFunction(
    (length) => localStorage.length === length,
    await tab.evaluate('localStorage.length'),
  );
  await browser.context.setOffline(true);
  await trackMany(tab, 'Full', 50);
  await trackMany(other, 'Full', 50, 50);
  // A lease that ended leaves room for an event or two.
  await until(async () => Number(await shelved()) > 90, 'a hundred events, nearly all beyond local storage');
  const next = await browser.context.newPage();
  await closed(other);
  await browser.context.setOffline(false);
  await open({}, next);
  await Promise.all([flush(), flush(next)]);
  await exactly('Full', 100, kPastLoan);
});

test('storage that refuses in the middle of a visit loses nothing', async () => {
  await open();
  await prepared();
  await browser.context.setOffline(true);
  await tab.evaluate(() => {
    let calls = 0;
    const { setItem } = Storage.prototype;
    Storage.prototype.setItem = function (...values) {
      if (++calls % 3 === 0) throw new DOMException('no', 'UnknownError');
      return setItem.apply(this, values);
    };
  });
  await trackMany(tab, 'Refused', 100);
  await browser.context.setOffline(false);
  await exactly('Refused', 100, kPastLoan);
});

test('where local storage and databases are refused the page captures and delivers all the same', async () => {
  await browser.context.addInitScript(() => {
    const denied = {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    };
    for (const name of ['localStorage', 'indexedDB']) Object.defineProperty(window, name, denied);
  });
  const errors = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  await open();
  await browser.context.setOffline(true);
  await trackMany(tab, 'Denied', 1500);
  await browser.context.setOffline(false);
  await exactly('Denied', 1500);
  assert.deepEqual(errors, []);
});

test('a browser that wrongly says it is offline delivers', async () => {
  await browser.context.addInitScript(() =>
    Object.defineProperty(Navigator.prototype, 'onLine', { get: () => false }),
  );
  await open();
  await trackMany(tab, 'Lied to', 3);
  await exactly('Lied to', 3);
});

test('behind a blocker the other names of the path are tried, and the one that works is known to the next page', async () => {
  const asked = [];
  await browser.context.route('**/collect/**', (route) => {
    asked.push(1);
    return route.abort('blockedbyclient');
  });
  const options = { paths: { batch: ['/collect/v1', '/gone', '/v1/batch'] } };
  await open(options);
  await trackMany(tab, 'Blocked', 3);
  assert.equal((await flush()).sent, 3);
  await open(options);
  await trackMany(tab, 'Blocked', 2, 3);
  assert.equal((await flush()).sent, 2);
  await exactly('Blocked', 5);
  assert.equal(asked.length, 1);
});

test('a grant in one tab lets through what waits in another, with cookies too', async () => {
  for (const storage of ['local', 'cookie']) {
    await browser.context.clearCookies();
    const other = await browser.context.newPage();
    await open({ storage, consentRequired: true }, other);
    await open({ storage, consentRequired: true });
    const waiting = other.evaluate(async () => (await desirepath.track('Waiting')).event);
    await tab.evaluate(() => desirepath.setConsent({ analytics: true }));
    assert.equal(await waiting, 'Waiting');
    await tab.evaluate(() => desirepath.setConsent({ analytics: false }));
    await tab.evaluate(() => localStorage.clear());
    await other.close();
  }
});

/** A module worker that has loaded the package, and calls into it. */
const startWorker = (page = tab) =>
  page.evaluate(
    (url) =>
      new Promise((resolve, reject) => {
        window.worker = new Worker(`/worker.js?url=${encodeURIComponent(url)}`, { type: 'module' });
        window.answers = new Map();
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.onmessage = ({ data: [id, value] }) => (id === 'started' ? resolve() : answers.get(id)(value));
        window.ask = (...words) =>
          new Promise((resolve) => {
            answers.set(answers.size, resolve);
            worker.postMessage([answers.size - 1, ...words]);
          });
      }),
    collector.url,
  );

test('a worker captures, delivers, and knows whom it spoke for; its events outlive it', async () => {
  await tab.goto(site.url);
  await startWorker();
  const first = await tab.evaluate(() => ask('track', 'Worked', { n: 0 }));
  // Or it had left before.
  assert.equal((await tab.evaluate(() => ask('flush'))).left, 0);
  const [{ context, anonymousId }] = collector.stored();
  assert.equal(anonymousId, first.anonymousId);
  assert.equal(context.page, undefined);
  assert.equal(await tab.evaluate(() => ask('decide', 'hero')), null);

  await browser.context.setOffline(true);
  await tab.evaluate(async () => {
    await Promise.all(Array.from({ length: 20 }, (_, n) => ask('track', 'Worked', { n: n + 1 })));
    worker.terminate();
  });
  await browser.context.setOffline(false);
  await startWorker();
  await exactly('Worked', 21, kPastLoan);
  const { anonymousId: again } = await tab.evaluate(() => ask('track', 'Later'));
  assert.equal(again, first.anonymousId);
  assert.deepEqual(await tab.evaluate(() => Object.keys(localStorage)), []);
});

test('a service worker captures and delivers', async () => {
  await tab.goto(site.url);
  const result = await tab.evaluate(async (url) => {
    await navigator.serviceWorker.register(`/service.js?url=${encodeURIComponent(url)}`, { type: 'module' });
    const { active } = await navigator.serviceWorker.ready;
    const { port1, port2 } = new MessageChannel();
    active.postMessage({ n: 0 }, [port2]);
    return new Promise((resolve) => {
      port1.onmessage = ({ data }) => resolve(data);
    });
  }, collector.url);
  assert.equal(result.left, 0);
  await exactly('Served', 1);
});
