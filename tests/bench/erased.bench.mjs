// What overwriting deleted bytes costs the profile store, beside the same without it, in turns.
import { runBench } from './native.mjs';

runBench('desirepath_erased_bench', ['--strands', '200000', '--rounds', '10']);
