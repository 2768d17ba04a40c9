// Promise 1 over journeys nobody wrote: native and WebAssembly fold the same cases to the same bytes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const cases = 300;

test(`${cases} random journeys and lives: the same decisions and state bytes, natively and in WebAssembly`, () => {
  const native = execFileSync(join(root, 'build/bin/desirepath_property_digest'), [cases], {
    encoding: 'utf8',
  });
  const wasm = execFileSync(
    process.execPath,
    [join(root, 'build/wasm/tests/property/desirepath_property_digest.js'), cases],
    { encoding: 'utf8' },
  );
  assert.equal(native.trim().split('\n').length, cases);
  assert.equal(wasm, native);
});
