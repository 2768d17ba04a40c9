// What the page tells its tag manager and the browser tells of the device, captured without calls, in Chromium; and consent to all that.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { openBrowser, until } from './support/browser.mjs';
import { captureSite, started, told } from './support/capture_site.mjs';

const pages = {
  '/other': '<p>other</p>',
  '/layer': `<script>
      window.dataLayer = [{ event: 'gtm.js' }, { event: 'view_item', ecommerce: { items: [{ item_id: 'early' }] } }];
      function gtag() { dataLayer.push(arguments); }
      gtag('event', 'purchase', { transaction_id: 'T1', value: 9, items: [{ item_id: 'a' }] });
    </script>`,
};

let site;
let collector;
let browser;
let tab;

before(async () => {
  site = await captureSite(pages);
  collector = site.collector;
});
beforeEach(async () => {
  collector.requests.length = 0;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser.close());
after(() => site.close());

async function open(path, capture, load) {
  await tab.goto(site.address(path, capture, load));
  await started(tab, Object.keys(capture));
}
const all = (name) => told(tab, collector, name);
const properties = async (name) => (await all(name)).map((event) => event.properties);

test("the page's data layer is read from its beginning on, each entry once, and works as before", async () => {
  await open('/layer', { dataLayer: true });
  const lengths = await tab.evaluate(() => {
    const pushed = dataLayer.push(
      { event: 'add_to_cart', ecommerce: { currency: 'EUR', items: [{ item_id: 'b', price: '5' }] } },
      { event: 'newsletter', plan: 'pro' },
    );
    gtag('event', 'login', { method: 'mail' });
    return [pushed, dataLayer.length];
  });
  assert.deepEqual(lengths, [5, 6]);
  await all('');
  assert.deepEqual(
    collector.stored().flatMap(({ event, properties }) => (event ? [[event, properties]] : [])),
    [
      ['Product Viewed', { product_id: 'early' }],
      ['Order Completed', { order_id: 'T1', value: 9, revenue: 9, products: [{ product_id: 'a' }] }],
      ['Product Added', { currency: 'EUR', product_id: 'b', price: 5 }],
      ['Signed In', { method: 'mail' }],
    ],
  );
});

test('an order is told once on a device, whoever told it and however often the page is opened', async () => {
  await open('/layer', { dataLayer: true });
  assert.equal((await all('Order Completed')).length, 1);
  await open('/layer', { dataLayer: { other: true } });
  await tab.evaluate(async () => {
    gtag('event', 'purchase', { transaction_id: 'T1' });
    await desirepath.track('Order Completed', { order_id: 'T2' });
    gtag('event', 'purchase', { transaction_id: 'T2' });
    gtag('event', 'purchase', { transaction_id: 'T3' });
    gtag('event', 'purchase', {});
    dataLayer.push({ event: 'newsletter', plan: 'pro', user_id: 'ada' });
  });
  assert.deepEqual(
    (await properties('Order Completed')).map(({ order_id }) => order_id),
    ['T1', 'T2', 'T3', undefined],
  );
  assert.deepEqual(await properties('newsletter'), [{ plan: 'pro' }]);
});

test('the device is in the context of later events', async () => {
  await open('/other', { device: true });
  await until(async () => {
    await tab.evaluate(() => desirepath.track('Later'));
    return (await all('Later')).some(({ context }) => context.userAgentData);
  }, 'an event with client hints');
  const { userAgentData } = (await all('Later')).at(-1).context;
  assert.ok(userAgentData.brands.length && userAgentData.fullVersionList.length);
  assert.equal(typeof userAgentData.mobile, 'boolean');
  assert.ok(userAgentData.platform);
});

test('nothing is loaded or told before consent, and nothing while it is refused', async () => {
  const capture = { clicks: true, dataLayer: true, device: true };
  await tab.goto(site.address('/layer', capture, { consentRequired: true }));
  await tab.waitForLoadState('load');
  await tab.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  const loaded = () =>
    tab.evaluate(
      () =>
        performance.getEntriesByType('resource').filter(({ name }) => /clicks|dataLayer/.test(name)).length,
    );
  assert.equal(await loaded(), 0);
  await tab.evaluate(() => desirepath.setConsent({ analytics: false }));
  await tab.evaluate(() => dataLayer.push({ event: 'login' }));
  await tab.evaluate(() => desirepath.setConsent({ analytics: true }));
  await started(tab, Object.keys(capture));
  await tab.evaluate(() => dataLayer.push({ event: 'sign_up' }));
  assert.equal((await all('Signed Up')).length, 1);
  assert.equal((await all('Signed In')).length, 0, 'pushed while consent was refused');
  await until(async () => {
    await tab.evaluate(() => desirepath.track('Later'));
    return (await all('Later')).at(-1).context.userAgentData;
  }, 'client hints');

  await tab.evaluate(() => desirepath.setConsent({ analytics: false }));
  const kept = collector.stored().length;
  await tab.evaluate(() => {
    dataLayer.push({ event: 'login' });
    document.body.append(Object.assign(document.createElement('button'), { id: 'late' }));
    document.getElementById('late').click();
  });
  await tab.evaluate(() => desirepath.flush());
  const since = collector.stored().slice(kept);
  assert.deepEqual(
    since.filter(({ event }) => event !== 'Segment Consent Preference Updated'),
    [],
  );

  await tab.evaluate(() => desirepath.setConsent({ analytics: true }));
  // Loaded already: they start once the page is idle.
  await until(async () => {
    await tab.evaluate(() => document.getElementById('late').click());
    return (await all('Element Clicked')).length;
  }, 'a click after the second grant');
  await tab.evaluate(() => dataLayer.push({ event: 'generate_lead' }));
  assert.equal((await all('Lead Generated')).length, 1, 'one wrapper, not two');
  assert.equal((await all('Signed In')).length, 0);
});
