// Promise 1 over journeys nobody wrote: every build of the engine folds the same cases to the same bytes.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const cases = 500;
const digests = (...command) => execFileSync(command[0], [...command.slice(1), cases], { encoding: 'utf8' });
const built = (name) => join(root, 'build/wasm/tests/property', name);

for (const [build, script] of [
  ['WebAssembly', 'desirepath_property_digest.js'],
  ['wasm2js', 'desirepath_property_digest_fallback.js'],
]) {
  test(`${cases} random journeys and lives: the same decisions and state bytes, natively and in ${build}`, () => {
    const native = digests(join(root, 'build/bin/desirepath_property_digest'));
    assert.equal(native.trim().split('\n').length, cases);
    assert.equal(digests(process.execPath, built(script)), native);
  });
}
