// The package under real Content-Security-Policy headers: what the browser reports is counted on both ends, in the page and at the
// address that the policy names.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { snippet } from 'desirepath/snippet';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { compiledOf, missing as skip } from '../js/support/program.mjs';
import { openBrowser, until } from './support/browser.mjs';
import { programRoute } from './support/sdk_routes.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');
const manifest = JSON.parse(readFileSync(join(dist, 'manifest.json'), 'utf8'));
const base =
  "default-src 'none'; connect-src 'self'; img-src 'self' data:; style-src 'self'; base-uri 'none'; report-uri /reported";
const trusted = "require-trusted-types-for 'script'; trusted-types desirepath";

const trigger = { id: 'hello', public: true, owner: 'web', event: 'page' };
const content = {
  headline: '<b>Hello</b>',
  href: '/sale',
  code: 'hurt()',
  address: '/hurt.js',
  style: 'body { display: none }',
};
const does = [{ channel: 'web', slot: 'hero', content }];
const programOf = (when, definitions = {}) =>
  compiledOf({ ...definitions, triggers: [{ ...trigger, when, do: does }] }, '--device');

/** What no field is put into, whatever the page says. */
const barred = `<script type="text/plain" data-dp-field="code address@src"></script>
  <style data-dp-field="style"></style>
  <iframe title="none" data-dp-field="address@src"></iframe>
  <link data-dp-field="address@href">`;
const markup = (more) => `<!doctype html><title>Shop</title><link rel="icon" href="data:,">
  <section data-dp-slot="hero">
    <h1 data-dp-field="headline">Welcome</h1>
    <a data-dp-field="href" href="/all">All</a>
    ${more}
  </section>`;

let programs;
let program;
let policy;
let head;
let slotted;
let asked;
let reports;
let site;
let browser;
let tab;

before(async () => {
  if (skip) return;
  programs = {
    core: programOf({ type: 'page' }),
    zones: programOf({ 'now.year': { $gte: 2026 } }),
  };
  const text = (type, body) => (_, response) => response.writeHead(200, { 'content-type': type }).end(body());
  const routes = {
    '/': (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy })
        .end(`${head}${markup(slotted)}`),
    '/counting.js': text(
      'text/javascript',
      () => `window.violations = [];
        addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) =>
          violations.push([violatedDirective, blockedURI, sample].join(' ')));
        window.hurt = () => { window.hurts = true };`,
    ),
    '/hurt.js': text('text/javascript', () => 'hurt()'),
    '/app.js': text(
      'text/javascript',
      () => `desirepath.load({ writeKey: 'wk', capture: { errors: true },
          wasm: new URL(location).searchParams.get('wasm') ?? 'auto' });
        desirepath.page();`,
    ),
    '/page.js': text('text/javascript', () => 'desirepath.page()'),
    '/reported': (request, response) => {
      reports.push(request.method);
      response.writeHead(204).end();
    },
    ...programRoute(() => program),
  };
  for (const name of Object.keys(manifest).filter((name) => name.startsWith('desirepath.'))) {
    const type = name.endsWith('.wasm') ? 'application/wasm' : 'text/javascript';
    routes[`/sdk/${name}`] = (_, response) => {
      asked.push(name);
      response.writeHead(200, { 'content-type': type, 'access-control-allow-origin': '*' });
      response.end(readFileSync(join(dist, name)));
    };
  }
  site = await ledgerServer(routes);
});
beforeEach(async () => {
  if (skip) return;
  asked = [];
  reports = [];
  slotted = '';
  program = programs.core;
  head = `<script src="/counting.js"></script><script src="/sdk/desirepath.iife.js"></script><script src="/app.js"></script>`;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser?.close());
after(() => site?.close());

/** Visits until the engine has decided; what was decided and what the browser held against the page. */
async function visit(search = '') {
  const errors = [];
  tab.on('pageerror', (error) => errors.push(String(error)));
  await tab.goto(`${site.url}/${search}`);
  await tab.waitForFunction(() => window.desirepath?.adopt);
  await tab.evaluate(() => new Promise((resolve) => desirepath.ready(resolve)));
  const { decided, violations } = await tab.evaluate(() => ({
    decided: desirepath.decide('hero')?.trigger,
    violations: window.violations,
  }));
  assert.equal(decided, 'hello');
  assert.deepEqual(errors, []);
  return violations;
}

/** Nothing was held against the page, here or at the address of reports. */
async function clean(search) {
  assert.deepEqual(await visit(search), []);
  assert.deepEqual(reports, []);
}

test("script-src 'self' 'wasm-unsafe-eval': engine, zones, modules, facts and panel, no violation", {
  skip,
}, async () => {
  policy = `${base}; script-src 'self' 'wasm-unsafe-eval'; ${trusted}`;
  program = programs.zones;
  await clean('?dp_debug');
  assert.equal((await tab.evaluate(() => desirepath.explainFacts('hello'))).trigger, 'hello');
  await tab.waitForSelector('desirepath-overlay .panel');
  await until(() => asked.includes('desirepath.errors.js'), 'the capture module');
  for (const name of ['full.wasm', 'zones.js', 'explain.js', 'explain.wasm', 'overlay.js', 'errors.js']) {
    assert.ok(asked.includes(`desirepath.${name}`), name);
  }
  assert.deepEqual(await tab.evaluate(() => violations), []);
  assert.deepEqual(reports, []);
});

test("script-src 'self' with wasm: 'js': JavaScript decides, no violation", { skip }, async () => {
  policy = `${base}; script-src 'self'; ${trusted}`;
  await clean('?wasm=js');
  assert.deepEqual(
    asked.filter((name) => /wasm$|fallback/.test(name)),
    ['desirepath.fallback.js'],
  );
});

test("script-src 'self' with wasm: 'auto': one violation, and none for a week", { skip }, async () => {
  policy = `${base}; script-src 'self'; ${trusted}`;
  assert.equal((await visit()).length, 1);
  await until(() => reports.length === 1, 'the report');
  assert.deepEqual(await visit(), []);
  assert.deepEqual(await visit(), []);
  assert.equal(reports.length, 1);
  const week = 7 * 86400_000;
  await tab.evaluate((ms) => localStorage.setItem('dp.w', Number(localStorage.getItem('dp.w')) - ms), week);
  assert.equal((await visit()).length, 1);
});

test('slots write text and addresses, and nothing that a page could run', { skip }, async () => {
  // The page's own style element is there by the page's own leave.
  policy = `${base.replace("style-src 'self'", "style-src 'unsafe-inline'")}; script-src 'self' 'wasm-unsafe-eval'; ${trusted}`;
  slotted = barred;
  await clean();
  await clean();
  assert.equal(await tab.textContent('h1'), '<b>Hello</b>');
  assert.equal(await tab.getAttribute('[data-dp-slot] a', 'href'), '/sale');
  for (const name of ['script', 'style']) {
    assert.equal(
      await tab.evaluate((name) => document.querySelector(`section ${name}`).textContent, name),
      '',
    );
  }
  for (const name of ['script', 'iframe', 'link']) {
    const element = tab.locator(`section ${name}`);
    assert.deepEqual(
      [await element.getAttribute('src'), await element.getAttribute('href')],
      [null, null],
      name,
    );
  }
  assert.equal(await tab.evaluate(() => window.hurts), undefined);
  assert.deepEqual(reports, []);
});

test('the snippet: by nonce, with integrity, under trusted types', { skip }, async () => {
  const { integrity } = manifest['desirepath.iife.js'];
  const tag = (options) =>
    snippet({ writeKey: 'wk', src: '/sdk/desirepath.iife.js', nonce: 'n0nce', ...options });
  policy = `${base}; script-src 'nonce-n0nce' 'strict-dynamic' 'wasm-unsafe-eval'; ${trusted}`;
  const counting = '<script nonce="n0nce" src="/counting.js"></script>';
  const calls = '<script nonce="n0nce" src="/page.js"></script>';
  head = `${counting}${tag({ integrity })}${calls}`;
  program = programs.zones;
  await clean();
  assert.ok(asked.includes('desirepath.zones.js'), 'trust reaches the parts on demand');
  const script = tab.locator('script[src$="desirepath.iife.js"]');
  assert.equal(await script.getAttribute('integrity'), integrity);
  assert.equal(await script.evaluate((element) => element.nonce), 'n0nce');

  // Nobody gets another address out of the policy, and nobody makes a second one.
  const laundered = await tab.evaluate(() => {
    try {
      return trustedTypes.createPolicy('desirepath', {}) && 'made';
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(laundered, 'TypeError');
  await tab.evaluate(() => localStorage.clear());

  head = `${counting}${tag({ integrity: manifest['desirepath.fallback.js'].integrity })}${calls}`;
  const refused = tab.waitForEvent('console', (message) => /integrity/.test(message.text()));
  await tab.goto(site.url);
  await refused;
  assert.equal(
    await tab.evaluate(() => window.desirepath.adopt),
    undefined,
    'another script than meant never runs',
  );
});

test('the snippet by nonce alone needs no address in script-src', { skip }, async () => {
  policy = `${base}; script-src 'nonce-n0nce' 'wasm-unsafe-eval'; ${trusted}`;
  head = `<script nonce="n0nce" src="/counting.js"></script>
    ${snippet({ writeKey: 'wk', src: '/sdk/desirepath.iife.js', nonce: 'n0nce' })}
    <script nonce="n0nce" src="/page.js"></script>`;
  await clean();
});
