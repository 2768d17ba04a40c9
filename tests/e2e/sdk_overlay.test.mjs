// The panel that shows what the package does, in Chromium: how it is switched on, what it says, and that the page is left as it is.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { compiled, missing as skip } from '../js/support/program.mjs';
import { openBrowser, until } from './support/browser.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');
const files = [
  'iife.js',
  'overlay.js',
  'facts.js',
  'explain.js',
  'explain.wasm',
  'clicks.js',
  'forms.js',
  'friction.js',
];

let program;
let asked;
let site;
let browser;
let tab;

before(async () => {
  if (skip) return;
  program = compiled(join(import.meta.dirname, 'support/sdk.journey.json'), '--device');
  const routes = {
    '/': (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>Shop</title><link rel="icon" href="data:,">
        <style>* { letter-spacing: 3px } button { display: none !important } desirepath-overlay { display: none; position: static }</style>
        <script>
          window.heard = [];
          for (const type of ['click', 'keydown', 'input', 'submit', 'pointerdown']) {
            document.addEventListener(type, () => heard.push(type));
          }
          window.shifted = [];
          new PerformanceObserver((list) => {
            for (const { sources, hadRecentInput } of list.getEntries()) {
              shifted.push(...sources.map(({ node }) => [node?.localName ?? node?.nodeName, hadRecentInput]));
            }
          })
            .observe({ type: 'layout-shift', buffered: true });
        </script>
        <script src="/sdk/desirepath.iife.js"></script>
        <script>
          desirepath.load({ writeKey: 'wk', flushAfterMs: 60_000, consentRequired: location.search.includes('ask') });
          desirepath.page('Home');
        </script>
        <section data-dp-slot="hero"><h1 data-dp-field="headline">Welcome</h1></section>
        <section data-dp-slot="notice"><p data-dp-field="headline">Free returns</p></section>`),
    '/empty': (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>Empty</title><script src="/sdk/desirepath.iife.js"></script>
        <script>desirepath.load({ writeKey: 'wk', wasm: false }); desirepath.debug(true)</script>`),
    '/captured': (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>Captured</title><script src="/sdk/desirepath.iife.js"></script>
        <script>
          desirepath.load({ writeKey: 'wk', flushAfterMs: 60_000, capture: { clicks: true, forms: true, friction: true } });
        </script><button type="button">Buy</button>`),
    '/v1/journeys/default/program': (_, response) => response.writeHead(200).end(program),
  };
  for (const name of files) {
    routes[`/sdk/desirepath.${name}`] = (_, response) => {
      asked.push(name);
      const type = name.endsWith('wasm') ? 'application/wasm' : 'text/javascript';
      response.writeHead(200, { 'content-type': type }).end(readFileSync(join(dist, `desirepath.${name}`)));
    };
  }
  site = await ledgerServer(routes);
});
beforeEach(async () => {
  if (skip) return;
  asked = [];
  site.answer = () => undefined;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser?.close());
after(() => site?.close());

const panel = () => tab.locator('desirepath-overlay .panel');
const section = (title) => panel().locator('details.section', { hasText: title });
const row = (title, text) => section(title).locator('li', { hasText: text });
const says = (locator, text) => locator.filter({ hasText: text }).waitFor({ timeout: 20_000 });
const debug = (shown) => tab.evaluate((shown) => desirepath.debug(shown), shown);
const ready = () => tab.evaluate(() => desirepath.ready());

test('it is no part of a page until it is asked for: by a call, by the address, or by the device', {
  skip,
}, async () => {
  await tab.goto(site.url);
  await ready();
  assert.equal((await debug()).anonymousId.length, 22);
  assert.deepEqual(asked, ['iife.js']);
  assert.equal((await debug(true)).version, '0.1.0');
  await panel().waitFor();
  assert.deepEqual(asked, ['iife.js', 'overlay.js']);
  await debug(false);
  await panel().waitFor({ state: 'detached' });

  for (const address of ['/?dp_debug', '/#dp_debug', '/?a=1&dp_debug=1']) {
    await tab.goto('about:blank');
    await tab.goto(site.url + address);
    await panel().waitFor();
  }
  await tab.goto('about:blank');
  await tab.goto(`${site.url}/?xdp_debug`);
  await ready();
  assert.equal(await panel().count(), 0);

  await debug(true);
  await panel().getByLabel('On every page').check();
  await tab.reload();
  await panel().waitFor();
  await panel().getByLabel('On every page').uncheck();
  await tab.reload();
  await ready();
  assert.equal(await panel().count(), 0);
});

test('events and what becomes of them; drops with their reason', { skip }, async () => {
  await tab.goto(`${site.url}/?dp_debug`);
  await says(row('Events', 'page Home'), 'waiting');
  await tab.evaluate(() => desirepath.track('Product Viewed', { category: 'shoes', sku: 'S-1' }));
  await says(row('Events', 'Product Viewed'), 'waiting');
  await says(section('Events').locator('> summary'), '2 waiting');
  await row('Events', 'Product Viewed').locator('summary').click();
  await says(row('Events', 'Product Viewed'), '"sku": "S-1"');
  await tab.evaluate(() => desirepath.flush());
  await says(row('Events', 'Product Viewed'), 'sent');
  assert.match(await row('Events', 'Product Viewed').textContent(), /S-1/, 'what is unfolded stays so');
  await tab.evaluate(() => {
    desirepath.use({ name: 'private', before: ({ event }) => (event === 'Secret' ? null : undefined) });
    desirepath.track('Secret');
  });
  await says(section('Events').locator('li'), 'dropped, plugin: private');
});

test('decisions with their reason, the facts behind them, and why another trigger does not speak', {
  skip,
}, async () => {
  await tab.goto(`${site.url}/?dp_debug`);
  await ready();
  await says(section('Decisions'), 'No decision yet');
  await tab.evaluate(async () => {
    await desirepath.track('Product Viewed', { category: 'shoes' });
    await desirepath.track('Product Viewed', { category: 'shoes' });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await desirepath.page('Shoes');
    await desirepath.track('Size Asked');
  });
  await says(row('Decisions', 'hero_shoes'), 'late');
  await says(row('Decisions', 'fit'), 'seen');
  await row('Decisions', 'hero_shoes').locator('summary').click();
  await says(row('Decisions', 'hero_shoes'), 'Held back: the slot was being looked at');
  await says(row('Decisions', 'hero_shoes'), '$gte 2 · found 2');
  const ask = panel().getByLabel('Why does this trigger not speak?');
  await ask.fill('rescue');
  await ask.press('Enter');
  await says(section('Decisions').locator('> div > .body'), 'slot notice: would speak');
  await says(section('Decisions').locator('> div > .body'), 'As things stand, without an event');
  await ask.fill('nothing');
  await ask.press('Enter');
  await says(section('Decisions').locator('> div > .body'), 'No such trigger');
});

test('facts that cannot be had are said to be missing', { skip }, async () => {
  await browser.context.route('**/desirepath.explain.js*', (route) => route.abort());
  await tab.goto(`${site.url}/?dp_debug`);
  await ready();
  const ask = panel().getByLabel('Why does this trigger not speak?');
  await ask.fill('rescue');
  await ask.press('Enter');
  await says(section('Decisions').locator('> div > .body'), 'Not to be had');
});

test('slots and what fills them; the one that is pointed at, or reached by keyboard, is outlined', {
  skip,
}, async () => {
  await tab.goto(`${site.url}/?dp_debug`);
  await ready();
  await says(row('Slots', 'hero'), 'default content');
  await tab.evaluate(() => {
    window.undo = desirepath.slot('card', document.body.appendChild(document.createElement('div')));
  });
  await says(row('Slots', 'card'), 'default content');
  await tab.evaluate(() => undo());
  await row('Slots', 'card').waitFor({ state: 'detached' });
  await tab.evaluate(() => desirepath.track('Size Asked'));
  await says(row('Slots', 'hero'), 'filled by fit');
  const outline = tab.locator('desirepath-overlay .outline');
  assert.equal(await outline.isVisible(), false);
  for (const reach of ['hover', 'focus']) {
    await row('Slots', 'notice').locator('button')[reach]();
    await outline.waitFor();
    await tab.waitForFunction(() => {
      const outline = document.querySelector('desirepath-overlay').shadowRoot.querySelector('.outline');
      const [a, b] = [outline, document.querySelector('[data-dp-slot=notice]')].map((e) =>
        e.getBoundingClientRect(),
      );
      return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
    });
    await panel().getByText('Close').focus();
    await tab.mouse.move(1, 1);
    await outline.waitFor({ state: 'hidden' });
  }
});

test('who, what was agreed to, stage and behaviors', { skip }, async () => {
  await tab.goto(`${site.url}/?dp_debug&ask`);
  await section('Person').locator('> summary').click();
  await says(section('Person'), 'nobody asked yet');
  await says(section('Person'), 'nothing kept yet');
  await tab.evaluate(async () => {
    await desirepath.setConsent({ analytics: true, marketing: false });
    await desirepath.ready();
    await desirepath.identify('u-1234');
    await desirepath.track('Product Viewed', { category: 'shoes' });
  });
  await says(section('Person'), 'u-1234');
  await says(section('Person').locator('.ok'), 'analytics');
  await says(section('Person').locator('.bad'), 'marketing');
  await says(section('Person'), 'look since');
});

test('a page without slots, events or a program says so', { skip }, async () => {
  await tab.goto(`${site.url}/empty`);
  await says(section('Events'), 'No event yet');
  await says(section('Slots'), 'This page has no slot');
  await section('Person').locator('> summary').click();
  await says(section('Person'), 'runs no program');
});

test('the keyboard reaches everything, and Escape closes', { skip }, async () => {
  await tab.goto(`${site.url}/?dp_debug`);
  await panel().waitFor();
  const focused = () =>
    tab.evaluate(() => {
      const { activeElement } = document.querySelector('desirepath-overlay').shadowRoot;
      return activeElement && (activeElement.ariaLabel || activeElement.textContent || activeElement.type);
    });
  await says(section('Slots').locator('> summary'), '2');
  const reached = [];
  for (let n = 0; n < 12; n++) {
    await tab.keyboard.press('Tab');
    reached.push(await focused());
  }
  const expected = [
    'checkbox',
    'Close',
    'Events',
    'page Home',
    'Decisions',
    'Why does',
    'Why not?',
    'Slots',
    'hero',
  ];
  for (const name of expected)
    assert.ok(
      reached.some((text) => text?.includes(name)),
      `${name}: ${reached}`,
    );
  await tab.keyboard.press('Escape');
  await panel().waitFor({ state: 'detached' });
  await debug(true);
  await panel().waitFor();
  await tab.evaluate(() => {
    const field = document.body.appendChild(document.createElement('input'));
    field.focus();
  });
  await tab.keyboard.press('Escape');
  assert.equal(await panel().count(), 1, 'the Escape of a field of the page is the page’s');
});

test('the page is left as it is: no shift, no style, no event of the panel, and its styles stay outside', {
  skip,
}, async () => {
  await tab.goto(site.url);
  await ready();
  const look = () =>
    tab.evaluate(() => ({
      sheets: document.styleSheets.length + document.adoptedStyleSheets.length,
      html: document.head.outerHTML + document.body.outerHTML,
      height: document.documentElement.scrollHeight,
      boxes: [...document.querySelectorAll('section')].map((element) => element.getBoundingClientRect().y),
    }));
  const before = await look();
  await debug(true);
  await panel().waitFor();
  assert.deepEqual(await look(), before);
  const box = await panel().boundingBox();
  const { width, height } = await tab.evaluate(() => ({ width: innerWidth, height: innerHeight }));
  assert.ok(box.x + box.width <= width && box.y + box.height <= height && box.width > 300);
  assert.equal(await panel().evaluate((element) => getComputedStyle(element).letterSpacing), 'normal');
  await section('Slots').locator('> summary').click();
  await panel().getByLabel('Why does this trigger not speak?').fill('rescue');
  await panel().getByText('Why not?').click();
  await panel().getByText('Close').click();
  assert.deepEqual(await look(), before);
  assert.deepEqual(await tab.evaluate(() => heard), []);
  // What a click in the panel unfolds there is no shift of the page, nor one that counts.
  assert.deepEqual(await tab.evaluate(() => shifted.filter(([node, answers]) => node || !answers)), []);
  assert.equal(await tab.evaluate(() => document.querySelector('desirepath-overlay')), null);
});

test('clicks and forms that are captured of the page have nothing of the panel', { skip }, async () => {
  await tab.goto(`${site.url}/captured?dp_debug`);
  await ready();
  await panel().waitFor();
  await until(
    () => ['clicks.js', 'forms.js', 'friction.js'].every((name) => asked.includes(name)),
    'the modules',
  );
  await panel().getByLabel('Why does this trigger not speak?').fill('rescue');
  for (let n = 0; n < 4; n++) await panel().getByText('Why not?').click();
  await section('Slots').locator('> summary').click();
  await tab.getByText('Buy').click();
  const events = () =>
    tab.evaluate(() =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith('dp.q.'))
        .map((key) => JSON.parse(localStorage[key]).event)
        .filter(Boolean),
    );
  await until(async () => (await events()).length > 0, 'the click on the page');
  assert.deepEqual(await events(), ['Element Clicked']);
});

for (const [what, options] of [
  ['on a phone', { viewport: { width: 390, height: 780 } }],
  ['at 320 pixels', { viewport: { width: 320, height: 568 } }],
  ['in the dark', { colorScheme: 'dark' }],
]) {
  test(`it is readable ${what}`, { skip }, async () => {
    await browser.close();
    browser = await openBrowser({ ...options, reducedMotion: 'reduce' });
    tab = browser.context.pages()[0];
    await tab.goto(`${site.url}/?dp_debug`);
    await panel().waitFor();
    const { fits, contrast, transition } = await panel().evaluate((element) => {
      const { color, backgroundColor } = getComputedStyle(element);
      const light = (text) => {
        const [r, g, b] = text.match(/[\d.]+/g).map((part) => {
          const share = part / 255;
          return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
        });
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      const [a, b] = [light(color), light(backgroundColor)].sort((a, b) => b - a);
      const wide = [...element.querySelectorAll('*')].filter(
        (child) => child.scrollWidth > child.clientWidth + 1,
      );
      return {
        fits: element.getBoundingClientRect().width <= innerWidth && !wide.some((child) => child.clientWidth),
        contrast: (a + 0.05) / (b + 0.05),
        transition: getComputedStyle(element.parentNode.querySelector('.outline')).transitionDuration,
      };
    });
    assert.ok(fits);
    assert.ok(contrast >= 7, `${contrast}`);
    assert.equal(transition, '0s');
  });
}
