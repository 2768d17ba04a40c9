// Every example of the package's README, as it stands there, with the packed package: what imports an entry for servers runs under Node,
// everything else in a page of Chromium. An example fails that throws, rejects or has anything to say in the console as an error.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { after, before, test } from 'node:test';
import * as esbuild from 'esbuild';
import { packedProject } from '../js/support/packed.mjs';
import { compiled, missing as skip } from '../js/support/program.mjs';
import { openBrowser } from './support/browser.mjs';
import { examplesOf } from './support/readme_examples.mjs';

const readme = readFileSync(resolve(import.meta.dirname, '../../sdk/js/README.md'), 'utf8');
const examples = examplesOf(readme);
/** What is shown and not run: commands, headers, output. */
const kShown = new Set(['sh', 'http', 'json', 'text', 'jsonc']);
const kRun = new Set(['js', 'ts', 'html']);
const isServers = ({ code }) => /from 'desirepath\/(node|snippet|edge)'/.test(code);

let project;
let program;
let browser;

before(async () => {
  if (skip) return;
  project = packedProject();
  program = compiled(join(import.meta.dirname, 'support/sdk.journey.json'), '--device');
  writeFileSync(join(project, 'program.dpj'), program);
  browser = await openBrowser();
  await browser.context.route('**/*', answer);
});
after(() => browser?.close());

const types = { '.js': 'text/javascript', '.wasm': 'application/wasm', '.json': 'application/json' };
let body;

/** The README's shop and collector. */
async function answer(route) {
  const { hostname, pathname } = new URL(route.request().url());
  const headers = { 'access-control-allow-origin': '*' };
  const file = (path) =>
    route.fulfill({ body: readFileSync(path), contentType: types[extname(path)], headers });
  if (pathname.startsWith('/package/'))
    return file(join(project, 'node_modules/desirepath/dist', pathname.slice(9)));
  if (/\.(jpg|png|svg|ico)$/.test(pathname)) {
    return route.fulfill({ body: '<svg xmlns="http://www.w3.org/2000/svg"/>', contentType: 'image/svg+xml' });
  }
  if (hostname === 'shop.example.com') return route.fulfill({ body, contentType: 'text/html' });
  if (hostname !== 'collect.example.com') return route.abort();
  if (pathname.startsWith('/sdk/'))
    return file(join(project, 'node_modules/desirepath/dist', pathname.slice(5)));
  if (pathname.endsWith('/program')) return route.fulfill({ body: program, headers });
  const { batch = [] } = JSON.parse(route.request().postData() ?? '{}');
  const accepted = { success: true, accepted: batch.length, duplicates: 0, rejected: [], cursor: '1' };
  return route.fulfill({ json: accepted, headers });
}

/** Without types, for the runtimes. */
const plain = async (code) => {
  const tsconfigRaw = { compilerOptions: { verbatimModuleSyntax: true } };
  return (await esbuild.transform(code, { loader: 'ts', format: 'esm', target: 'es2022', tsconfigRaw })).code;
};

const sdk = '<script src="https://collect.example.com/sdk/desirepath.iife.js"></script>';
const started = `${sdk}<script>desirepath.load({ writeKey: 'wk', url: 'https://collect.example.com' })</script>`;
const imports = '<script type="importmap">{"imports":{"desirepath":"/package/index.js"}}</script>';

/** A page around the example: with the package on it, unless the example brings it. */
async function pageOf({ language, code, given = '' }) {
  const title = '<!doctype html><title>Shop</title>';
  const isBundled = /from 'desirepath'/.test(code);
  const isLoading = /\bload\(/.test(code);
  if (language === 'html') {
    const isWhole = /desirepath\.iife|desirepath'/.test(code);
    return `${title}${isWhole ? imports : isLoading ? sdk : started}${code}`;
  }
  const load = "load({ writeKey: 'wk', url: 'https://collect.example.com' });";
  const first = isBundled && !isLoading ? `import { load } from 'desirepath';${load}` : '';
  const head = isBundled ? imports : isLoading ? sdk : started;
  return `${title}${head}<section data-dp-slot="hero"><h1 data-dp-field="headline">Welcome</h1></section>
    <script type="module">${first}${await plain(`${given}\n${code}`)}
    window.done = true</script>`;
}

async function inPage(example) {
  body = await pageOf(example);
  const tab = await browser.context.newPage();
  const wrong = [];
  tab.on('pageerror', (error) => wrong.push(String(error)));
  tab.on('console', (message) => message.type() === 'error' && wrong.push(message.text()));
  try {
    await tab.goto('https://shop.example.com/', { waitUntil: 'load' });
    if (example.language !== 'html') {
      await tab.waitForFunction(() => window.done, undefined, { timeout: 10_000 }).catch(() => {});
      assert.ok(await tab.evaluate(() => window.done), `it did not come to its end: ${wrong}`);
    }
    await tab.evaluate(() => window.desirepath?.ready?.());
    if (example.then) await tab.waitForFunction(example.then, undefined, { timeout: 10_000 });
    await tab.evaluate(() => localStorage.clear());
    assert.deepEqual(wrong, []);
  } finally {
    await tab.close();
  }
}

async function underNode({ code, given = '', then }) {
  const lines = await plain(`import { readFileSync } from 'node:fs';
    const fixtures = { program: readFileSync(new URL('./program.dpj', import.meta.url)) };\n${given}\n${code}\n
    ${then ? `if (!(${then})) throw new Error('it does not hold');` : ''}`);
  const file = join(project, 'example.mjs');
  writeFileSync(file, lines);
  const { status, stderr } = spawnSync(process.execPath, ['--throw-deprecation', file], {
    cwd: project,
    encoding: 'utf8',
    timeout: 30_000,
  });
  assert.equal(stderr, '');
  assert.equal(status, 0);
}

test('commands that need nothing but the package', { skip }, () => {
  const commands = examples.filter(({ language, code }) => language === 'sh' && code.startsWith('node -p'));
  assert.ok(commands.length);
  for (const { code } of commands) {
    const { stdout, status } = spawnSync('sh', ['-c', code], { cwd: project, encoding: 'utf8' });
    assert.deepEqual([status, /^sha384-\S{64}\n$/.test(stdout)], [0, true], stdout);
  }
});

test('every example is of a language that is run, or shown on purpose', () => {
  for (const { language, line } of examples) {
    assert.ok(kRun.has(language) || kShown.has(language), `README.md:${line}: \`\`\`${language}`);
  }
  assert.equal(examples.length, readme.split('\n').filter((text) => text.startsWith('```')).length / 2);
});

for (const example of examples.filter(({ language }) => kRun.has(language))) {
  test(`README.md:${example.line} ${example.heading}`, { skip }, () =>
    isServers(example) ? underNode(example) : inPage(example),
  );
}
