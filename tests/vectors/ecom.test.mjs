// A real-shaped clickstream of 31,106 events through the native engine and through WebAssembly: the same bytes.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';

const root = new URL('../../', import.meta.url).pathname;
const binary = join(root, 'build/bin/desirepath');
const runner = join(root, 'sdk/js/dist/cli/run.js');
const clickstream = join(root, '../shared/data/ecom.csv.gz');
const journey = join(root, 'web_demo/ecom.journey.json');
const skip = existsSync(clickstream) ? false : `${clickstream} is not here`;

test('the decision log of the whole clickstream is the same natively and in WebAssembly', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'desirepath-ecom-'));
  try {
    const data = join(folder, 'data');
    const events = join(folder, 'events.jsonl');
    const program = join(folder, 'ecom.dpj');
    const quiet = { stdio: ['ignore', 'ignore', 'ignore'] };
    const map = join(root, 'web_demo/ecom.map.json');
    execFileSync(binary, ['import', clickstream, '--map', map, '--data', data, '--journey', journey], quiet);
    execFileSync(binary, ['export', 'events', '--data', data, '--out', events], quiet);
    execFileSync(binary, ['compile', journey, '-o', program], quiet);
    assert.equal(readFileSync(events, 'utf8').split('\n').length - 1, 31106);
    for (const effects of [[], ['--effects', 'recorded']]) {
      const big = { encoding: 'utf8', maxBuffer: 1 << 28 };
      const native = spawnSync(binary, ['run', journey, events, ...effects], big);
      const wasm = spawnSync(process.execPath, [runner, program, events, ...effects], big);
      assert.equal(native.status, 0, native.stderr);
      assert.equal(wasm.status, 0, wasm.stderr);
      assert.ok(native.stdout.split('\n').length > 1000);
      assert.ok(native.stdout === wasm.stdout, 'the logs differ');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
