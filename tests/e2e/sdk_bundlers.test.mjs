// A tiny app around the packed package, built by Vite and by esbuild as they come, and served by Vite's development server: the parts on
// demand and the engine are found under each.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import { ledgerServer } from '../js/support/ledger_server.mjs';
import { packedProject } from '../js/support/packed.mjs';
import { compiledOf, missing as skip } from '../js/support/program.mjs';
import { openBrowser } from './support/browser.mjs';
import { programRoute } from './support/sdk_routes.mjs';

/** A journey whose one trigger welcomes on pages that `when` holds for. */
function programOf(when, definitions = {}) {
  const trigger = { id: 'hello', public: true, owner: 'web', event: 'page', when };
  const does = [{ channel: 'web', slot: 'hero', content: { headline: 'Hello' } }];
  return compiledOf({ ...definitions, triggers: [{ ...trigger, do: does }] }, '--device');
}

const app = `import { decide, explainFacts, load, page, ready } from 'desirepath';
load({ writeKey: 'wk', url: new URL(location.href).searchParams.get('collector') });
page();
ready(async () => {
  const facts = await explainFacts('hello');
  window.answer = { decided: decide('hero')?.trigger, explained: facts?.trigger };
});
`;
const html = (script) =>
  `<!doctype html><title>App</title><link rel="icon" href="data:,"><section data-dp-slot="hero"></section>${script}`;

const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };
const served = (folder) =>
  ledgerServer(
    Object.fromEntries(
      readdirSync(folder, { recursive: true })
        .filter((name) => types[extname(name)])
        .map((name) => [
          name === 'index.html' ? '/' : `/${name}`,
          (_, response) =>
            response
              .writeHead(200, { 'content-type': types[extname(name)] })
              .end(readFileSync(join(folder, name))),
        ]),
    ),
  );

let programs;
let program;
let collector;
let browser;
let project;

before(async () => {
  if (skip) return;
  programs = {
    full: programOf(
      { 'scores.visits': { $gte: 1 } },
      { scores: { visits: { half_life: '1d', add: [{ event: 'page', points: 1 }] } } },
    ),
    zones: programOf({ 'now.year': { $gte: 2026 } }),
  };
  collector = await ledgerServer(programRoute(() => program));
  project = packedProject();
  writeFileSync(join(project, 'package.json'), '{"type":"module"}');
  writeFileSync(join(project, 'app.js'), app);
  writeFileSync(join(project, 'index.html'), html('<script type="module" src="/app.js"></script>'));
  browser = await openBrowser();
});
after(async () => {
  await browser?.close();
  await collector?.close();
});

/** What the app says with each program, and that nothing went wrong in the page. */
async function runs(url) {
  for (const [name, bytes] of Object.entries(programs)) {
    program = bytes;
    const tab = await browser.context.newPage();
    const wrong = [];
    tab.on('pageerror', (error) => wrong.push(String(error)));
    tab.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
    tab.on('response', (response) => response.status() >= 400 && wrong.push(response.url()));
    await tab.goto(`${url}/?collector=${encodeURIComponent(collector.url)}`);
    await tab.waitForFunction(() => window.answer);
    assert.deepEqual(await tab.evaluate(() => answer), { decided: 'hello', explained: 'hello' }, name);
    assert.deepEqual(wrong, [], name);
    await tab.evaluate(() => localStorage.clear());
    await tab.close();
  }
}

test('vite build', { skip }, async () => {
  const outDir = join(project, 'vite');
  const warnings = [];
  const customLogger = vite.createLogger('warn');
  customLogger.warn = (text) => warnings.push(text);
  await vite.build({ root: project, configFile: false, customLogger, build: { outDir } });
  assert.deepEqual(warnings, []);
  const site = await served(outDir);
  await runs(site.url).finally(site.close);
});

test('vite dev', { skip }, async () => {
  const warnings = [];
  const customLogger = vite.createLogger('warn');
  customLogger.warn = (text) => warnings.push(text);
  const server = await vite.createServer({
    root: project,
    configFile: false,
    customLogger,
    server: { host: '127.0.0.1', port: 0, watch: null },
  });
  try {
    await server.listen();
    await runs(server.resolvedUrls.local[0].replace(/\/$/, ''));
    assert.deepEqual(warnings, []);
  } finally {
    await server.close();
  }
});

test('vite build for a server: the page is rendered there, and nothing waits', { skip }, async () => {
  writeFileSync(
    join(project, 'server.js'),
    `import { decide, load, on, page, track } from 'desirepath';
    load({ writeKey: 'wk' });
    on('sent', () => {});
    console.log(JSON.stringify([await track('Rendered'), await page(), decide('hero')] ));`,
  );
  const outDir = join(project, 'server');
  await vite.build({
    root: project,
    configFile: false,
    logLevel: 'silent',
    ssr: { noExternal: true },
    build: { outDir, ssr: 'server.js' },
  });
  const said = execFileSync(process.execPath, [join(outDir, 'server.js')], { encoding: 'utf8' });
  assert.equal(said, '[null,null,null]\n');
});

for (const [what, options, script] of [
  ['one classic script', {}, '<script src="/app.js"></script>'],
  ['split modules', { format: 'esm', splitting: true }, '<script type="module" src="/app.js"></script>'],
]) {
  test(`esbuild, ${what}`, { skip }, async () => {
    const outdir = join(project, `esbuild-${options.format ?? 'iife'}`);
    mkdirSync(outdir);
    const { warnings } = await esbuild.build({
      entryPoints: [join(project, 'app.js')],
      bundle: true,
      outdir,
      logLevel: 'silent',
      ...options,
    });
    assert.deepEqual(warnings, []);
    writeFileSync(join(outdir, 'index.html'), html(script));
    const site = await served(outdir);
    await runs(site.url).finally(site.close);
  });
}
