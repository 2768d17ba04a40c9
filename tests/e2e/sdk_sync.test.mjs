// A signed-in visitor in Chromium, with the real collector: what other channels did counts on this device.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { binary, missing as skip } from '../js/support/program.mjs';
import { openBrowser, until } from './support/browser.mjs';
import { startCollector } from './support/collector.mjs';

const root = resolve(import.meta.dirname, '../..');
const journey = {
  schema: 'desirepath/journey/1',
  journey: 'shop',
  version: 1,
  identifiers: { userId: { unique: true, priority: 1 } },
  behaviors: { viewed: { event: 'Product Viewed' } },
  purposes: { cart_reminder: { cap: { times: 1, per: '7d' } } },
  asks: { phone: { cap: { times: 2, per: '30d' } } },
  triggers: [
    { id: 'mail', event: 'Cart Updated', purpose: 'cart_reminder', do: [{ channel: 'email' }] },
    {
      id: 'banner',
      public: true,
      event: 'page',
      when: { 'behaviors.viewed': { $gte: 2 } },
      purpose: 'cart_reminder',
      do: [{ channel: 'web', slot: 'hero', content: { headline: 'Your cart' } }],
    },
  ],
};

let folder;
let collector;
let site;
let identityKey;
let tokens;
let tokenFor;
let browser;
let tab;

const encoded = (value) => Buffer.from(value).toString('base64url');
function token(userId, key = identityKey) {
  const claims = { sub: userId, exp: Math.floor(Date.now() / 1000) + 600 };
  const text = `${encoded('{"alg":"HS256","typ":"JWT"}')}.${encoded(JSON.stringify(claims))}`;
  return `${text}.${encoded(createHmac('sha256', key).update(text).digest())}`;
}

before(async () => {
  if (skip) return;
  folder = mkdtempSync(join(tmpdir(), 'desirepath-sync-'));
  const file = join(folder, 'shop.journey.json');
  writeFileSync(file, JSON.stringify(journey));
  collector = await startCollector(binary, file);
  const words = ['keys', 'create', '--data', collector.data, '--kind', 'identity', '--source', 'shop'];
  const made = spawnSync(binary, words, { encoding: 'utf8' });
  assert.equal(made.status, 0, made.stderr);
  identityKey = made.stdout.trim();
  // The page is below the fold: what is proposed there is not seen by itself.
  const page = (calls) => (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end(`<!doctype html><title>Shop</title>
      <script src="/desirepath.iife.js"></script>
      <script>
        desirepath.load({ writeKey: '${collector.ready.write_key}', url: '${collector.ready.url}', flushAfterMs: 20,
          identityToken: async () => (await fetch('/token')).text() });
        ${calls}
      </script><div style="height: 5000px"></div>
      <section data-dp-slot="hero"><h1 data-dp-field="headline">Welcome</h1></section>`);
  const asset = (name) => (_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/javascript' })
      .end(readFileSync(join(root, 'sdk/js/dist', name)));
  site = await ledgerServer({
    '/desirepath.iife.js': asset('desirepath.iife.js'),
    '/desirepath.unify.js': asset('desirepath.unify.js'),
    '/desirepath.full.wasm': asset('desirepath.full.wasm'),
    '/token': (_, response) => {
      tokens++;
      response.end(tokenFor);
    },
    '/': page('desirepath.page()'),
    '/quiet': page(''),
  });
});
beforeEach(async () => {
  if (skip) return;
  tokens = 0;
  tokenFor = '';
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser?.close());
after(async () => {
  await collector?.stop();
  await site?.close();
  if (folder) rmSync(folder, { recursive: true });
});

const ready = () => tab.evaluate(() => new Promise((resolve) => desirepath.ready(resolve)));
const headline = () => tab.textContent('h1');
const engine = () => tab.evaluate(() => desirepath.debug().engine);
/** What the site's server tells the collector, for certain. */
const told = async (path, body) => {
  const response = await fetch(collector.ready.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${collector.ready.secret_key}` },
    body: JSON.stringify(body),
  });
  assert.equal(response.status, 200);
};
async function signIn(userId) {
  tokenFor = token(userId);
  await tab.goto(`${site.url}/quiet`);
  await ready();
  await tab.evaluate((userId) => desirepath.identify(userId), userId);
  for (let n = 0; n < 2; n++) await tab.evaluate(() => desirepath.track('Product Viewed'));
  await tab.evaluate(() => desirepath.flush());
}

test('an e-mail of this morning takes back the banner of this afternoon', { skip }, async () => {
  await signIn('ann');
  await tab.goto(site.url);
  await ready();
  assert.equal(await headline(), 'Your cart');
  await tab.goto(`${site.url}/quiet`);
  const sent = { decisionId: 'c~mail~email', trigger: 'mail', purpose: 'cart_reminder', channel: 'email' };
  await told('/v1/track', { userId: 'ann', event: 'Decision Delivered', properties: sent });
  await tab.goto(site.url);
  await tab.waitForFunction(() => desirepath.explain('banner')?.outcome === 'suppressed');
  assert.equal(await headline(), 'Welcome');
  assert.equal(await tab.evaluate(() => desirepath.explain('banner').reason), 'purpose_served');
  assert.ok(tokens <= 4, 'a token is kept as long as it holds');
});

test('a new device knows what the person did elsewhere; its own events count once', { skip }, async () => {
  for (const n of [1, 2, 3]) {
    await told('/v1/track', { userId: 'béa', event: 'Product Viewed', messageId: `shop-${n}` });
  }
  await told('/v1/identify', { userId: 'béa', traits: { phone: '+1 555' } });
  await signIn('béa');
  const viewed = async () => (await engine()).behaviors;
  await until(async () => Object.values(await viewed()).includes(5), 'three elsewhere and two here');
  assert.equal(await tab.evaluate(() => desirepath.known('phone')), true);
  assert.equal(await tab.evaluate(() => desirepath.shouldAsk('phone')), false);
  await tab.evaluate(() => desirepath.track('Product Viewed'));
  assert.ok(Object.values(await viewed()).includes(6), 'what is not folded there yet counts on top');
  await tab.evaluate(() => desirepath.flush());
  await tab.reload();
  await ready();
  await until(async () => Object.values(await viewed()).includes(6), 'the same after a reload');
});

test('who signs out asks for nothing more; a token for somebody else, or a false one, brings nothing', {
  skip,
}, async () => {
  await told('/v1/track', { userId: 'eve', event: 'Product Viewed', messageId: 'eve-1' });
  await signIn('cleo');
  const asked = tokens;
  assert.ok(asked > 0);
  await tab.evaluate(() => desirepath.reset());
  await tab.evaluate(() => desirepath.track('Product Viewed'));
  await tab.evaluate(() => desirepath.flush());
  assert.equal(tokens, asked);
  assert.deepEqual(Object.values((await engine()).behaviors), [1]);

  tokenFor = token('eve');
  await tab.evaluate(() => desirepath.identify('mallory'));
  await tab.evaluate(() => desirepath.flush());
  await until(() => tokens > asked, 'a token was asked for');
  tokenFor = token('eve', 'x'.repeat(40));
  await tab.evaluate(() => desirepath.identify('eve'));
  const said = tab.waitForEvent('console', (message) => message.text().includes('does not hold'));
  await tab.evaluate(() => desirepath.flush());
  await said;
  assert.deepEqual(Object.values((await engine()).behaviors), [0]);
});
