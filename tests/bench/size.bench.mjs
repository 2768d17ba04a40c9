// What goes over the wire once: brotli 11 of the package's files, beside the budget.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const dist = new URL('../../sdk/js/dist/', import.meta.url).pathname;
const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length;
const { snippet } = await import('../../sdk/js/dist/snippet.js');

function row(name, bytes, budgetBytes) {
  const value = brotli(bytes) / 1000;
  const baseline = budgetBytes / 1000;
  console.log(JSON.stringify({ name, value, unit: 'KB', baseline, ratio: value / baseline }));
}

const file = (name) => readFileSync(join(dist, name));

// The full engine may weigh this much more than the script with the core in it.
const kFullBytesMore = 10_000;

row('size, desirepath.iife.js with the core (beside the budget)', file('desirepath.iife.js'), 13_000);
row('size, desirepath.wasm, the core, alone', file('desirepath.wasm'), 13_000);
row('size, desirepath.full.wasm (beside its budget)', file('desirepath.full.wasm'), kFullBytesMore);
row(
  'size, desirepath.fallback.js (beside desirepath.full.wasm)',
  file('desirepath.fallback.js'),
  brotli(file('desirepath.full.wasm')),
);
row(
  'size, stub snippet (beside the budget)',
  Buffer.from(snippet({ writeKey: 'w'.repeat(24), url: 'http://127.0.0.1:8080' })),
  600,
);
