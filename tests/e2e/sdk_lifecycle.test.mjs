// What only a browser without a debugger does with pages: prerendering, and the back-forward cache.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { compiled, missing as skip } from '../js/support/program.mjs';
import { visit } from './support/bare_browser.mjs';
import { until } from './support/browser.mjs';
import { programRoute, scriptRoute } from './support/sdk_routes.mjs';

/** A page is made this much ahead of its being shown. */
const kAheadMs = 500;

let collector;
let site;
let visitor;
/** What the pages told, in order: name and details. */
let told;
let mayGo;

const script = () => `<script src="/desirepath.iife.js"></script><script>
  const tell = (name, details = {}) => fetch('/told?' + encodeURIComponent(JSON.stringify({ name, ...details })));
  const hero = () => document.querySelector('[data-dp-field]').textContent;
  desirepath.load({ writeKey: 'wk', url: '${collector.url}', flushAfterMs: 20 });
</script>`;
const hero = (height) => `<div style="height:${height}px"></div>
  <section data-dp-slot="hero" style="display: block; min-height: 80px"><h1 data-dp-field="headline">Welcome</h1></section>`;
const seeking = `for (const pair of [1, 2]) desirepath.track('Product Viewed', { category: 'shoes', pair });
  await new Promise(desirepath.ready); await desirepath.flush();`;

/** Pages that act by themselves; those of one test begin with its name. */
const pages = {
  '/ahead': () => `${script()}<script>(async () => {
      ${seeking}
      const rules = { prerender: [{ source: 'list', urls: ['/ahead/next'], eagerness: 'immediate' }] };
      document.head.append(Object.assign(document.createElement('script'),
        { type: 'speculationrules', textContent: JSON.stringify(rules) }));
      setInterval(async () => {
        if (await (await fetch('/go')).json()) location.href = '/ahead/next';
      }, 100);
    })()</script>`,
  '/ahead/next': () => `${script()}<script>
      const made = Date.now();
      const wasAhead = document.prerendering;
      desirepath.page();
      if (wasAhead) tell('ahead', { decided: desirepath.decide('hero') });
      desirepath.on('exposure', async () => {
        await desirepath.flush();
        tell('seen', { wasAhead, made, text: hero() });
      });
    </script>${hero(0)}`,
  '/back': () => `${script()}<script>(async () => {
      ${seeking}
      location.href = '/back/kept';
    })()</script>`,
  '/back/kept': () => `${script()}<script>
      desirepath.page();
      addEventListener('pageshow', ({ persisted }) => {
        tell(persisted ? 'restored' : 'shown', { text: hero() });
        if (persisted) desirepath.track('Returned').then(() => desirepath.flush());
        if (persisted) scrollTo(0, 9999);
        else setTimeout(() => { desirepath.track('Leaving'); location.href = '/back/away'; }, 500);
      });
      desirepath.on('exposure', () => desirepath.flush());
    </script>${hero(5000)}`,
  '/back/away': () => `${script()}<script>
      tell('away', { reserved: localStorage.getItem('dp.v') });
      setTimeout(() => history.back(), 300);
    </script>`,
};

before(async () => {
  if (skip) return;
  const program = compiled(join(import.meta.dirname, 'support/sdk.journey.json'), '--device');
  collector = await ledgerServer(programRoute(() => program));
  const routes = {
    ...scriptRoute,
    '/go': (_, response) => response.end(JSON.stringify(mayGo)),
    '/told': ({ url }, response) => {
      told.push(JSON.parse(decodeURIComponent(new URL(url, site.url).search.slice(1))));
      response.writeHead(204).end();
    },
  };
  for (const [path, page] of Object.entries(pages)) {
    routes[path] = (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>${path}</title>${page()}`);
  }
  site = await ledgerServer(routes);
});
beforeEach(() => {
  told = [];
  mayGo = false;
  if (collector) collector.requests.length = 0;
});
afterEach(() => visitor?.close());
after(async () => {
  await collector?.close();
  await site?.close();
});

const heard = (name) => told.find((one) => one.name === name);
const stored = (name) => collector.stored().filter(({ event, type }) => (event ?? type) === name);

test('a prerendered page counts for nothing until it is shown, and from then on', { skip }, async () => {
  visitor = visit(`${site.url}/ahead`);
  await until(() => heard('ahead'), 'the page made ahead');
  assert.equal(heard('ahead').decided, null);
  await new Promise((resolve) => setTimeout(resolve, kAheadMs));
  assert.equal(stored('page').length, 0, 'nobody has seen it');
  mayGo = true;
  await until(() => heard('seen'), 'the page that was made ahead, seen');
  const seen = heard('seen');
  assert.equal(seen.wasAhead, true);
  assert.equal(seen.text, 'Two <b>pairs</b>?');
  const [view, ...more] = stored('page');
  assert.equal(more.length, 0);
  const time = new Date(view.timestamp).getTime();
  assert.ok(time >= seen.made + kAheadMs, 'the view is as old as its being seen');
  assert.equal(stored('Decision Exposed').length, 1);
});

test('a page back from the back-forward cache goes on; what nobody had seen was free meanwhile', {
  skip,
}, async () => {
  visitor = visit(`${site.url}/back`);
  await until(() => heard('restored'), 'the page from the cache');
  assert.equal(heard('shown').text, 'Two <b>pairs</b>?');
  assert.equal(heard('away').reserved, null);
  assert.equal(heard('restored').text, 'Two <b>pairs</b>?');
  await until(() => stored('Decision Exposed').length, 'the exposure');
  await until(() => stored('Returned').length, 'the event after coming back');
  for (const name of ['page', 'Returned', 'Decision Exposed']) assert.equal(stored(name).length, 1, name);
  assert.equal(stored('Product Viewed').length, 2);
});
