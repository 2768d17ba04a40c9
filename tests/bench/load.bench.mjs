// From bytes to the first step: compile and instantiate the module, verify and load a program of 200 rules, beside the budget of 2 ms.
// Each round compiles bytes of its own, so that nothing comes from V8's cache of modules.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadEngine } from '../../sdk/js/dist/node.js';
import { journeyOf, rulesOf } from './rule_set.mjs';

const root = new URL('../../', import.meta.url).pathname;
const dist = join(root, 'sdk/js/dist');
const kBudgetMs = 2;
const kRules = 200;
const kRounds = 31;

const folder = mkdtempSync(join(tmpdir(), 'desirepath-bench-'));
try {
  const journey = join(folder, 'journey.json');
  const path = join(folder, 'journey.dpj');
  writeFileSync(journey, JSON.stringify(journeyOf(rulesOf(kRules))));
  execFileSync(join(root, 'build/bin/desirepath'), ['compile', journey, '-o', path], {
    stdio: ['ignore', 'ignore', 'ignore'],
  });
  const program = new Uint8Array(readFileSync(path));
  for (const name of ['desirepath.wasm', 'desirepath.full.wasm']) {
    const module = readFileSync(join(dist, name));
    const times = [];
    for (let round = 0; round < kRounds; round++) {
      const wasm = withNote(module, round);
      const begin = process.hrtime.bigint();
      await loadEngine({ program, wasm });
      times.push(Number(process.hrtime.bigint() - begin) / 1e6);
    }
    const value = times.sort((a, b) => a - b)[kRounds >> 1];
    console.log(
      JSON.stringify({
        name: `load, ${name} and ${kRules} rules (median, beside the budget)`,
        value,
        unit: 'ms',
        baseline: kBudgetMs,
        ratio: value / kBudgetMs,
      }),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** The module with a custom section that makes its bytes differ. */
function withNote(module, number) {
  return Buffer.concat([module, Buffer.from([0, 3, 1, 0x6e, number])]);
}
