// What each feature costs: bytes of WebAssembly under brotli 11, of a build with the core's own code and that feature, beside one without
// it. Builds the module once for each, in a folder of its own: some minutes. usage: node tests/bench/feature_sizes.mjs [FEATURE]...
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const root = new URL('../../', import.meta.url).pathname;
const header = readFileSync(join(root, 'sdk/engine/features.hpp'), 'utf8');
const features = [...header.matchAll(/ (kFeature\w+) = 1u/g)].map(([, name]) => name);
const wanted = process.argv.slice(2).length ? process.argv.slice(2) : features.slice(1);

function build(expression) {
  const env = { ...process.env, NODE_PATH: '/usr/share/nodejs' };
  const quiet = { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] };
  execFileSync(
    'cmake',
    ['--preset', 'wasm', '-B', 'build/feature-sizes', `-DDESIREPATH_CORE_FEATURES=${expression}`],
    quiet,
  );
  execFileSync('cmake', ['--build', 'build/feature-sizes', '--target', 'desirepath_wasm'], quiet);
  const module = readFileSync(join(root, 'build/feature-sizes/bin/desirepath.wasm'));
  const brotli = brotliCompressSync(module, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
  return { bytes: module.length, brotli: brotli.length };
}

const without = build(features[0]);
const row = (name, { bytes, brotli }) =>
  console.log(name.padEnd(24), String(bytes).padStart(8), String(brotli).padStart(8));
console.log('feature'.padEnd(24), 'bytes'.padStart(8), 'brotli'.padStart(8));
row(features[0], without);
for (const name of wanted) {
  if (!features.includes(name))
    throw new Error(`no feature ${name}; there are ${features.slice(1).join(', ')}`);
  const { bytes, brotli } = build(`${features[0]}|${name}`);
  row(name, { bytes: bytes - without.bytes, brotli: brotli - without.brotli });
}
row('kFeaturesOfCore', build('kFeaturesOfCore'));
row('kFeaturesAll', build('kFeaturesAll'));
