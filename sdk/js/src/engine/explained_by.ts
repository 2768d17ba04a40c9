import { ExplainingEngine, type Explanation } from './explaining_engine.js';
import type { EngineExports } from './module.js';
import type { FoldEvent } from './record.js';
import type { ZoneTables } from './zones.js';

/** Explains with an engine of its own over a copy of the state. Rejects where the engine cannot be had or started. */
export const explainedBy =
  (explaining: () => EngineExports | Promise<EngineExports>) =>
  async (
    program: Uint8Array,
    state: Uint8Array,
    zones: ZoneTables | undefined,
    trigger: string,
    now: number,
    event: FoldEvent | undefined,
  ): Promise<Explanation | null> => {
    const engine = new ExplainingEngine(await explaining());
    const error = engine.load(program) || engine.restore(state);
    if (error) throw new Error(`the program does not run here (${error})`);
    if (zones) engine.zones = zones;
    return engine.explain(trigger, now, event);
  };
