// Every vector in Chromium: both builds for WebAssembly, and without it under a policy that refuses it, give the native engine's bytes.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { missing as skip } from '../js/support/program.mjs';
import { openBrowser } from './support/browser.mjs';
import { bundled, vectorCases } from './support/vectors.mjs';

const dist = resolve(import.meta.dirname, '../../sdk/js/dist');
let cases;
let site;
let browser;

before(async () => {
  if (skip) return;
  cases = vectorCases();
  const runner = await bundled('vector_runner.mjs');
  const file = (type, content) => (_, response) =>
    response.writeHead(200, { 'content-type': type }).end(content);
  const page = (policy) => (_, response) =>
    response
      .writeHead(200, { 'content-type': 'text/html', 'content-security-policy': policy })
      .end('<!doctype html><title>Vectors</title>');
  site = await ledgerServer({
    '/': page("default-src 'self'; script-src 'self' 'wasm-unsafe-eval'"),
    '/strict': page("default-src 'self'"),
    '/runner.js': file('text/javascript', runner),
    '/desirepath.fallback.js': file('text/javascript', readFileSync(join(dist, 'desirepath.fallback.js'))),
    '/desirepath.wasm': file('application/wasm', readFileSync(join(dist, 'desirepath.wasm'))),
    '/desirepath.full.wasm': file('application/wasm', readFileSync(join(dist, 'desirepath.full.wasm'))),
  });
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await site?.close();
});

/** What each case prints in a page; the error's number where the build refuses the program. */
async function printed(path, build) {
  const page = await browser.context.newPage();
  await page.goto(site.url + path);
  return page.evaluate(
    async ({ cases, build }) => {
      const { run } = await import('/runner.js');
      const instances = {
        wasm: async () => (await WebAssembly.instantiateStreaming(fetch(`/${build}`))).instance.exports,
        js: async () => (await import(`/${build}`)).default(),
      };
      const exports = await instances[build.split('.').at(-1)]();
      return cases.map((one) => run(exports, one));
    },
    { cases, build },
  );
}

function assertSame(outputs, mayRefuse) {
  assert.ok(outputs.some((output) => typeof output === 'string'));
  for (const [index, { name, expected }] of cases.entries()) {
    if (mayRefuse && outputs[index] === -2) continue;
    assert.equal(outputs[index], expected, name);
  }
}

test('the full build', { skip }, async () => assertSame(await printed('/', 'desirepath.full.wasm')));
test('the core build, or it says that it does not suffice', { skip }, async () =>
  assertSame(await printed('/', 'desirepath.wasm'), true),
);
test('no WebAssembly, on a page that refuses it', { skip }, async () => {
  await assert.rejects(printed('/strict', 'desirepath.full.wasm'), /Content Security Policy|CompileError/);
  assertSame(await printed('/strict', 'desirepath.fallback.js'));
});
