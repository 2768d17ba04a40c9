// What capture modules tell of links, texts, clicks, attention and data layers, without a page.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const { linkClick, plainHref } = await source('capture/link_facts');
const { plainMessage, plainText } = await source('capture/private_text');
const { engagedTime } = await source('capture/engaged_time');
const { rageClicks } = await source('capture/rage_clicks');
const { commerceEvents, layerEvent, plainParams } = await source('capture/commerce_events');
const { kActiveMs, kProducts, kRageMs, kRagePx } = await source('core/limits');

const base = 'https://shop.test/shoes/?size=9';
const clicked = (href, { download = null, extensions = ['pdf'], domains = [] } = {}) =>
  linkClick(href, download, base, extensions, domains);

test('a link is a download, a way out, or nothing of its own', () => {
  assert.deepEqual(clicked('/files/Care.PDF?token=secret'), {
    event: 'File Downloaded',
    properties: { host: 'shop.test', path: '/files/Care.PDF', extension: 'pdf' },
  });
  assert.deepEqual(clicked('https://ada:pw@other.test:8443/a/b?c=d#e'), {
    event: 'Link Clicked',
    properties: { host: 'other.test:8443', path: '/a/b' },
  });
  assert.equal(clicked('https://other.test/a.pdf').event, 'File Downloaded', 'the more specific one');
  assert.equal(clicked('https://other.test/a.pdf', { extensions: [] }).event, 'Link Clicked');
  assert.equal(clicked('/report', { download: '' }).event, 'File Downloaded');
  assert.deepEqual(clicked('blob:https://shop.test/5f', { download: 'ada lovelace.csv' }).properties, {
    extension: 'csv',
  });
  for (const href of [
    '/boots',
    '#top',
    '',
    'mailto:ada@shop.test',
    'javascript:go()',
    'https://',
    '/v1.2/x',
  ]) {
    assert.equal(clicked(href), undefined, href);
  }
});

test('domains of the site lead nowhere out, and no other domain ends in theirs by chance', () => {
  const domains = ['pay.test'];
  assert.equal(clicked('https://pay.test/', { domains }), undefined);
  assert.equal(clicked('https://eu.pay.test/x', { domains }), undefined);
  assert.equal(clicked('https://notpay.test/', { domains }).event, 'Link Clicked');
});

test('an address is told without what it may hide', () => {
  assert.equal(plainHref('boots?email=ada@shop.test#token=1', base), 'https://shop.test/shoes/boots');
  assert.equal(plainHref('https://ada:pw@other.test/x', base), 'https://other.test/x');
  assert.equal(plainHref('mailto:ada@shop.test', base), 'mailto:');
  assert.equal(plainHref('data:text/plain,secret', base), 'data:');
  assert.equal(plainHref('https://', base), undefined);
});

test('text on one line, to a bound, unless it looks personal', () => {
  assert.equal(plainText(' Buy\n  now ', 80), 'Buy now');
  assert.equal(plainText('x'.repeat(81), 80), 'x'.repeat(80));
  for (const text of [
    '',
    '  ',
    null,
    undefined,
    'ada@shop.test',
    'Card 4242 4242 4242 4242',
    '+49-30-123456789',
  ]) {
    assert.equal(plainText(text, 80), undefined, String(text));
  }
  assert.equal(plainText('Only 12.50 today, 20% off', 80), 'Only 12.50 today, 20% off');
});

test('a message keeps what developers need and loses what people wrote', () => {
  const plain = (message) => plainMessage(message, 200);
  assert.equal(
    plain("Cannot read properties of undefined (reading 'x')"),
    "Cannot read properties of undefined (reading 'x')",
  );
  assert.equal(plain('GET https://api.test/me?token=abc#x failed'), 'GET https://api.test/me failed');
  assert.equal(plain('no such user ada@shop.test'), 'no such user …');
  assert.equal(plain('card 4242424242424242 refused'), 'card … refused');
  for (const message of [
    `Unexpected token 'h', "hunter2" is not valid JSON`,
    `Unexpected token 'h', ..."a":1,"pw":"hunter2}" is not valid JSON`,
    'JSON Parse error: Unexpected identifier "hunter2"',
  ]) {
    assert.doesNotMatch(plain(message), /hunter2|pw/);
    assert.match(plain(message), /JSON/);
  }
  assert.equal(plain('x'.repeat(5000)).length, 200);
});

test('engaged: visible, and some input within the last thirty seconds', () => {
  const time = engagedTime();
  time.show(1000);
  assert.equal(time.take(1000 + kActiveMs, 1), kActiveMs);
  assert.equal(time.take(1000 + 2 * kActiveMs, 0), 0, 'idle');
  time.input(100_000);
  time.hide(105_000);
  time.show(200_000);
  time.show(201_000);
  assert.equal(time.take(203_000, 1), 8000, 'what was hidden is not counted, nor what is shown twice');
  assert.equal(time.take(203_500, 1000), 0, 'too little');
  assert.equal(time.take(204_000, 1000), 1000, 'and not lost');
});

test('three clicks within a second and thirty pixels', () => {
  const at = (...clicks) => {
    const isRage = rageClicks();
    return clicks.map((click) => isRage(...click));
  };
  assert.deepEqual(at([0, 5, 5], [500, 5, 5], [kRageMs, 5, 5 + kRagePx]), [false, false, true]);
  assert.deepEqual(at([0, 5, 5], [500, 5, 5], [kRageMs + 1, 5, 5]), [false, false, false]);
  assert.deepEqual(at([0, 5, 5], [500, 5, 5], [600, 5, 6 + kRagePx]), [false, false, false]);
  assert.deepEqual(
    at([0, 0, 0], [1, 0, 0], [2, 0, 0], [3, 0, 0], [4, 0, 0], [5, 0, 0]).filter(Boolean).length,
    2,
  );
});

const boot = {
  item_id: 'b1',
  item_name: 'Boot',
  item_brand: 'Hill',
  item_category: 'shoes',
  item_category2: 'boots',
};

test('an entry of a data layer: an object, or what gtag was called with', () => {
  const gtag = (...values) => {
    return (function push() {
      // biome-ignore lint/complexity/noArguments: what gtag pushes.
      return arguments;
    })(...values);
  };
  assert.deepEqual(layerEvent(gtag('event', 'login', { method: 'mail' })), {
    name: 'login',
    params: { method: 'mail' },
  });
  assert.deepEqual(layerEvent(gtag('event', 'login')), { name: 'login', params: {} });
  assert.deepEqual(layerEvent({ event: 'purchase', page: 1, ecommerce: { value: 2 } }), {
    name: 'purchase',
    params: { page: 1, value: 2 },
  });
  for (const entry of [
    gtag('config', 'G-1'),
    gtag('event'),
    gtag('js', new Date()),
    { ecommerce: null },
    { event: 'gtm.js' },
    { event: 7 },
    ['event', 'login'],
    () => {},
    null,
    'event',
  ]) {
    assert.equal(layerEvent(entry), undefined);
  }
});

test('events of GA4 become those of the spec', () => {
  const item = { ...boot, item_variant: 'red', price: '79.50', quantity: 2, index: 3 };
  assert.deepEqual(commerceEvents('add_to_cart', { currency: 'EUR', value: 159, items: [item] }), [
    {
      event: 'Product Added',
      properties: {
        currency: 'EUR',
        value: 159,
        product_id: 'b1',
        name: 'Boot',
        brand: 'Hill',
        category: 'shoes',
        category2: 'boots',
        variant: 'red',
        price: 79.5,
        quantity: 2,
        position: 3,
      },
    },
  ]);
  const several = commerceEvents('remove_from_cart', {
    value: 5,
    items: [{ item_id: 'a' }, { item_id: 'b' }],
  });
  assert.deepEqual(
    several.map(({ event, properties }) => [event, properties]),
    [
      ['Product Removed', { product_id: 'a' }],
      ['Product Removed', { product_id: 'b' }],
    ],
  );
  const order = {
    transaction_id: 'T1',
    value: 159,
    tax: 9,
    shipping: 0,
    coupon: 'MAY',
    currency: 'EUR',
    user_id: 'u',
  };
  assert.deepEqual(commerceEvents('purchase', { ...order, items: [boot] }), [
    {
      event: 'Order Completed',
      properties: {
        order_id: 'T1',
        value: 159,
        revenue: 159,
        tax: 9,
        shipping: 0,
        coupon: 'MAY',
        currency: 'EUR',
        products: [{ product_id: 'b1', name: 'Boot', brand: 'Hill', category: 'shoes', category2: 'boots' }],
      },
    },
  ]);
  const names = Object.entries({
    view_item: 'Product Viewed',
    view_item_list: 'Product List Viewed',
    select_item: 'Product Clicked',
    view_cart: 'Cart Viewed',
    begin_checkout: 'Checkout Started',
    add_shipping_info: 'Checkout Step Completed',
    add_payment_info: 'Payment Info Entered',
    refund: 'Order Refunded',
    search: 'Products Searched',
    view_promotion: 'Promotion Viewed',
    select_promotion: 'Promotion Clicked',
    sign_up: 'Signed Up',
    login: 'Signed In',
    generate_lead: 'Lead Generated',
  });
  for (const [from, to] of names) assert.equal(commerceEvents(from, {})[0].event, to);
  assert.deepEqual(commerceEvents('search', { search_term: 'red boots' })[0].properties, {
    query: 'red boots',
  });
  assert.equal(commerceEvents('constructor', {}), undefined);
  assert.equal(commerceEvents('newsletter', {}), undefined);
});

test('what is malformed in a data layer is left out, and what is too long is cut', () => {
  const items = [null, 'x', 7, [], { item_id: 'a', nested: { deep: 1 }, price: 'free' }];
  assert.deepEqual(commerceEvents('view_cart', { value: null, items })[0].properties, {
    products: [{ product_id: 'a', price: 'free' }],
  });
  assert.deepEqual(commerceEvents('view_cart', { items: 'x' })[0].properties, {});
  const many = Array.from({ length: kProducts + 1 }, () => boot);
  assert.equal(commerceEvents('view_cart', { items: many })[0].properties.products.length, kProducts);
  assert.deepEqual(
    plainParams({
      plan: 'pro',
      n: 1,
      eventCallback: () => {},
      'gtm.uniqueEventId': 4,
      user_data: 'ada',
      send_to: 'G-1',
    }),
    { plan: 'pro', n: 1 },
  );
});
