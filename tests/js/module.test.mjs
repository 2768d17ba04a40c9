import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const root = join(import.meta.dirname, '../..');
const { bytesOfHex, bytesOfText } = await source('engine/embedded');

test('hexadecimal digits become bytes', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
  assert.deepEqual(bytesOfHex(Buffer.from(bytes).toString('hex')), bytes);
  assert.equal(bytesOfHex('').length, 0);
});

test('the script holds the very module that stands beside it', () => {
  const wasm = readFileSync(join(root, 'sdk/js/dist/desirepath.wasm'));
  const script = readFileSync(join(root, 'sdk/js/dist/desirepath.iife.js'), 'utf8');
  const [literal] = script.match(/"(?:[^"\\]|\\.){10000,}"/);
  assert.deepEqual(Buffer.from(bytesOfText(JSON.parse(literal))), wasm);
  assert.equal(script.codePointAt(0), 0xfeff, 'the script says that it is UTF-8');
  assert.ok(readFileSync(join(root, 'sdk/js/dist/index.js'), 'utf8').includes(wasm.toString('hex')));
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
});
