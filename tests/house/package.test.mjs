// What the WebAssembly module and the package promise from outside: imports, exports, sizes.
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';

const root = new URL('../../', import.meta.url).pathname;
const dist = join(root, 'sdk/js/dist');
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

test('the modules import nothing and export the C ABI of ABI.md', async () => {
  const abi = readFileSync(join(root, 'sdk/wasm/ABI.md'), 'utf8');
  const documented = ['memory', ...[...abi.matchAll(/`(dp_\w+)\(/g)].map(([, name]) => name)].sort();
  const plain = documented.filter((name) => name !== 'dp_explain');
  for (const [name, expected] of [
    ['desirepath.wasm', plain],
    ['desirepath.full.wasm', plain],
    ['desirepath.explain.wasm', documented],
  ]) {
    const module = new WebAssembly.Module(readFileSync(join(dist, name)));
    assert.deepEqual(WebAssembly.Module.imports(module), []);
    assert.deepEqual(
      WebAssembly.Module.exports(module)
        .map((entry) => entry.name)
        .sort(),
      expected,
    );
  }
  const { default: instance } = await import(join(dist, 'desirepath.fallback.js'));
  assert.deepEqual(Object.keys(instance()).sort(), plain);
});

test('the sizes stay where they are said to be', () => {
  assert.ok(brotli(readFileSync(join(dist, 'desirepath.wasm'))) <= 12_950);
  assert.ok(brotli(readFileSync(join(dist, 'desirepath.iife.js'))) <= 31_600);
});

test('what captures by itself takes at most 3.5 KB, each module', async () => {
  const names = readdirSync(join(root, 'sdk/js/src/modules')).map((file) => file.replace(/\.ts$/, ''));
  const capturing = names.filter((name) =>
    /\bexport function start\b/.test(readFileSync(join(root, `sdk/js/src/modules/${name}.ts`), 'utf8')),
  );
  assert.ok(capturing.length >= 9);
  for (const name of capturing) {
    const size = brotli(readFileSync(join(dist, `desirepath.${name}.js`)));
    assert.ok(size <= 3500, `${name}: ${size}`);
  }
});

test('the package has the files of its exports map', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'sdk/js/package.json'), 'utf8'));
  const files = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  const isThere = (file) => existsSync(join(root, 'sdk/js', file.replace('*', 'iife.js')));
  for (const file of [...files, manifest.main, manifest.types]) {
    assert.ok(isThere(file), file);
  }
});

test('importing the package touches no global and starts nothing', async () => {
  const before = Object.getOwnPropertyNames(globalThis).sort();
  await import(join(dist, 'index.js'));
  await import(join(dist, 'node.js'));
  assert.deepEqual(Object.getOwnPropertyNames(globalThis).sort(), before);
});
