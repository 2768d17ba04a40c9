import type { Categories } from '../core/consent.js';
import { emitter, guarded } from '../core/emitter.js';
import type { Files } from '../core/files.js';
import { kHeldCalls } from '../core/limits.js';
import type { KeyValues } from '../core/storage.js';
import type {
  Decision,
  Event,
  EventType,
  Fields,
  FlushResult,
  HeldCall,
  Plugin,
  Topics,
} from '../core/types.js';
import type { StateReport } from '../engine/engine.js';
import type { Explanation } from '../engine/explaining_engine.js';
import { heldCall, isHeldCall, momentOf } from './held.js';
import { type LoadOptions, resolvedOptions } from './options.js';
import type { Place } from './place.js';
import { type Running, start } from './running.js';

type Callback = (event: Event) => void;

/** What `decide` answers. */
export type Proposal = Pick<Decision, 'decisionId' | 'trigger' | 'content' | 'reason'>;

/** A snapshot for people: panels, consoles, bug reports. */
export interface DebugReport {
  version: string;
  anonymousId: string | null;
  userId: string | null;
  queued: number;
  engine: StateReport | null;
  decisions: Decision[];
}

/** The package's whole interface; the same object is `window.desirepath`. No method throws into the page but `load`. */
export interface Desirepath {
  /** Starts. Calls made before are carried out now, with the time and page they were made at. A second call does nothing. */
  load(options: LoadOptions): Desirepath;
  /** Each capture call resolves when its event is journaled, with the event, or undefined when it was dropped. */
  track(
    event: string,
    properties?: Fields,
    options?: Fields,
    callback?: Callback,
  ): Promise<Event | undefined>;
  page(...values: unknown[]): Promise<Event | undefined>;
  screen(...values: unknown[]): Promise<Event | undefined>;
  identify(...values: unknown[]): Promise<Event | undefined>;
  group(...values: unknown[]): Promise<Event | undefined>;
  alias(...values: unknown[]): Promise<Event | undefined>;
  /** What the visitor allows, by category; kept on this device. */
  setConsent(categories: Categories): Promise<void>;
  /** A new anonymous person: sign-out, or a shared device. Consent is kept; events not yet sent keep their person. */
  reset(): Promise<void>;
  /** Sends what is journaled now. */
  flush(): Promise<FlushResult>;
  /** What is proposed for a slot in this page view. */
  decide(slot: string): Proposal | null;
  /** Whether the trait was given on this device, so that nobody is asked twice. */
  known(field: string): boolean;
  /**
   * Whether a form should ask for the field: what the journey's ask of it says (not known, its cap not used up, its condition holds; each
   * `Field Asked` with `field` counts), else that the trait is not known. False until the package knows.
   */
  shouldAsk(field: string): boolean;
  /** The field of the journey's asks to ask for next; null for none, or until the engine runs. */
  nextAsk(): string | null;
  /** The last decision on a trigger in this page view, fired or held back with its reason; null for none. */
  explain(trigger: string): Decision | null;
  /**
   * Which facts of a trigger hold now and which do not, and what arbitration would answer; with an event (as `track` resolves to) as if it
   * came now. Loads desirepath.explain.js and .wasm. Null for no such trigger, or where no engine runs.
   */
  explainFacts(trigger: string, event?: Event): Promise<Explanation | null>;
  on<T extends keyof Topics>(topic: T, listener: (payload: Topics[T]) => void): void;
  off<T extends keyof Topics>(topic: T, listener?: (payload: Topics[T]) => void): void;
  /** Calls `run` once the engine decides, or it is clear that it will not in this page view. */
  ready(run: () => void): void;
  use(plugin: Plugin): void;
  debug(): DebugReport;
  /** Carries out calls that a snippet recorded. */
  adopt(calls: unknown): void;
}

type Resolve = (value: never) => void;

/** An instance that has not started. Making one touches nothing outside of it. */
export function createClient(files: Files, place: Place): Desirepath {
  const events = emitter<Topics>();
  const plugins: Plugin[] = [];
  const waiting: (() => void)[] = [];
  const held: [HeldCall, Resolve?][] = [];
  let running: Running | undefined;
  let isLoaded = false;
  let isReady = false;

  const carryOut = (call: HeldCall, resolve?: Resolve) => {
    guarded(() => {
      const result = running!.call(call[0], call[1], momentOf(call));
      resolve?.(result as never);
    });
  };

  const capturing =
    (method: string) =>
    (...values: unknown[]) => {
      if (running) return Promise.resolve(running.call(method, values));
      return new Promise((resolve) => {
        if (held.length < kHeldCalls) held.push([heldCall(method, values, place.page()), resolve]);
        else resolve(undefined);
      });
    };

  const client = {
    load(options: LoadOptions) {
      if (isLoaded) return client;
      const resolved = resolvedOptions({ ...options, ...place.only });
      isLoaded = true;
      const begin = (storage: KeyValues) => {
        running = start(resolved, place, storage, files, events, plugins, () => {
          isReady = true;
          for (const run of waiting.splice(0)) guarded(run);
        });
        for (const call of running.left()) carryOut(call);
        for (const [call, resolve] of held.splice(0)) carryOut(call, resolve);
        running.begin();
      };
      const storage = place.storage(options);
      if (storage instanceof Promise) storage.then(begin);
      else begin(storage);
      return client;
    },
    decide(slot: string) {
      const found = running?.slots.current(slot);
      if (!found) return null;
      const { decisionId, trigger, content, reason } = found;
      return { decisionId, trigger, content, reason };
    },
    known: (field: string) => running?.known(field) ?? false,
    shouldAsk: (field: string) => running?.shouldAsk(field) ?? false,
    nextAsk: () => running?.nextAsk() ?? null,
    explain: (trigger: string) => running?.explain(trigger) ?? null,
    explainFacts: async (trigger: string, event?: Event) => running?.explainFacts(trigger, event) ?? null,
    on: events.on,
    off: events.off,
    ready(run: () => void) {
      if (isReady) guarded(run);
      else waiting.push(run);
    },
    use: (plugin: Plugin) => void plugins.push(plugin),
    debug: () => running?.report() ?? null,
    adopt(calls: unknown) {
      if (!Array.isArray(calls)) return;
      for (const call of calls) {
        if (!isHeldCall(call)) continue;
        const [method, values] = call;
        const resolve = (call as unknown[])[6] as Resolve | undefined;
        // biome-ignore lint/suspicious/noExplicitAny: the snippet's calls name methods of this object.
        const direct = (client as any)[method];
        if (/^(load|on|off|ready|use)$/.test(method)) guarded(() => direct(...values));
        else if (running) carryOut(call, resolve);
        else if (held.length < kHeldCalls) held.push([call, resolve]);
      }
    },
  } as unknown as Desirepath;
  const calls: (EventType | 'setConsent' | 'reset' | 'flush')[] = [
    'track',
    'page',
    'screen',
    'identify',
    'group',
    'alias',
    'setConsent',
    'reset',
    'flush',
  ];
  for (const method of calls) (client as unknown as Fields)[method] = capturing(method);
  return client;
}
