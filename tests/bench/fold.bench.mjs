// The fold on a backlog by the load model, and its uniform worst case: rate, CPU of an event, memory, and whether the
// last part costs what the first did; 400,000 events of 100,000 people. `--full`: ten million of a million.
import { runBench } from './native.mjs';

runBench('desirepath_fold_bench', ['--events', '10000000', '--profiles', '1000000', '--tranche', '1000000']);
