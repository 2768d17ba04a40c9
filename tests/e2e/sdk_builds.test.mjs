// Which build of the engine a page takes: the core in the script, the full one for a program that needs it, and JavaScript where
// WebAssembly is refused.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { compiledOf, missing as skip } from '../js/support/program.mjs';
import { openBrowser } from './support/browser.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');

/** A journey whose one trigger welcomes on pages that `when` holds for. */
function programOf(when, definitions = {}) {
  const trigger = { id: 'hello', public: true, owner: 'web', event: 'page', when };
  const does = [{ channel: 'web', slot: 'hero', content: { headline: 'Hello' } }];
  return compiledOf({ ...definitions, triggers: [{ ...trigger, do: does }] }, '--device');
}

let programs;
let program;
let asked;
let site;
let browser;
let tab;

before(async () => {
  if (skip) return;
  programs = {
    core: programOf({ type: 'page' }),
    full: programOf(
      { 'scores.visits': { $gte: 1 } },
      { scores: { visits: { half_life: '1d', add: [{ event: 'page', points: 1 }] } } },
    ),
    local: programOf({ 'now.year': { $gte: 2026 } }),
    tried: programOf(
      {},
      {
        experiments: [
          {
            id: 'greeting',
            public: true,
            factors: { text: { 'hello.enabled': [true, false] } },
            weights: { text: [1, 0] },
          },
        ],
        asks: { email: {}, size: { priority: 1, cap: { times: 1, per: '1d' } } },
      },
    ),
  };
  const file = (name, type) => (_, response) => {
    asked.push(name);
    response.writeHead(200, { 'content-type': type }).end(readFileSync(join(dist, name)));
  };
  const page = (script) => (_, response) =>
    response
      .writeHead(200, {
        'content-type': 'text/html',
        'content-security-policy': `default-src 'self'; script-src 'self' 'unsafe-inline' ${script}`,
      })
      .end(`<!doctype html><title>Shop</title>
        <script>
          window.violations = 0;
          addEventListener('securitypolicyviolation', () => violations++);
        </script>
        <script src="/files/desirepath.iife.js"></script>
        <script>
          desirepath.load({ writeKey: 'wk', wasm: new URL(location).searchParams.get('wasm') ?? 'auto' });
          desirepath.page();
        </script>
        <section data-dp-slot="hero"><h1 data-dp-field="headline">Welcome</h1></section>`);
  site = await ledgerServer({
    '/': page("'wasm-unsafe-eval'"),
    '/strict': page(''),
    '/v1/journeys/default/program': (_, response) => {
      response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(program);
    },
    '/files/desirepath.iife.js': file('desirepath.iife.js', 'text/javascript'),
    '/files/desirepath.fallback.js': file('desirepath.fallback.js', 'text/javascript'),
    '/files/desirepath.full.wasm': file('desirepath.full.wasm', 'application/wasm'),
    '/files/desirepath.zones.js': file('desirepath.zones.js', 'text/javascript'),
    '/files/desirepath.explain.js': file('desirepath.explain.js', 'text/javascript'),
    '/files/desirepath.explain.wasm': file('desirepath.explain.wasm', 'application/wasm'),
  });
});
beforeEach(async () => {
  if (skip) return;
  asked = [];
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser?.close());
after(() => site?.close());

/** Visits, and waits until the engine has decided or it is clear that it will not. */
async function visit(path) {
  asked.length = 0;
  await tab.goto(site.url + path);
  await tab.evaluate(() => new Promise((resolve) => desirepath.ready(resolve)));
  return tab.evaluate(() => ({ decided: desirepath.decide('hero')?.trigger, violations }));
}

test('the core suffices: nothing but the script is fetched', { skip }, async () => {
  program = programs.core;
  assert.deepEqual(await visit('/'), { decided: 'hello', violations: 0 });
  assert.deepEqual(asked, ['desirepath.iife.js']);
});

test('a program that needs more brings the full build, from beside the script', { skip }, async () => {
  program = programs.full;
  assert.deepEqual(await visit('/'), { decided: 'hello', violations: 0 });
  assert.deepEqual(asked, ['desirepath.iife.js', 'desirepath.full.wasm']);
});

test('where WebAssembly is refused JavaScript decides, and no second view tries again', {
  skip,
}, async () => {
  program = programs.full;
  assert.deepEqual(await visit('/strict'), { decided: 'hello', violations: 1 });
  assert.deepEqual(asked, ['desirepath.iife.js', 'desirepath.fallback.js']);
  assert.deepEqual(await visit('/strict'), { decided: 'hello', violations: 0 });
  const week = 7 * 86400_000;
  await tab.evaluate((ms) => localStorage.setItem('dp.w', Number(localStorage.getItem('dp.w')) - ms), week);
  assert.deepEqual(await visit('/strict'), { decided: 'hello', violations: 1 });
});

test("wasm: 'js' never tries WebAssembly", { skip }, async () => {
  program = programs.core;
  assert.deepEqual(await visit('/strict?wasm=js'), { decided: 'hello', violations: 0 });
  assert.deepEqual(asked, ['desirepath.iife.js', 'desirepath.fallback.js']);
});

test('a program with local time brings the rules of zones', { skip }, async () => {
  program = programs.local;
  assert.deepEqual(await visit('/'), { decided: 'hello', violations: 0 });
  assert.deepEqual(asked, ['desirepath.iife.js', 'desirepath.full.wasm', 'desirepath.zones.js']);
});

test('facts of a trigger are explained by a build fetched for it', { skip }, async () => {
  program = programs.core;
  await visit('/');
  const explanation = await tab.evaluate(async () =>
    desirepath.explainFacts('hello', await desirepath.track('Looked')),
  );
  assert.equal(explanation.when, false);
  assert.deepEqual(explanation.conditions, [
    { part: 'when', depth: 0, fact: 'type', op: '$eq', than: 'page', value: 'track', held: false },
  ]);
  assert.deepEqual(asked, ['desirepath.iife.js', 'desirepath.explain.js', 'desirepath.explain.wasm']);
  assert.equal(await tab.evaluate(() => desirepath.explainFacts('none')), null);
});

test('an assignment is said once, and an exposure tells the treatment', { skip }, async () => {
  program = programs.tried;
  site.requests.length = 0;
  await visit('/');
  await visit('/');
  await tab.waitForTimeout(1100);
  await tab.evaluate(() => desirepath.flush());
  const stored = (name) => site.stored().filter(({ event }) => event === name);
  const [assigned, ...more] = stored('Experiment Assigned');
  assert.deepEqual(more, []);
  const { experiment, treatment, holdout, unit } = assigned.properties;
  assert.deepEqual([experiment, holdout, unit], ['greeting', false, assigned.anonymousId]);
  assert.equal(treatment, 'text=true');
  const [exposed] = stored('Decision Exposed');
  assert.equal(exposed.properties.treatment, treatment);
});

test('the journey says what to ask for next', { skip }, async () => {
  program = programs.tried;
  await visit('/');
  const asks = () =>
    tab.evaluate(() => [desirepath.nextAsk(), desirepath.shouldAsk('size'), desirepath.shouldAsk('email')]);
  assert.deepEqual(await asks(), ['size', true, true]);
  await tab.evaluate(() => desirepath.track('Field Asked', { field: 'size' }));
  assert.deepEqual(await asks(), ['email', false, true]);
  await tab.evaluate(() => desirepath.identify({ email: 'a@example.com' }));
  assert.deepEqual(await asks(), [null, false, false]);
  assert.equal(
    await tab.evaluate(() => desirepath.shouldAsk('shoe')),
    true,
    'nobody gave it, and no ask rules it',
  );
});
