// The shop in a real browser, against the real collector and the real package.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { makeWorld, until } from './shop_world.mjs';

let world;
before(async () => {
  world = await makeWorld();
});
after(() => world?.close());

const headline = (page, slot) => page.locator(`[data-dp-slot="${slot}"] [data-dp-field~="headline"]`);
const saysIn = (page, slot, text) =>
  until(`"${text}" in ${slot}`, async () => (await headline(page, slot).textContent()) === text);

// Opens a page and waits until it is settled whether the engine decides here: from then on the program is cached.
const open = async (page, path) => {
  await page.goto(world.shopUrl + path);
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        if (globalThis.desirepath) desirepath.ready(resolve);
        else resolve();
      }),
  );
};

// Waits for a decision's exposure: only then does its cap count.
const isSeen = (page, trigger) =>
  until(`${trigger} was seen`, () =>
    page.evaluate((name) => {
      const log = JSON.parse(localStorage.getItem('waymark.panel'))?.log ?? [];
      return log.some((entry) => entry.kind === 'shown' && entry.name === name);
    }, trigger),
  );

// Follows a link once the page it leads to has run its scripts: a visitor who leaves a page before that has not been seen
// on it.
const follow = async (page, link) => {
  const left = page.url();
  await link.click();
  await page.waitForURL((url) => url.href !== left, { waitUntil: 'load' });
};

// The visitor's events as the collector holds them, once everything on the device was delivered. What a page sent while
// it was left is leased for half a minute before the next page asks about it again: the visitor's clock skips that.
const delivered = async (visitor) => {
  await visitor.page.clock.fastForward(31_000);
  await until('an empty journal', () =>
    visitor.page.evaluate(async () => (await desirepath.flush()).left === 0),
  );
  assert.equal(visitor.anonymousIds.size, 1);
  const [id] = visitor.anonymousIds;
  return {
    id,
    events: async () =>
      (await world.read(`/v1/profiles/anonymousId:${id}/events`))?.events.map(({ event }) => event) ?? [],
  };
};

const walked = (events) =>
  events
    .filter(({ event }) => event !== 'Decision Exposed')
    .map(({ type, event, properties }) => {
      if (type === 'page') return `page ${properties.kind}`;
      return event === 'Product Viewed' ? `${event} ${properties.product_id}` : (event ?? type);
    });

test('the hero follows the path through the shop, and every event arrives once', async () => {
  const visitor = await world.visitor();
  const { page } = visitor;
  await open(page, '/');
  assert.equal(await headline(page, 'hero').textContent(), 'The best path is the one you wear in.');
  await follow(page, page.getByRole('navigation', { name: 'Shop' }).getByRole('link', { name: 'Shoes' }));
  await follow(page, page.getByRole('link', { name: /^Scree/ }));
  await follow(page, page.getByRole('link', { name: /^Burn/ }));
  await saysIn(page, 'product', 'Between two sizes?');
  await follow(page, page.getByRole('link', { name: 'Waymark', exact: true }));
  await saysIn(page, 'hero', 'Two pairs in mind? Walk both.');
  await isSeen(page, 'hero_shoes');

  const { events, id } = await delivered(visitor);
  const expected = [
    'page home',
    'page list',
    'Product List Viewed',
    'page product',
    'Product Viewed scree',
    'page product',
    'Product Viewed burn',
    'page home',
  ];
  await until('the whole walk', async () => walked(await events()).length >= expected.length);
  const held = await events();
  assert.deepEqual(walked(held), expected);
  assert.equal(new Set(held.map(({ messageId }) => messageId)).size, held.length);
  const exposure = held.find(
    ({ event, properties }) => event === 'Decision Exposed' && properties.trigger === 'hero_shoes',
  );
  assert.equal(exposure.messageId, exposure.properties.decisionId);
  assert.equal((await world.read(`/v1/profiles/anonymousId:${id}`)).stage, 'evaluate');
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

test('with the network cut the cart still changes, survives reloads, and arrives once afterwards', async () => {
  const visitor = await world.visitor();
  const { page, context } = visitor;
  await open(page, '/product/stile');
  await until('the first delivery', () => visitor.anonymousIds.size === 1);

  await context.route(`${world.collectorUrl}/**`, (route) => route.abort('internetdisconnected'));
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await follow(page, page.getByRole('link', { name: 'See your cart' }));
  assert.equal(await headline(page, 'cart').textContent(), 'Two to three days.');
  await page.getByRole('button', { name: 'One Stile more' }).click();
  await saysIn(page, 'cart', 'Nearly at free delivery.');
  await context.setOffline(true);
  await page.getByRole('button', { name: 'One Stile more' }).click();
  await page.getByRole('button', { name: 'One Stile more' }).click();
  await saysIn(page, 'cart', 'Delivery is on us.');
  await context.setOffline(false);
  await page.reload();
  await open(page, '/');
  await saysIn(page, 'hero', 'Your kit is waiting at the gate.');
  await page.reload();
  await saysIn(page, 'hero', 'Your kit is waiting at the gate.');

  await context.unroute(`${world.collectorUrl}/**`);
  const { events } = await delivered(visitor);
  const expected = [
    'page product',
    'Product Viewed stile',
    'Product Added',
    'Cart Updated',
    'page cart',
    'Cart Viewed',
    'Cart Updated',
    'Cart Updated',
    'Cart Updated',
    'page cart',
    'Cart Viewed',
    'page home',
    'page home',
  ];
  await until('the whole walk', async () => walked(await events()).length >= expected.length);
  const held = await events();
  assert.deepEqual(walked(held), expected);
  assert.equal(new Set(held.map(({ messageId }) => messageId)).size, held.length);
  assert.deepEqual(visitor.errors, []);
  await context.close();
});

test('an order, a name and a review: one profile that owns and tells', async () => {
  const visitor = await world.visitor();
  const { page } = visitor;
  await open(page, '/product/gale');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await open(page, '/checkout');
  for (const [label, text] of [
    ['Name', 'Ada Moor'],
    ['E-mail', 'ada@example.test'],
    ['Street and number', 'Fell Road 3'],
    ['Postcode', '12345'],
    ['Town', 'Keld'],
  ]) {
    await page.getByLabel(label, { exact: true }).fill(text);
  }
  await page.getByRole('button', { name: 'Place the order' }).click();
  await page.waitForURL(/\/thanks/);
  await open(page, '/account');
  await page.getByLabel('Name', { exact: true }).fill('Ada Moor');
  await page.getByLabel('E-mail', { exact: true }).fill('ada@example.test');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: '5 of 5' }).click();
  await open(page, '/');
  await saysIn(page, 'hero', 'Out there already?');
  const { id } = await delivered(visitor);
  const profile = await until('the review', async () => {
    const found = await world.read(`/v1/profiles/anonymousId:${id}`);
    return found?.stage === 'advocate' && found;
  });
  assert.equal(profile.behaviors.ordered, 1);
  assert.equal(profile.behaviors.spent, 229);
  const userId = profile.identifiers.find(({ type }) => type === 'userId').value;
  assert.equal((await world.read(`/v1/profiles/userId:${userId}`)).profile, profile.profile);

  await open(page, '/account');
  await page.getByRole('button', { name: 'Sign out' }).click();
  await open(page, '/');
  assert.equal(await headline(page, 'hero').textContent(), 'The best path is the one you wear in.');
  await until('a new visitor', () => visitor.anonymousIds.size === 2);
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});

test('a cart left alone for a minute is remembered in a toast', async () => {
  const visitor = await world.visitor();
  const { page } = visitor;
  await open(page, '/product/gale');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await open(page, '/shop');
  await page.clock.fastForward('01:05');
  await page.locator('.toast', { hasText: 'Still thinking it over?' }).waitFor();
  await visitor.context.close();
});

test('the shop works when the package cannot be loaded', async () => {
  const visitor = await world.visitor();
  const { page, context } = visitor;
  await context.route('**/desirepath.iife.js', (route) => route.abort());
  await open(page, '/product/haar');
  await page.getByRole('button', { name: 'Add to cart' }).click();
  await follow(page, page.getByRole('link', { name: 'See your cart' }));
  await until('the total', async () => (await page.locator('[data-total]').textContent()) === '€125.90');
  await headline(page, 'cart').waitFor({ state: 'visible' });
  assert.deepEqual(visitor.errors, []);
  await context.close();
});

test('no page is wider than a phone', async () => {
  for (const width of [360, 390]) {
    const visitor = await world.visitor({ viewport: { width, height: 780 } });
    const { page } = visitor;
    await open(page, '/product/corrie-45');
    await page.getByRole('button', { name: 'Add to cart' }).click();
    for (const path of [
      '/',
      '/shop',
      '/shop/shells',
      '/product/corrie-45',
      '/cart',
      '/checkout',
      '/account',
      '/thanks',
      '/nowhere',
    ]) {
      await open(page, path);
      const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
      assert.ok(wide <= room, `${path} is ${wide} wide on ${room}`);
    }
    await page.getByRole('button', { name: /^Your path/ }).click();
    const box = await page.locator('.path-body').boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= width);
    await visitor.context.close();
  }
});

test('the shop can be walked with the keyboard', async () => {
  const visitor = await world.visitor();
  const { page } = visitor;
  const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
  const tabTo = async (text) => {
    for (let step = 0; step < 40; step += 1) {
      await page.keyboard.press('Tab');
      if ((await focused()).startsWith(text)) return;
    }
    assert.fail(`Tab never reaches "${text}"`);
  };
  await open(page, '/product/ember');
  await page.keyboard.press('Tab');
  assert.equal(await focused(), 'Skip to content');
  await tabTo('Add to cart');
  await page.keyboard.press('Enter');
  await tabTo('See your cart');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/cart/);
  await tabTo('+');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.line .quantity').textContent(), '2');
  assert.equal(await focused(), '+');
  await tabTo('Check out');
  await tabTo('Your path');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator('.path-body').isVisible(), true);
  await page.keyboard.press('Escape');
  assert.equal(await page.locator('.path-body').isVisible(), false);
  await visitor.context.close();
});

test('the console shows live events and a profile, and takes nothing for markup', async () => {
  const visitor = await world.visitor({ clock: false });
  const { page } = visitor;
  await page.goto(`${world.collectorUrl}/`);
  await page.getByLabel('Secret key').fill(world.writeKey);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await until('the refusal', () =>
    page.getByRole('alert').filter({ hasText: 'secret key is needed' }).count(),
  );
  await page.getByLabel('Secret key').fill(world.secretKey);
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.getByRole('heading', { name: 'Live events' }).waitFor();

  const hostile = '<img src=x onerror="document.title=1">';
  const sent = await fetch(`${world.collectorUrl}/v1/track?k=${world.writeKey}`, {
    method: 'POST',
    body: JSON.stringify({
      event: hostile,
      anonymousId: 'console-visitor',
      properties: { category: hostile },
    }),
  });
  assert.equal(sent.status, 200);
  const row = page.locator('.event').filter({ hasText: hostile }).first();
  await row.waitFor();
  assert.equal(await page.locator('#events img').count(), 0);
  await row.locator('summary').click();
  await row.getByRole('button', { name: 'Open the profile' }).click();
  await page.locator('#profile code', { hasText: 'console-visitor' }).waitFor();

  await page.getByLabel('Filter live events').fill('no such thing');
  await page.getByText('Nothing here matches the filter.').waitFor();
  await page.reload();
  await page.locator('#profile code', { hasText: 'console-visitor' }).waitFor();
  await page.getByRole('button', { name: 'Forget key' }).click();
  await page.getByRole('heading', { name: 'Open the console' }).waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.length), 0);
  assert.deepEqual(visitor.errors, []);
  await visitor.context.close();
});
