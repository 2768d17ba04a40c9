// The real binary under load: ingest and fold together, its memory, reads, decisions, wake-ups, silent connections;
// 200,000 events of 20,000 people. `--full`: ten million of a million.
import { runBench } from './native.mjs';

runBench('desirepath_served_bench', [
  ...['--events', '10000000', '--profiles', '1000000', '--reads', '20000', '--waits', '5000'],
]);
