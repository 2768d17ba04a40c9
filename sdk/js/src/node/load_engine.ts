import { readFile } from 'node:fs/promises';
import { Engine } from '../engine/engine.js';
import { started } from '../engine/module.js';

/** An engine without a program. `wasm`: the bytes of desirepath.wasm; without them, the file beside this package. */
export async function loadEngine(
  wasm?: BufferSource,
  beside = new URL('./desirepath.wasm', import.meta.url),
): Promise<Engine> {
  const bytes = wasm ?? (await readFile(beside));
  const { instance } = await WebAssembly.instantiate(bytes as BufferSource);
  return new Engine(started(instance as unknown as WebAssembly.Instance));
}
