import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const root = join(import.meta.dirname, '../..');
const { bytesOfHex } = await source('engine/module');

test('hexadecimal digits become bytes', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
  assert.deepEqual(bytesOfHex(Buffer.from(bytes).toString('hex')), bytes);
  assert.equal(bytesOfHex('').length, 0);
});

test('the module exports what ABI.md says and imports nothing', async () => {
  const module = await WebAssembly.compile(readFileSync(join(root, 'sdk/js/dist/desirepath.wasm')));
  assert.deepEqual(WebAssembly.Module.imports(module), []);
  const abi = readFileSync(join(root, 'sdk/wasm/ABI.md'), 'utf8');
  const documented = new Set(
    [...abi.matchAll(/`(dp_\w+)\(/g), ...abi.matchAll(/`(memory)`/g)].map(([, name]) => name),
  );
  const ofLinker = /^(_initialize|__indirect_function_table|__errno_location|stack(Save|Restore|Alloc))$/;
  for (const { name } of WebAssembly.Module.exports(module)) {
    assert.ok(documented.has(name) || ofLinker.test(name), `${name} is documented`);
    documented.delete(name);
  }
  assert.deepEqual(
    [...documented].filter((name) => !['dp_abi_version', 'dp_feature_bits'].includes(name)),
    [],
  );
});

test('the script holds the very module that stands beside it', () => {
  const hex = readFileSync(join(root, 'sdk/js/dist/desirepath.wasm')).toString('hex');
  assert.ok(readFileSync(join(root, 'sdk/js/dist/desirepath.iife.js'), 'utf8').includes(hex));
  assert.ok(readFileSync(join(root, 'sdk/js/dist/index.js'), 'utf8').includes(hex));
});

test('importing the package for browsers touches nothing and starts nothing', async () => {
  const before = new Set(Reflect.ownKeys(globalThis));
  const { default: desirepath, ...named } = await import('desirepath');
  assert.deepEqual(
    Reflect.ownKeys(globalThis).filter((key) => !before.has(key)),
    [],
  );
  for (const name of ['load', 'track', 'page', 'identify', 'reset', 'on', 'flush', 'decide']) {
    assert.equal(named[name], desirepath[name]);
  }
  assert.equal(desirepath.decide('hero'), null);
  assert.throws(() => desirepath.load({}), /writeKey/);
});
