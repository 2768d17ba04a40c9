import { readFile } from 'node:fs/promises';
import type { Engine } from '../engine/engine.js';
import { ExplainingEngine } from '../engine/explaining_engine.js';
import { type EngineExports, kUnsupported, started } from '../engine/module.js';
import { zoneTable } from '../engine/zones.js';

/** Which build of the engine: the smallest that suffices for the program, one by name, or the bytes of a module. */
export type WasmChoice = 'auto' | 'core' | 'full' | 'explain' | 'js' | ArrayBuffer | ArrayBufferView;

export interface EngineOptions {
  /** the program to run; without it the engine comes empty, and `auto` is the full build */
  program?: Uint8Array;
  /** `auto` if not given; `explain` the full build that also tells the facts behind decisions, `js` the full build
   * as JavaScript for hosts that refuse WebAssembly */
  wasm?: WasmChoice;
}

async function instantiated(bytes: ArrayBuffer | ArrayBufferView): Promise<EngineExports> {
  const { instance } = await WebAssembly.instantiate(bytes as BufferSource);
  return started((instance as unknown as WebAssembly.Instance).exports);
}

type Build = () => Promise<EngineExports>;

/** The builds to try, smallest first. */
function builds({ program, wasm = 'auto' }: EngineOptions, folder: URL): Build[] {
  const module = (name: string) => async () => instantiated(await readFile(new URL(name, folder)));
  const core = module('desirepath.wasm');
  const full = module('desirepath.full.wasm');
  if (typeof wasm !== 'string') return [() => instantiated(wasm)];
  switch (wasm) {
    case 'core':
      return [core];
    case 'explain':
      return [module('desirepath.explain.wasm')];
    case 'js':
      return [async () => started((await import(new URL('desirepath.fallback.js', folder).href)).default())];
    case 'auto':
      if (program) return [core, full];
  }
  return [full];
}

function refusal(error: number, engine: Engine, program: Uint8Array): string {
  const needed = new DataView(program.buffer, program.byteOffset, program.length);
  const missing = error === kUnsupported ? needed.getUint32(8, true) & ~engine.features() : 0;
  return missing
    ? `the program needs ${featureNames(missing).join(', ')}, which this build has not`
    : `not a program this engine runs (${error}, at byte ${engine.errorOffset()}); compile the journey again`;
}

/** An engine with the program loaded, if one is given. Throws where the program does not run on the build. */
export async function loadEngine(
  options: EngineOptions = {},
  folder = new URL('./', import.meta.url),
): Promise<ExplainingEngine> {
  const { program } = options;
  let refused = '';
  for (const build of builds(options, folder)) {
    const engine = new ExplainingEngine(await build());
    engine.zones = zoneTable;
    const error = program ? engine.load(program) : 0;
    if (!error) return engine;
    refused = refusal(error, engine, program!);
    if (error !== kUnsupported) break;
  }
  throw new Error(refused);
}

// In the order of the bits, as features.hpp names them.
const kFeatures =
  'core pattern elements extremes sequence affinity score model occasion schedule local_time governance ask experiment context intent'.split(
    ' ',
  );

/** The names of feature bits. */
export const featureNames = (bits: number): string[] =>
  Array.from({ length: 32 }, (_, bit) =>
    bits & (1 << bit) ? (kFeatures[bit] ?? `feature ${bit}`) : '',
  ).filter(Boolean);
