// The package as a registry would hand it out: its files, its exports, its types, and what a bundle takes of it.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import * as esbuild from 'esbuild';
import { publint } from 'publint';
import { build } from 'vite';
import { packedProject } from './support/packed.mjs';

const root = resolve(import.meta.dirname, '../..');
const project = packedProject();
const unpacked = join(project, 'node_modules/desirepath');
mkdirSync(join(project, 'node_modules/@types'));
for (const name of ['@types/node', 'undici-types']) {
  symlinkSync(join(root, 'node_modules', name), join(project, 'node_modules', name));
}

const modules = readdirSync(join(root, 'sdk/js/src/modules')).map((file) => file.replace('.ts', ''));

test('the package holds what it exports, the types of that, and nothing else', () => {
  const files = readdirSync(unpacked, { recursive: true })
    .filter((name) => statSync(join(unpacked, name)).isFile())
    .map((name) => name.replace(/-[0-9A-Z]{8}\.js$/, '-*.js'));
  assert.deepEqual(
    [...new Set(files)].sort(),
    [
      'LICENSE',
      'README.md',
      'package.json',
      'dist/manifest.json',
      'dist/index.js',
      'dist/node.js',
      'dist/snippet.js',
      'dist/desirepath.iife.js',
      'dist/desirepath.fallback.js',
      'dist/desirepath.wasm',
      'dist/desirepath.full.wasm',
      'dist/desirepath.explain.wasm',
      ...modules.flatMap((name) => [`dist/desirepath.${name}.js`, `dist/part.${name}-*.js`]),
      'dist/part.chunk-*.js',
      'dist/part.full-*.js',
      'dist/index.d.ts',
      'dist/node.d.ts',
      'dist/snippet.d.ts',
      ...['api', 'capture_options', 'options', 'syncing'].map((name) => `dist/browser/${name}.d.ts`),
      ...['paths', 'storage', 'types'].map((name) => `dist/core/${name}.d.ts`),
      ...['engine', 'explaining_engine', 'module', 'order', 'outcome', 'record', 'zones'].map(
        (name) => `dist/engine/${name}.d.ts`,
      ),
      ...['decision_log', 'event_file', 'event_line', 'load_engine', 'timestamp'].map(
        (name) => `dist/node/${name}.d.ts`,
      ),
    ].sort(),
  );
});

test('the manifest tells each file, its size and its integrity', () => {
  const manifest = JSON.parse(readFileSync(join(unpacked, 'dist/manifest.json'), 'utf8'));
  const dist = join(unpacked, 'dist');
  const files = readdirSync(dist, { recursive: true }).filter((name) => /\.(js|wasm)$/.test(name));
  assert.deepEqual(Object.keys(manifest).sort(), files.sort());
  for (const name of files) {
    const bytes = readFileSync(join(dist, name));
    const hash = (algorithm, encoding) => createHash(algorithm).update(bytes).digest(encoding);
    assert.equal(manifest[name].sha256, hash('sha256', 'hex'), name);
    assert.equal(manifest[name].integrity, `sha384-${hash('sha384', 'base64')}`, name);
    assert.equal(manifest[name].bytes, bytes.length, name);
  }
});

test('publint has nothing to say', async () => {
  const { messages } = await publint({ pkgDir: unpacked, pack: false, strict: true });
  assert.deepEqual(messages, []);
});

const consumer = `
import desirepath, {
  alias, debug, explainFacts, flush, group, identify, load, off, on, page, ready, screen, setConsent, track, use,
  type Captured, type CaptureModules, type DebugReport, type Desirepath, type Dropped, type Event,
  type Explanation, type KeyValues, type LoadOptions, type Paths, type Plugin, type Proposal, type Topics,
} from 'desirepath';
import { loadEngine, type Engine } from 'desirepath/node';
import { snippet, type SnippetOptions } from 'desirepath/snippet';

const storage: KeyValues = { length: 0, key: () => null, getItem: () => null, setItem() {}, removeItem() {} };
const paths: Paths = { batch: '/b', zones: '/z.js' };
const modules: CaptureModules = { errors: true };
const options: LoadOptions = { writeKey: 'k', storage, paths, capture: modules };
export const api: Desirepath = load(options).on('sent', ({ messageIds }) => messageIds.length).off('sent');
export const captured: Captured[] = [
  track('A'), track('A', { a: 1 }), track('A', null, { timestamp: 1 }, (event: Event) => event.type),
  track('A', { a: 1 }, () => {}), track('A', () => {}),
  page(), page('Home'), page('Docs', 'Home'), page({ a: 1 }), page(null, 'Home', { a: 1 }, { context: {} }), page(() => {}),
  screen('Home', { a: 1 }, () => {}), identify('u'), identify(7, { a: 1 }), identify({ email: 'e' }), identify(null, {}),
  group('g', { plan: 'x' }), alias('u'), alias('u', 'v', { timestamp: new Date() }), alias('u', () => {}),
];
const plugin: Plugin = {
  name: 'p',
  before: (event) => (event.event === 'Secret' ? null : event),
  enrich(event) { event.context = { ...event.context, app: 'x' }; },
  after: ({ messageId }) => { messageId.length; },
};
use(plugin).use({ name: 'nothing' });
on('dropped', ({ reason }: Dropped) => reason === 'plugin');
off('dropped');
export const heard: Topics['stage']['stage'] = null;
export const report: DebugReport | null = debug(true);
export const proposal: Proposal | null = desirepath.decide('hero');
export const facts: Promise<Explanation | null> = explainFacts('t');
export const ended: Promise<void>[] = [ready(), ready(() => {}), setConsent({ analytics: true })];
export const { sent, left, dropped } = await flush();
export const engine: Promise<Engine> = loadEngine();
const tag: SnippetOptions = { writeKey: 'k', integrity: 'sha384-x' };
export const html: string = snippet(tag);
// @ts-expect-error an event has a name
track();
// @ts-expect-error a name is a text
track({ a: 1 });
// @ts-expect-error a group has an id
group();
// @ts-expect-error properties are an object
page('Docs', 'Home', 7);
// @ts-expect-error there is no such topic
on('nothing', () => {});
// @ts-expect-error enrich cannot drop
use({ name: 'p', enrich: () => null });
`;

test('what is public says what it is: every export, and every method of the interface', () => {
  const silent = [];
  for (const file of [
    'browser/api',
    'browser/options',
    'browser/capture_options',
    'core/paths',
    'core/types',
    'snippet',
  ]) {
    const lines = readFileSync(join(unpacked, `dist/${file}.d.ts`), 'utf8').split('\n');
    let name = '';
    lines.forEach((line, index) => {
      const [declared] =
        line.match(/(?<=^export (interface|type|declare function) )\w+|(?<=^ {4})\w+(?=(<.*>)?\()/) ?? [];
      // An overload belongs to what is said of the first.
      const isSaid = declared === name || lines[index - 1]?.endsWith('*/');
      if (declared && !isSaid) silent.push(`${file}: ${declared}`);
      name = declared ?? name;
    });
  }
  assert.deepEqual(silent, []);
});

for (const [resolution, module] of [
  ['node16', 'node16'],
  ['bundler', 'esnext'],
]) {
  test(`the types hold for a consumer that resolves as ${resolution} does, libraries checked`, () => {
    const folder = join(project, `types-${resolution}`);
    mkdirSync(folder);
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'consumer.ts'), consumer);
    const compilerOptions = {
      target: 'es2022',
      module,
      moduleResolution: resolution,
      lib: ['es2022', 'dom'],
      types: [],
      strict: true,
      skipLibCheck: false,
      noEmit: true,
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions, include: ['consumer.ts'] }),
    );
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    assert.equal(stdout, '');
  });
}

test('the types for servers hold without a page', () => {
  const folder = join(project, 'types-server');
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  writeFileSync(
    join(folder, 'server.ts'),
    "import { loadEngine } from 'desirepath/node';\nexport const engine = await loadEngine();\n",
  );
  const compilerOptions = {
    target: 'es2022',
    module: 'node16',
    lib: ['es2022'],
    types: ['node'],
    strict: true,
    skipLibCheck: false,
    noEmit: true,
  };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['server.ts'] }));
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
  assert.equal(stdout, '');
});

for (const [what, source] of [
  ['only types', "import type { LoadOptions } from 'desirepath';\nlet options: LoadOptions;\n"],
  ['nothing it uses', "import desirepath, { load, track } from 'desirepath';\n"],
  ['nothing of the node entry it uses', "import { loadEngine } from 'desirepath/node';\n"],
]) {
  test(`a bundle that imports ${what} is empty`, async () => {
    const entry = join(project, 'shaken.ts');
    writeFileSync(entry, source);
    const { outputFiles } = await esbuild.build({
      entryPoints: [entry],
      bundle: true,
      minify: true,
      format: 'esm',
      write: false,
      logLevel: 'silent',
    });
    assert.equal(outputFiles[0].text.trim(), '');
    const { output } = await build({
      root: project,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, lib: { entry, formats: ['es'] } },
    }).then((result) => result[0]);
    assert.deepEqual(output.map(({ code }) => code.trim()).join(''), '');
  });
}
