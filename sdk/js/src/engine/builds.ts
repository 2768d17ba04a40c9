import type { Files, Modules } from '../core/files.js';
import { type KeyValues, tryStore } from '../core/storage.js';
import { type EngineExports, fetched, instantiate, started } from './module.js';
import type { ZoneTables } from './zones.js';

type Explained = Modules['explain']['explained'];

const kRefused = 'dp.w';
const kRefusalMs = 7 * 86400_000;

/** The engine's builds in a page, each made once. */
export interface EngineBuilds {
  /** The core at once, which is all that a repeat view waits for; where WebAssembly is refused, the fallback, which has all features. */
  first(): EngineExports | Promise<EngineExports>;
  /** For programs that the first refuses as unsupported. Rejects where it cannot be had. */
  full(): Promise<EngineExports>;
  /** For programs that keep local time. Without them people are at the offset their events say. */
  zones(): Promise<ZoneTables | undefined>;
  explain(): Promise<Explained>;
}

/** A page that refuses WebAssembly is remembered for a week: each probe is one more report of its content security policy. */
export function engineBuilds(
  files: Files,
  storage: KeyValues,
  now: () => number,
  withoutWasm: boolean,
): EngineBuilds {
  let first: EngineExports | Promise<EngineExports> | undefined;
  const fallback = async () => started((await files.fallback()).default());
  const made = () => {
    if (withoutWasm || Number(storage.getItem(kRefused)) > now()) return fallback();
    try {
      return instantiate(files.core());
    } catch {
      tryStore(storage, kRefused, String(now() + kRefusalMs));
      return fallback();
    }
  };
  return {
    first() {
      first ??= made();
      return first;
    },
    async full() {
      const source = files.full();
      return typeof source === 'string' ? fetched(source) : instantiate(await source);
    },
    zones: () =>
      files.module('zones').then(
        ({ zoneTable }) => zoneTable,
        () => undefined,
      ),
    explain: async () => (await files.module('explain')).explained,
  };
}
