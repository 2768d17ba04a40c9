// The fold on a backlog by the load model, and its uniform worst case: rate, CPU of an event, memory, and whether the
// last part costs what the first did. By hand at full size:
//   build/bin/desirepath_fold_bench --events 10000000 --profiles 1000000 --tranche 1000000 --verbose yes
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const run = spawnSync(`${root}build/bin/desirepath_fold_bench`, process.argv.slice(2), {
  cwd: root,
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = run.status ?? 1;
