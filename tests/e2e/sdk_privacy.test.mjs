// What the package keeps of a visitor, where, and when not at all: in Chromium, against a server that keeps a ledger.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { openBrowser, until } from './support/browser.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');
const kPage = '<!doctype html><title>Shop</title><script src="/desirepath.iife.js"></script>';

let collector;
let site;
let browser;
let tab;
let asked;

const file = (name) => (request, response) => {
  asked.push(request.url);
  response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(join(dist, name)));
};
const html = (request, response) => {
  asked.push(request.url);
  response.writeHead(200, { 'content-type': 'text/html' }).end(kPage);
};

before(async () => {
  collector = await ledgerServer();
  site = await ledgerServer({
    '/': html,
    '/next': html,
    '/desirepath.iife.js': file('desirepath.iife.js'),
    '/desirepath.errors.js': file('desirepath.errors.js'),
    '/desirepath.shelf.js': file('desirepath.shelf.js'),
  });
});
beforeEach(async () => {
  collector.requests.length = 0;
  collector.answer = () => undefined;
  asked = [];
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser.close());
after(async () => {
  await collector.close();
  await site.close();
});

const load = (options = {}, page = tab) =>
  page.evaluate((options) => void desirepath.load(options), {
    writeKey: 'wk',
    url: collector.url,
    ...options,
  });
const open = async (options, address = site.url) => {
  await tab.goto(address);
  await load(options);
};
const track = (name, page = tab) =>
  page.evaluate(async (name) => (await desirepath.track(name))?.anonymousId, name);
const flush = () => tab.evaluate(() => desirepath.flush());
const stored = (name) => collector.stored().filter(({ event }) => event === name);

/** Every place where a page can keep something. */
const kept = () =>
  tab.evaluate(async () => ({
    local: Object.keys(localStorage).sort(),
    session: Object.keys(sessionStorage),
    cookie: document.cookie,
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: await caches.keys(),
  }));
const kNothing = { local: [], session: [], cookie: '', databases: [], caches: [] };

for (const storage of ['local', 'cookie']) {
  test(`before consent nothing is kept anywhere and nothing is asked for but the script (${storage})`, async () => {
    await open({ consentRequired: true, storage, capture: { errors: true } });
    await tab.evaluate(async () => {
      desirepath.page();
      desirepath.identify('ada', { email: 'ada@example.com' });
      desirepath.track('Held');
      desirepath.known('email');
      desirepath.decide('hero');
      desirepath.debug();
      await desirepath.flush();
      dispatchEvent(new Event('online'));
      dispatchEvent(new Event('pagehide'));
      dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    });
    assert.deepEqual(await kept(), kNothing);
    assert.deepEqual(asked, ['/', '/desirepath.iife.js']);
    assert.deepEqual(collector.requests, []);

    await tab.evaluate(() => desirepath.setConsent({ analytics: false }));
    await flush();
    assert.equal(
      (await kept()).local.join() || (await kept()).cookie.split('=')[0],
      'dp.c',
      'the choice alone',
    );
    assert.deepEqual(collector.requests, []);
  });
}

test('a storage of memory keeps nothing on the device, and delivers', async () => {
  await open({ storage: 'memory' });
  const first = await track('A');
  assert.deepEqual(await flush(), { sent: 1, left: 0, dropped: 0 });
  assert.deepEqual(await kept(), kNothing);
  await open({ storage: 'memory' }, `${site.url}/next`);
  assert.notEqual(await track('A'), first);
});

test('Global Privacy Control refuses marketing and sale, is told, and a choice afterwards wins', async () => {
  await browser.context.addInitScript(() =>
    Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', { get: () => true }),
  );
  await open();
  await track('Seen');
  await flush();
  const [{ context }] = stored('Seen');
  const refused = { marketing: false, advertising: false, sale: false, sharing: false };
  assert.deepEqual(context.consent, { categoryPreferences: refused, globalPrivacyControl: true });

  await tab.evaluate(() => desirepath.setConsent({ marketing: true }));
  await open({}, `${site.url}/next`);
  await track('Chosen');
  await flush();
  const { consent } = stored('Chosen')[0].context;
  assert.deepEqual(consent.categoryPreferences, { ...refused, marketing: true });
});

test('Do Not Track counts where the site says so, until the visitor grants', async () => {
  await browser.context.addInitScript(() =>
    Object.defineProperty(Navigator.prototype, 'doNotTrack', { get: () => '1' }),
  );
  await open({ respectDoNotTrack: true });
  assert.equal(await track('Refused'), undefined);
  assert.deepEqual(await flush(), { sent: 0, left: 0, dropped: 1 });
  assert.deepEqual(await kept(), kNothing);
  await tab.evaluate(() => desirepath.setConsent({ analytics: true }));
  assert.ok(await track('Granted'));
  await open({}, `${site.url}/next`);
  assert.ok(await track('Not asked for'), 'without the option it says nothing');
});

test('cookies carry who the visitor is and what they allow over the hosts of a domain; events stay in local storage', async () => {
  const { port } = new URL(site.url);
  const options = { storage: 'cookie', cookieDomain: 'shop.localhost' };
  await open(options, `http://www.shop.localhost:${port}/`);
  await tab.evaluate(() => desirepath.setConsent({ analytics: true, marketing: false }));
  await tab.evaluate(() => desirepath.identify('ada', { email: 'ada@example.com' }));
  const id = await track('Here');
  const { local } = await kept();
  assert.ok(!local.includes('dp.u') && !local.includes('dp.c'), local.join());

  const cookies = await browser.context.cookies();
  assert.deepEqual(cookies.map(({ name }) => name).sort(), ['dp.c', 'dp.u']);
  for (const cookie of cookies) {
    assert.deepEqual(
      [cookie.domain, cookie.path, cookie.sameSite, cookie.secure],
      ['.shop.localhost', '/', 'Lax', false],
    );
    assert.ok(Math.abs(cookie.expires - Date.now() / 1000 - 365 * 86400) < 3600);
    assert.ok(!decodeURIComponent(cookie.value).includes('ada@'));
  }

  await open(options, `http://m.shop.localhost:${port}/`);
  assert.equal(await track('There'), id);
  assert.equal(await tab.evaluate(() => desirepath.known('email')), true);
  await flush();
  const [{ userId, context }] = stored('There');
  assert.equal(userId, 'ada');
  assert.deepEqual(context.consent.categoryPreferences, { analytics: true, marketing: false });

  await open({ storage: 'cookie' }, `http://other.localhost:${port}/`);
  assert.notEqual(await track('Elsewhere'), id);
});

test('on https the cookies are secure, and of this host alone unless a domain is given', async () => {
  await browser.context.route('https://www.shop.example/**', (route) =>
    new URL(route.request().url()).pathname === '/'
      ? route.fulfill({ contentType: 'text/html', body: kPage })
      : route.fulfill({ contentType: 'text/javascript', path: join(dist, 'desirepath.iife.js') }),
  );
  await open({ storage: 'cookie' }, 'https://www.shop.example/');
  await track('A');
  const [{ name, domain, secure }] = await browser.context.cookies();
  assert.deepEqual([name, domain, secure], ['dp.u', 'www.shop.example', true]);
});

test('where local storage is refused cookies still know the visitor; one that was known to local storage stays', async () => {
  await open();
  const before = await track('A');
  await flush();
  await open({ storage: 'cookie' }, `${site.url}/next`);
  assert.equal(await track('B'), before, 'known to local storage');
  await tab.evaluate(() => desirepath.identify('ada'));
  await browser.context.addInitScript(() =>
    Object.defineProperty(window, 'localStorage', {
      get() {
        throw new DOMException('denied', 'SecurityError');
      },
    }),
  );
  await open({ storage: 'cookie' });
  assert.equal(await track('C'), before);
  assert.equal((await flush()).left, 0);
  assert.equal(stored('C')[0].userId, 'ada');
});

test('a sign-out in one tab is known to the others, with cookies too', async () => {
  await open({ storage: 'cookie' });
  const other = await browser.context.newPage();
  await other.goto(site.url);
  await load({ storage: 'cookie' }, other);
  const before = await track('A');
  assert.equal(await track('A', other), before);
  await other.evaluate(() => desirepath.reset());
  const afterwards = await track('B');
  assert.notEqual(afterwards, before);
  assert.equal(await track('B', other), afterwards);
});

test('consent taken back: unsent events stay unsent, capture ends, and the choice is all that is left', async () => {
  collector.answer = () => ({ status: 503, headers: { 'retry-after': '600' } });
  await open({ capture: { errors: true } });
  const other = await browser.context.newPage();
  await other.goto(site.url);
  await load({}, other);
  await until(() => asked.filter((path) => path.includes('errors')).length, 'the capture module');
  const drops = [];
  for (const page of [tab, other]) {
    await page.exposeFunction('dropped', (reason) => drops.push(reason));
    await page.evaluate(() => desirepath.on('dropped', ({ reason }) => dropped(reason)));
  }
  await tab.evaluate(() => {
    desirepath.identify('ada', { email: 'ada@example.com' });
    desirepath.track('Waiting');
  });
  await track('Waiting there', other);
  await flush();
  collector.requests.length = 0;
  collector.answer = () => undefined;
  await tab.evaluate(() => desirepath.setConsent({ analytics: false }));
  await flush();
  assert.deepEqual(
    collector.stored().map(({ event, userId }) => [event, userId]),
    [['Segment Consent Preference Updated', 'ada']],
    'the withdrawal, and nothing else',
  );
  await until(() => drops.length === 3, 'three events given up, in the tab that looks first');
  assert.deepEqual(drops, ['consent', 'consent', 'consent']);
  await tab.evaluate(() => setTimeout(() => null.x));
  await track('After');
  assert.equal(await track('After', other), undefined, 'in the other tab too');
  await other.close({ runBeforeUnload: true });
  await flush();
  assert.equal(collector.stored().length, 1);
  assert.deepEqual(
    // A pause the collector asked for, the empty shelf and the room set aside say nothing of anybody.
    (await kept()).local.filter((key) => !/^dp\.[hor]$/.test(key)),
    ['dp.c'],
  );
  assert.equal(await tab.evaluate(() => desirepath.known('email')), false);

  await tab.evaluate(() => desirepath.setConsent({ analytics: true }));
  assert.ok(await track('Again'));
  assert.ok(await tab.evaluate(() => desirepath.debug().anonymousId));
});

test('what is private in addresses never leaves the page, nor does what the site redacts', async () => {
  await tab.goto(`${site.url}/?token=s3cret&q=shoes&email=ada@example.com#access_token=s3cret`);
  await tab.evaluate((url) => {
    desirepath.load({
      writeKey: 'wk',
      url,
      hideParams: ['voucher'],
      redact: (event) =>
        event.event === 'Card Entered'
          ? null
          : { ...event, properties: { ...event.properties, card: undefined } },
    });
    desirepath.page();
    desirepath.track('Paid', { card: '4111', href: '/b?voucher=s3cret' });
    desirepath.track('Card Entered', { digits: '4111' });
  }, collector.url);
  assert.deepEqual(
    await tab.evaluate(() =>
      Object.entries(localStorage).filter(([, value]) => /s3cret|ada@|4111/.test(value)),
    ),
    [],
  );
  assert.deepEqual(await flush(), { sent: 2, left: 0, dropped: 1 });
  assert.doesNotMatch(collector.requests[0].text, /s3cret|ada@|4111/);
  const [page, paid] = collector.stored();
  assert.equal(page.properties.url, `${site.url}/?q=shoes`);
  assert.equal(paid.properties.href, '/b');
});

test('reset forgets the person and what was shown to them, not the choice', async () => {
  await open();
  await tab.evaluate(async () => {
    desirepath.setConsent({ analytics: true });
    await desirepath.identify('ada', { email: 'x' });
    localStorage.setItem('dp.x', '["d~t~web"]');
    localStorage.setItem('dp.a', '["e"]');
    localStorage.setItem('dp.s', '{}');
    await desirepath.reset();
  });
  const { local } = await kept();
  assert.deepEqual(
    local.filter((key) => /^dp\.[xas]$/.test(key)),
    [],
  );
  assert.ok(local.includes('dp.c'));
  const { userId, consent } = await tab.evaluate(() => desirepath.debug());
  assert.deepEqual([userId, consent], [null, { analytics: true }]);
  assert.equal(await tab.evaluate(() => desirepath.known('email')), false);
});
