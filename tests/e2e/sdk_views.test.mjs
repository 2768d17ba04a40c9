// Page views and decisions over tabs, in Chromium: who may show what, in which view of which tab.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { compiled, missing as skip } from '../js/support/program.mjs';
import { openBrowser, until } from './support/browser.mjs';
import { programRoute, scriptRoute } from './support/sdk_routes.mjs';

const kReservationMs = 1800_000;

let collector;
let site;
let browser;
let tab;

const slots = `<style>[data-dp-slot] { min-height: 80px; display: block }</style>
  <section data-dp-slot="hero"><h1 data-dp-field="headline">Welcome</h1></section>`;
const pages = {
  '/': `desirepath.page()`,
  '/quiet': '',
  '/below': `desirepath.page()`,
  '/captured': '',
  '/asked': '',
  '/early': '',
};

before(async () => {
  if (skip) return;
  const program = compiled(join(import.meta.dirname, 'support/sdk.journey.json'), '--device');
  collector = await ledgerServer(programRoute(() => program));
  const routes = {
    ...scriptRoute,
  };
  // The parser gets the headline in pieces, and the script is at work between them.
  routes['/pieces'] = async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' });
    const [before, after] = `<!doctype html><script src="/desirepath.iife.js"></script><script>
      desirepath.load({ writeKey: 'wk', url: '${collector.url}' }); desirepath.page();
      </script>${slots}`.split('Welcome');
    for (const piece of [before, 'Wel', 'come', after]) {
      response.write(piece);
      await new Promise((resolve) => setTimeout(resolve, 150));
    }
    response.end();
  };
  // The README's style that holds slots, and a note of every frame.
  routes['/held'] = (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html>
      <style>[data-dp-slot]:not([data-dp-decision]) { animation: dp-hold 0s 0.1s both }
        @keyframes dp-hold { from { visibility: hidden } }</style>
      <script>
        window.frames = [];
        const note = () => {
          const slot = document.querySelector('[data-dp-slot]');
          if (slot) frames.push(getComputedStyle(slot).visibility === 'visible' ? slot.textContent.trim() : '');
          requestAnimationFrame(note);
        };
        requestAnimationFrame(note);
      </script>
      <script src="/desirepath.iife.js"></script>
      <script>desirepath.load({ writeKey: 'wk', url: '${collector.url}' }); desirepath.page();</script>${slots}`);
  for (const [path, calls] of Object.entries(pages)) {
    const space = path === '/below' || path === '/early' ? '<div style="height: 5000px"></div>' : '';
    const captures = { '/captured': '', '/asked': ', consentRequired: true' };
    const capture = path in captures ? `, capture: { pages: true }${captures[path]}` : '';
    const early = path === '/early' ? 'desirepath.page();' : '';
    routes[path] = (_, response) =>
      response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Shop</title>
        <script src="/desirepath.iife.js"></script>
        <script>
          window.seen = [];
          ${early}
          for (const topic of ['decision', 'exposure']) desirepath.on(topic, (payload) => seen.push([topic, payload]));
          desirepath.load({ writeKey: 'wk', url: '${collector.url}', flushAfterMs: 20${capture} });
          ${calls}
        </script>${space}${slots}`);
  }
  site = await ledgerServer(routes);
});
beforeEach(async () => {
  if (skip) return;
  collector.requests.length = 0;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser?.close());
after(async () => {
  await collector?.close();
  await site?.close();
});

const headline = (page) => page.textContent('[data-dp-slot=hero] [data-dp-field=headline]');
const ready = (page) => page.evaluate(() => new Promise((resolve) => desirepath.ready(resolve)));
const stored = (name) => collector.stored().filter(({ event }) => event === name);
const viewed = () => collector.stored().filter(({ type }) => type === 'page');
/** The last word on the hero in that page. */
const verdict = (page) => page.evaluate(() => desirepath.explain('hero_shoes')?.reason ?? null);
const reserved = (page) => page.evaluate(() => JSON.parse(localStorage.getItem('dp.v') ?? '[]').length);

/** A visitor who has looked at two pairs, with the program cached and everything delivered. */
async function seeker() {
  await tab.goto(`${site.url}/quiet`);
  await ready(tab);
  for (let pair = 0; pair < 2; pair++) {
    await tab.evaluate(() => desirepath.track('Product Viewed', { category: 'shoes' }));
  }
  await tab.evaluate(() => desirepath.flush());
}

test('ten tabs at once show what is capped to one', { skip }, async () => {
  await seeker();
  const tabs = [tab];
  while (tabs.length < 10) tabs.push(await browser.context.newPage());
  await Promise.all(tabs.map((page) => page.goto(site.url)));
  await until(() => stored('Decision Exposed').length > 0, 'an exposure');
  await Promise.all(
    tabs.map((page) => page.waitForFunction(() => desirepath.explain('hero_shoes') || !desirepath.load)),
  );
  const texts = await Promise.all(tabs.map(headline));
  assert.equal(texts.filter((text) => text !== 'Welcome').length, 1, texts.join());
  const reasons = await Promise.all(tabs.map(verdict));
  assert.deepEqual([...new Set(reasons)].sort(), ['cap_trigger', null].sort());
  await Promise.all(tabs.map((page) => page.evaluate(() => desirepath.flush())));
  assert.equal(stored('Decision Exposed').length, 1);
  assert.equal(await reserved(tab), 0, 'what was seen is no longer reserved');
});

test('what one tab proposes is held in the others until it is seen, or that tab goes', { skip }, async () => {
  await seeker();
  await tab.goto(`${site.url}/below`);
  await until(() => reserved(tab), 'a reservation');
  const other = await browser.context.newPage();
  await other.goto(`${site.url}/below`);
  assert.equal(await headline(other), 'Welcome');
  assert.equal(await verdict(other), 'cap_trigger');
  await tab.goto('about:blank');
  await other.reload();
  assert.equal(await headline(other), 'Two <b>pairs</b>?');
  assert.equal(stored('Decision Exposed').length, 0);
  assert.equal(stored('Decision Reserved').length, 0, 'a reservation is nobody else’s business');
});

test('a tab that crashed keeps nothing for longer than half an hour', { skip }, async () => {
  await seeker();
  await tab.goto(`${site.url}/below`);
  await until(() => reserved(tab), 'a reservation');
  const left = await tab.evaluate(() => localStorage.getItem('dp.v'));
  await tab.goto(`${site.url}/quiet`);
  // A crash takes all tabs of a site; what it leaves in storage is what counts.
  await tab.evaluate((left) => localStorage.setItem('dp.v', left), left);
  const other = await browser.context.newPage();
  await other.clock.install();
  await other.goto(`${site.url}/below`);
  assert.equal(await verdict(other), 'cap_trigger');
  await other.clock.fastForward(kReservationMs + 1000);
  await other.reload();
  assert.equal(await headline(other), 'Two <b>pairs</b>?');
});

test('a field that the parser is still at is filled whole, and put back whole', { skip }, async () => {
  await seeker();
  await tab.goto(`${site.url}/pieces`);
  assert.equal(await headline(tab), 'Two <b>pairs</b>?');
  await tab.evaluate(() => desirepath.reset());
  assert.equal(await headline(tab), 'Welcome');
});

test('a held slot shows its decision and never the default before it; without a decision the default comes', {
  skip,
}, async () => {
  await tab.goto(`${site.url}/held`);
  await tab.waitForFunction(() => frames.includes('Welcome'));
  assert.equal(await tab.evaluate(() => frames[0]), '', 'held at first');
  await seeker();
  await tab.goto(`${site.url}/held`);
  await tab.waitForFunction(() => frames.at(-1));
  assert.deepEqual(await tab.evaluate(() => [...new Set(frames)].filter(Boolean)), ['Two <b>pairs</b>?']);
  const quiet = await browser.context.browser().newContext({ javaScriptEnabled: false });
  const page = await quiet.newPage();
  await page.goto(`${site.url}/held`);
  await page.locator('h1').waitFor({ state: 'visible' });
  await quiet.close();
});

test('navigation within the document decides anew; what has no new decision is the default again', {
  skip,
}, async () => {
  await seeker();
  await tab.goto(`${site.url}/below`);
  assert.equal(await headline(tab), 'Two <b>pairs</b>?');
  const go = (path) =>
    tab.evaluate((path) => {
      history.pushState({}, '', path);
      return desirepath.page().then(() => desirepath.decide('hero')?.decisionId ?? null);
    }, path);
  const first = await tab.evaluate(() => desirepath.decide('hero').decisionId);
  const second = await go('/below?2');
  assert.ok(second && second !== first, 'the same proposal, of this view');
  assert.equal(await headline(tab), 'Two <b>pairs</b>?');
  await tab.evaluate(() => document.querySelector('[data-dp-slot]').scrollIntoView());
  await until(() => stored('Decision Exposed').length === 1, 'the exposure');
  assert.equal(await go('/below?3'), null);
  assert.equal(await headline(tab), 'Welcome', 'the cap is filled');
  assert.equal(stored('Decision Exposed')[0].messageId, second);
});

test('a page told before the script ran is a view like any other', { skip }, async () => {
  await seeker();
  await tab.goto(`${site.url}/early`);
  await tab.waitForFunction(() => desirepath.decide('hero'));
  const [first, second] = await tab.evaluate(async () => {
    const proposed = () => desirepath.decide('hero')?.decisionId;
    const ids = [proposed()];
    history.pushState({}, '', '/early?2');
    await desirepath.page();
    return [...ids, proposed()];
  });
  assert.ok(second && second !== first, 'decided anew');
});

test('while consent is asked for an address is told once, whatever its fragment', { skip }, async () => {
  await tab.goto(`${site.url}/asked`);
  for (const part of ['#a', '#b']) {
    await tab.evaluate((part) => history.pushState({}, '', part), part);
    await tab.waitForTimeout(20);
  }
  await tab.evaluate(() => desirepath.setConsent({ analytics: true }));
  await tab.evaluate(() => history.pushState({}, '', '#c'));
  await tab.waitForTimeout(20);
  await tab.evaluate(() => desirepath.flush());
  assert.equal(viewed().length, 1);
});

test('page views are captured: the load, navigation, the way back; the referrer is the page before', {
  skip,
}, async () => {
  await tab.goto(`${site.url}/captured#top`);
  await ready(tab);
  await tab.evaluate(() => {
    history.replaceState({}, '', '#other');
    history.pushState({}, '', '/shoes?size=9');
    document.title = 'Shoes';
  });
  await until(() => viewed().length === 2, 'the second view');
  await tab.goBack();
  await until(() => viewed().length === 3, 'the way back');
  const told = viewed().map(({ properties: { path, title, referrer, url } }) => [
    path,
    title,
    referrer,
    url.replace(site.url, ''),
  ]);
  assert.deepEqual(told, [
    ['/captured', 'Shop', '', '/captured'],
    ['/shoes', 'Shoes', `${site.url}/captured`, '/shoes?size=9'],
    ['/captured', 'Shoes', `${site.url}/shoes?size=9`, '/captured'],
  ]);
});

test('a page that is called by hand in the same task is not told twice', { skip }, async () => {
  await tab.goto(`${site.url}/captured`);
  await ready(tab);
  await tab.evaluate(() => {
    history.pushState({}, '', '/hand');
    desirepath.page('By hand');
  });
  await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
  await tab.evaluate(() => desirepath.flush());
  assert.deepEqual(
    viewed().map(({ name }) => name ?? null),
    [null, 'By hand'],
  );
});

test('a hidden page fills nothing until it is seen', { skip }, async () => {
  await seeker();
  const other = await browser.context.newPage();
  await other.addInitScript(() => {
    let hidden = true;
    Object.defineProperty(document, 'hidden', { get: () => hidden });
    window.show = () => {
      hidden = false;
      document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
    };
  });
  await other.goto(site.url);
  await ready(other);
  assert.equal(await headline(other), 'Welcome');
  assert.equal(await reserved(other), 0);
  assert.equal(await other.evaluate(() => desirepath.decide('hero')), null);
  await other.evaluate(() => show());
  assert.equal(await headline(other), 'Two <b>pairs</b>?');
  await until(() => stored('Decision Exposed').length === 1, 'the exposure');
});
