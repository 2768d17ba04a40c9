// Durable ingest in batches of 20 and one by one, acknowledged after fsync, the client on the same cores and the fold
// held; beside each a bare SQLite append of the same bytes in the same run; and how long half that load waits.
// 200,000 events a round; `--full`: ten million in all.
import { runBench } from './native.mjs';

runBench('desirepath_ingest_bench', ['--events', '1000000', '--rounds', '10']);
