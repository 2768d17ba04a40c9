/** A file of its own: pages load it, and desirepath.explain.wasm beside it, when they ask why a trigger speaks or not. */
import tag from 'virtual:explain-wasm-tag';
import { ExplainingEngine, type Explanation } from '../engine/explaining_engine.js';
import { fetched } from '../engine/module.js';
import type { FoldEvent } from '../engine/record.js';
import type { ZoneTables } from '../engine/zones.js';

/** Explains with an engine of its own over a copy of the state. Rejects where the engine cannot be had or started. */
export async function explained(
  program: Uint8Array,
  state: Uint8Array,
  zones: ZoneTables | undefined,
  trigger: string,
  now: number,
  event: FoldEvent | undefined,
): Promise<Explanation | null> {
  const address = new URL(`./desirepath.explain.wasm?${tag}`, import.meta.url);
  const engine = new ExplainingEngine(await fetched(address.href));
  const error = engine.load(program) || engine.restore(state);
  if (error) throw new Error(`the program does not run here (${error})`);
  if (zones) engine.zones = zones;
  return engine.explain(trigger, now, event);
}
