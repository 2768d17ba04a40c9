// The engine alone, natively, on the demo shop's journey: events a second on one core, beside the budget.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

const root = new URL('../../', import.meta.url).pathname;
const kBudget = 1_000_000;
const kRuns = 3;

const runs = Array.from({ length: kRuns }, () =>
  JSON.parse(
    execFileSync(join(root, 'build/bin/desirepath_shop_bench'), [
      join(root, 'web_demo/outfitters.journey.json'),
    ]),
  ),
);
const value = Math.max(...runs.map((run) => run.events_per_s));
const name = 'engine, native, shop journey (best run, beside the budget)';
console.log(JSON.stringify({ name, value, unit: 'events/s', baseline: kBudget, ratio: value / kBudget }));
