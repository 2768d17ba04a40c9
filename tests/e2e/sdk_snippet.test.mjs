// The snippet's stub and the package that takes over from it, in Chromium: nothing that holds the stub is left behind.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { snippet } from 'desirepath/snippet';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { openBrowser, until } from './support/browser.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');
let site;
let browser;
let tab;
let release;

before(async () => {
  const script = (response, name = 'iife') =>
    response
      .writeHead(200, { 'content-type': 'text/javascript' })
      .end(readFileSync(join(dist, `desirepath.${name}.js`)));
  site = await ledgerServer({
    '/': (_, response) =>
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end(`<!doctype html><title>Shop</title><link rel="icon" href="data:,">
        ${snippet({ writeKey: 'wk', src: '/desirepath.iife.js', wasm: false })}
        <script>
          window.order = [];
          window.held = desirepath;
          window.taken = desirepath.track;
          window.undo = desirepath.slot('card', document.documentElement);
          desirepath.track('Before the plugin');
          desirepath
            .use({ name: 'p', after: ({ event, type }) => { order.push(event ?? type) } })
            .on('sent', ({ messageIds }) => order.push(\`sent \${messageIds.length}\`));
          desirepath.page('Home');
          desirepath.ready(() => order.push('ready'));
          desirepath.identify('u1').then(({ userId }) => order.push(\`identified \${userId}\`));
          desirepath.explainFacts('hello').then((facts) => order.push(\`facts \${facts}\`));
        </script>`),
    '/desirepath.iife.js': (_, response) => {
      release = () => script(response);
    },
    '/desirepath.overlay.js': (_, response) => script(response, 'overlay'),
  });
});
beforeEach(async () => {
  release = undefined;
  site.requests.length = 0;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
  await tab.goto(site.url, { waitUntil: 'commit' });
  await until(() => release, 'the script to be asked for');
});
afterEach(() => browser.close());
after(() => site.close());

const named = () => site.stored().map(({ event, type }) => event ?? type);

test('calls of every kind are carried out in their order, and their promises answer', async () => {
  const flushed = tab.evaluate(() => desirepath.flush());
  release();
  assert.deepEqual(await flushed, { sent: 3, left: 0, dropped: 0 });
  await tab.waitForFunction(() => order.length === 6);
  const order = await tab.evaluate(() => order);
  assert.deepEqual(
    order.slice(0, 2),
    ['page', 'identify'],
    'a plugin sees what was called after it was used',
  );
  assert.deepEqual(order.slice(2).sort(), ['facts null', 'identified u1', 'ready', 'sent 3']);
  assert.deepEqual(named(), ['Before the plugin', 'page', 'identify']);
});

test('who holds the stub, or one of its methods, holds the package', async () => {
  release();
  await tab.waitForFunction(() => desirepath.debug);
  const answers = await tab.evaluate(async () => ({
    same: held === desirepath,
    snapshot: held.debug().version,
    event: (await taken('Taken')).event,
  }));
  assert.deepEqual(answers, { same: true, snapshot: '0.1.0', event: 'Taken' });
  await tab.evaluate(() => held.flush());
  assert.deepEqual(named(), ['Before the plugin', 'page', 'identify', 'Taken']);
});

test('a slot that was handed in early is one of the page, until it is undone', async () => {
  release();
  await tab.evaluate(() => desirepath.ready());
  await tab.evaluate(() => desirepath.debug(true));
  const panel = tab.locator('desirepath-overlay .panel');
  await panel.getByText('card', { exact: true }).waitFor();
  await tab.evaluate(() => undo());
  await panel.getByText('card', { exact: true }).waitFor({ state: 'detached' });
});

test('a script that is included twice changes nothing', async () => {
  release();
  await tab.waitForFunction(() => desirepath.debug);
  const again = tab.addScriptTag({ url: '/desirepath.iife.js?2' });
  release = undefined;
  await until(() => release, 'the second script to be asked for');
  release();
  await again;
  assert.equal(await tab.evaluate(() => held === desirepath && held.debug().queued > 0), true);
});
