// What the WebAssembly module and the package promise from outside: imports, exports, sizes.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { brotliCompressSync, constants } from 'node:zlib';

const root = new URL('../../', import.meta.url).pathname;
const dist = join(root, 'sdk/js/dist');
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;

test('the module imports nothing and exports the C ABI of ABI.md', () => {
  const module = new WebAssembly.Module(readFileSync(join(dist, 'desirepath.wasm')));
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  const exported = WebAssembly.Module.exports(module).map((entry) => entry.name);
  const documented = [...readFileSync(join(root, 'sdk/wasm/ABI.md'), 'utf8').matchAll(/`(dp_\w+)\(/g)].map(
    (m) => m[1],
  );
  assert.deepEqual(exported.filter((name) => name.startsWith('dp_')).sort(), [...new Set(documented)].sort());
  assert.ok(exported.includes('memory'));
});

test('the sizes stay where they are said to be', () => {
  assert.ok(brotli(readFileSync(join(dist, 'desirepath.wasm'))) <= 8_770);
  assert.ok(brotli(readFileSync(join(dist, 'desirepath.iife.js'))) <= 19_920);
});

test('the package has the files of its exports map', () => {
  const manifest = JSON.parse(readFileSync(join(root, 'sdk/js/package.json'), 'utf8'));
  const files = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry),
  );
  for (const file of [...files, manifest.main, manifest.types]) {
    assert.ok(existsSync(join(root, 'sdk/js', file)), file);
  }
});

test('importing the package touches no global and starts nothing', async () => {
  const before = Object.getOwnPropertyNames(globalThis).sort();
  await import(join(dist, 'index.js'));
  await import(join(dist, 'node.js'));
  assert.deepEqual(Object.getOwnPropertyNames(globalThis).sort(), before);
});
