import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { source } from './support/source.mjs';

const root = join(import.meta.dirname, '../..');
const { bytesOfHex } = await source('engine/embedded');
const { bytesOfText, textOfBytes } = await source('core/base64');

test('hexadecimal digits become bytes', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
  assert.deepEqual(bytesOfHex(Buffer.from(bytes).toString('hex')), bytes);
  assert.equal(bytesOfHex('').length, 0);
});

test('bytes become base64 and come back, by the host where it can', () => {
  for (const length of [0, 1, 2, 3, 8191, 8192, 8193, 50_000]) {
    const bytes = Uint8Array.from({ length }, (_, index) => index * 7);
    const text = Buffer.from(bytes).toString('base64');
    assert.equal(textOfBytes(bytes, undefined), text);
    assert.deepEqual(bytesOfText(text, undefined), bytes);
  }
  assert.equal(
    textOfBytes(Uint8Array.of(1), () => 'by the host'),
    'by the host',
  );
  assert.equal(bytesOfText('*'), undefined, 'damaged');
});

test('the script holds the very module that stands beside it', () => {
  const wasm = readFileSync(join(root, 'sdk/js/dist/desirepath.wasm'));
  const script = readFileSync(join(root, 'sdk/js/dist/desirepath.iife.js'), 'utf8');
  assert.equal(script.codePointAt(0), 0xfeff, 'the script says that it is UTF-8');
  for (const text of [script, readFileSync(join(root, 'sdk/js/dist/index.js'), 'utf8')])
    assert.ok(text.includes(wasm.toString('hex')));
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
