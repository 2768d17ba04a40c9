// Durable ingest in batches of 20 and one by one, acknowledged after fsync, the client on the same cores and the fold
// held; beside each a bare SQLite append of the same bytes in the same run. And an idle collector's memory.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const bin = (name) => fileURLToPath(new URL(`../../build/bin/${name}`, import.meta.url));
const run = spawnSync(bin('desirepath_ingest_bench'), ['--binary', bin('desirepath')], {
  stdio: ['ignore', 'inherit', 'inherit'],
});
process.exitCode = run.status ?? 1;
