import { emitter, guarded } from '../core/emitter.js';
import { type Files, filesAt } from '../core/files.js';
import { kHeldCalls } from '../core/limits.js';
import type { KeyValues } from '../core/storage.js';
import type { Event, Fields, HeldCall, Plugin, Topics } from '../core/types.js';
import type { Desirepath } from './api.js';
import { heldCall, isHeldCall, momentOf } from './held.js';
import { type LoadOptions, resolvedOptions } from './options.js';
import type { Place } from './place.js';
import { type Running, start } from './running.js';
import type { Render } from './slots.js';

/** The interface, and what the script alone needs of it. */
export interface Client extends Desirepath {
  /** Carries out the calls that a snippet recorded, and those that anybody who holds its methods makes from now on. */
  adopt(calls: unknown): void;
}

type Resolve = (value: never) => void;

/** Calls that wait for `load`. */
const kCalls = 'track page screen identify group alias setConsent reset flush'.split(' ');

/** An instance that has not started. Making one touches nothing outside of it. No place is a server: nothing is done or held. */
export function createClient(files: Files, place: Place | undefined): Client {
  const events = emitter<Topics>();
  const plugins: Plugin[] = [];
  const waiting: (() => void)[] = [];
  const held: [HeldCall, Resolve?][] = [];
  const handedIn: [string, Element, Render | undefined][] = [];
  let running: Running | undefined;
  let isLoaded = false;
  let isReady = false;
  let seenAt = 0;

  const carryOut = (call: HeldCall, resolve?: Resolve) => {
    guarded(() => {
      const result = running!.call(call[0], call[1], momentOf(call, seenAt));
      resolve?.(result as never);
    });
  };

  const hold = (call: HeldCall, resolve?: Resolve) => {
    if (place && held.length < kHeldCalls) {
      held.push([call, resolve]);
      return;
    }
    if (place) events.emit('dropped', { reason: 'overflow' });
    resolve?.((call[0] === 'flush' ? { sent: 0, left: 0, dropped: 0 } : undefined) as never);
  };
  const capturing =
    (method: string) =>
    (...values: unknown[]) =>
      running
        ? Promise.resolve(running.call(method, values))
        : new Promise((resolve) => hold(heldCall(method, values, place?.page()), resolve as Resolve));

  const client = {
    load(options: LoadOptions) {
      if (isLoaded || !place) return client;
      const resolved = resolvedOptions({ ...options, ...place.only });
      isLoaded = true;
      const begin = (storage: KeyValues) => {
        running = start(resolved, place, storage, parts, events, plugins, () => {
          isReady = true;
          for (const run of waiting.splice(0)) guarded(run);
        });
        for (const [name, element, render] of handedIn.splice(0)) running.slots.add(name, element, render);
        for (const call of running.left()) carryOut(call);
        for (const [call, resolve] of held.splice(0)) carryOut(call, resolve);
        running.begin();
      };
      const parts = filesAt(files, resolved.paths);
      const open = () => {
        const storage = place.storage(resolved, parts);
        if (storage instanceof Promise) storage.then((opened) => guarded(() => begin(opened)));
        else begin(storage);
      };
      if (
        place.isAhead(() => {
          seenAt = Date.now();
          open();
        })
      )
        return client;
      open();
      return client;
    },
    slot(name: string, element: Element, render?: Render) {
      if (running) return running.slots.add(name, element, render);
      const entry: (typeof handedIn)[0] = [name, element, render];
      if (place) handedIn.push(entry);
      return () => {
        const index = handedIn.indexOf(entry);
        if (index < 0) running?.slots.remove(element);
        else handedIn.splice(index, 1);
      };
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
    on(...values: Parameters<typeof events.on>) {
      if (place) events.on(...values);
      return client;
    },
    off(...values: Parameters<typeof events.off>) {
      events.off(...values);
      return client;
    },
    ready: (run = () => {}) =>
      new Promise<void>((resolve) => {
        const tell = () => {
          guarded(run);
          resolve();
        };
        if (isReady) tell();
        else if (place) waiting.push(tell);
        else resolve();
      }),
    use(plugin: Plugin) {
      if (place) plugins.push(plugin);
      return client;
    },
    debug(panel?: boolean) {
      if (panel !== undefined) capturing('debug')(panel);
      return running?.report() ?? null;
    },
    adopt(calls: unknown) {
      if (!Array.isArray(calls)) return;
      const adopted = (call: unknown) => {
        if (!isHeldCall(call)) return;
        const [method, values] = call;
        const resolve = (call as unknown[])[6] as Resolve | undefined;
        if (kCalls.includes(method)) {
          if (running) carryOut(call, resolve);
          else hold(call, resolve);
          return;
        }
        // biome-ignore lint/suspicious/noExplicitAny: the snippet's calls name methods of this object.
        const direct = (client as any)[method];
        guarded(() => {
          const answer = direct(...values);
          resolve?.(answer as never);
        });
      };
      calls.splice(0).forEach(adopted);
      // Who took a method of the snippet's still calls it.
      calls.push = (...more) => {
        more.forEach(adopted);
        return 0;
      };
    },
  } as unknown as Client;
  for (const method of kCalls) (client as unknown as Fields)[method] = capturing(method);
  return client;
}
