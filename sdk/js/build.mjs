// Builds the package into dist/. The engine's builds come from build/wasm/bin, or from the folder in DESIREPATH_WASM or the first argument.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brotliCompressSync, constants } from 'node:zlib';
import * as esbuild from 'esbuild';
import { minify } from 'terser';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '../..');
const dist = join(here, 'dist');
const modules = resolve(
  process.argv.slice(2).find((word) => !word.startsWith('-')) ??
    process.env.DESIREPATH_WASM ??
    join(root, 'build/wasm/bin'),
);

const [wasm, fullWasm, explainWasm, fullScript] = await Promise.all(
  ['desirepath.wasm', 'desirepath.full.wasm', 'desirepath.explain.wasm', 'desirepath.full.js'].map((name) =>
    readFile(join(modules, name)),
  ),
).catch(() => {
  console.error(`build: no engine in ${modules}; build it first: scripts/build wasm`);
  process.exit(1);
});

/** What wasm2js wrote is one instance, made by the import; this is a function that makes one. */
async function fallbackOf(script) {
  const [body, exported] = script.split(/var retasmFunc = (?=asmFunc\()/);
  const [call] = exported.split(/^export var /m);
  const source = `export default () => {\n${body}\nreturn ${call}};\n`;
  const { code } = await esbuild.transform(source, { minify: true, format: 'esm', target: 'es2022' });
  return code;
}
const fallback = await fallbackOf(fullScript.toString());
const tag = (content) => createHash('sha256').update(content).digest('hex').slice(0, 8);
// Of the files that the script loads beside itself.
const tags = { full: tag(fullWasm), fallback: tag(fallback) };

/** Modules that exist in the build only. */
const virtual = {
  name: 'virtual',
  setup(build) {
    build.onResolve({ filter: /^virtual:/ }, ({ path }) => ({ path, namespace: 'virtual' }));
    build.onLoad({ filter: /wasm-hex$/, namespace: 'virtual' }, ({ path }) => ({
      contents: { core: wasm, full: fullWasm, explain: explainWasm }[/:(\w+)/.exec(path)[1]].toString('hex'),
      loader: 'text',
    }));
    build.onLoad({ filter: /:tags$/, namespace: 'virtual' }, () => ({
      contents: JSON.stringify(tags),
      loader: 'json',
    }));
    build.onLoad({ filter: /explain-wasm-tag$/, namespace: 'virtual' }, () => ({
      contents: tag(explainWasm),
      loader: 'text',
    }));
    build.onLoad({ filter: /overlay-css$/, namespace: 'virtual' }, async () => {
      const source = await readFile(join(here, 'src/debug/overlay.css'), 'utf8');
      const { code } = await esbuild.transform(source, { loader: 'css', minify: true, target: 'es2022' });
      return { contents: code.trim(), loader: 'text' };
    });
    build.onLoad({ filter: /stub$/, namespace: 'virtual' }, async () => {
      const source = await readFile(join(here, 'src/stub.js'), 'utf8');
      const { code } = await esbuild.transform(source, { minify: true, target: 'es2020' });
      return { contents: code.trim().replace(/;$/, ''), loader: 'text' };
    });
  },
};

const common = {
  absWorkingDir: here,
  bundle: true,
  charset: 'utf8',
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [virtual],
  target: 'es2022',
  // Members that end in an underscore are private to their class.
  mangleProps: /[a-z]_$/,
};

/** What esbuild minified, smaller by a thirtieth: for what a page loads as a file of its own. */
async function smallest(contents, module) {
  const { code } = await minify(Buffer.from(contents).toString(), {
    ecma: 2020,
    module,
    compress: { passes: 2 },
    format: { comments: false },
  });
  return Buffer.from(code);
}

/** What a page loads only when it needs it: each entry of modules/ in a file of its own. */
async function onDemand(name) {
  const { outputFiles } = await esbuild.build({
    ...common,
    entryPoints: [`src/modules/${name}.ts`],
    format: 'esm',
    minify: true,
    write: false,
  });
  return [name, await smallest(outputFiles[0].contents, true)];
}
const names = (await readdir(join(here, 'src/modules'))).map((file) => file.replace(/\.ts$/, ''));
const modulesOnDemand = await Promise.all(names.map(onDemand));
for (const [name, contents] of modulesOnDemand) tags[name] = tag(contents);

// Members of the script's own objects, which neither a page, a plugin, storage nor the wire ever sees: short in the script.
const ownMembers = `
  acknowledged batchUrls beacon beforeAcknowledge begin beginView cached catchUp checkpoint circumstance claim decider delivery endView
  expect farewell foldForeign forget held inView isAhead isAllowed isContested isHidden isMine isOpen isOwn journal journaled journaledAt
  keepsLocalTime keysElsewhere latest leases nextWake notice numbering ofProgram onAssignment onCollector onDecision onDropped onJournaled
  onLost onMove onNavigation onPage onSent ours outbox overflow pausedMs peek placeOf plain plugins prefixed prepare programs programUrl
  propose proposing release reservations restore restored resume retryAfterMs sessions settle since slots stamp stands syncUrl takeDropped
  timer told triggerIndex undo watch withdraw works`;

/** All that a build of esbuild says, as files of dist/. */
async function built(options) {
  const { outputFiles } = await esbuild.build({ ...common, outdir: 'dist', write: false, ...options });
  return Promise.all(
    outputFiles.map(async ({ path, contents }) => [
      relative(dist, path),
      options.minify ? await smallest(contents, options.format === 'esm') : contents,
    ]),
  );
}

/** Declarations of what can be reached from what the package exports, and nothing of what cannot. */
async function declarations(entries) {
  const folder = await mkdtemp(join(tmpdir(), 'desirepath-types-'));
  try {
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    await promisify(execFile)(process.execPath, [tsc, '-p', here, '--outDir', folder]).catch((error) => {
      console.error(error.stdout);
      process.exitCode = 1;
    });
    const reached = new Map();
    for (const names = [...entries]; names.length; ) {
      const name = names.pop();
      if (reached.has(name)) continue;
      const text = await readFile(join(folder, name), 'utf8');
      reached.set(name, text);
      for (const [, path] of text.matchAll(/(?:from |import\()['"](\.[^'"]*)\.js['"]/g)) {
        names.push(join(dirname(name), `${path}.d.ts`));
      }
    }
    return [...reached];
  } finally {
    await rm(folder, { recursive: true });
  }
}

const made = new Map(
  (
    await Promise.all([
      built({
        entryPoints: ['src/iife.ts'],
        entryNames: 'desirepath.iife',
        format: 'iife',
        minify: true,
        mangleProps: new RegExp(
          `${common.mangleProps.source}|^(${ownMembers.trim().split(/\s+/).join('|')})$`,
        ),
      }),
      // What is loaded on demand is a part that every bundler splits off, or takes in.
      built({
        entryPoints: ['src/index.ts'],
        chunkNames: 'part.[name]-[hash]',
        format: 'esm',
        splitting: true,
        external: ['./desirepath.fallback.js'],
      }),
      built({ entryPoints: ['src/snippet.ts'], format: 'esm' }),
      built({ entryPoints: ['src/node.ts'], format: 'esm', platform: 'node' }),
      built({
        entryPoints: ['src/cli/run.ts'],
        entryNames: 'cli/[name]',
        format: 'esm',
        platform: 'node',
        banner: { js: '#!/usr/bin/env node' },
      }),
      declarations(['index.d.ts', 'node.d.ts', 'snippet.d.ts']),
    ])
  ).flat(),
);
// The byte order mark: UTF-8 whatever the page or its server say of the script. The comment tells V8 to compile all functions where it
// reads the script, off the main thread, instead of each at its first call: explicit compile hints of the V8 project.
const iife = 'desirepath.iife.js';
made.set(iife, Buffer.concat([Buffer.from('\ufeff//# allFunctionsCalledOnLoad\n'), made.get(iife)]));
made.set('desirepath.wasm', wasm);
made.set('desirepath.full.wasm', fullWasm);
made.set('desirepath.explain.wasm', explainWasm);
made.set('desirepath.fallback.js', fallback);
for (const [name, contents] of modulesOnDemand) made.set(`desirepath.${name}.js`, contents);

const files = {};
for (const [name, contents] of made) {
  await mkdir(dirname(join(dist, name)), { recursive: true });
  await writeFile(join(dist, name), contents);
  if (!/\.(js|wasm)$/.test(name) || name.startsWith('cli/')) continue;
  const bytes = Buffer.from(contents);
  files[name] = {
    sha256: createHash('sha256').update(bytes).digest('hex'),
    integrity: `sha384-${createHash('sha384').update(bytes).digest('base64')}`,
    bytes: bytes.length,
    brotli: brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length,
  };
}
const sorted = Object.fromEntries(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1)));
await writeFile(join(dist, 'manifest.json.part'), `${JSON.stringify(sorted, null, 2)}\n`);
await rename(join(dist, 'manifest.json.part'), join(dist, 'manifest.json'));
// What an earlier build left.
for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  const name = relative(dist, path);
  const isNeeded = (kept) => kept === name || kept.startsWith(`${name}/`);
  if (![...made.keys(), 'manifest.json'].some(isNeeded)) await rm(path, { recursive: true, force: true });
}
if (process.stdout.isTTY || process.argv.includes('--sizes')) console.table(sorted, ['bytes', 'brotli']);
