import type { Moment } from '../core/capture.js';
import { guarded } from '../core/emitter.js';
import type { Files, Modules } from '../core/files.js';
import type { KeyValues } from '../core/storage.js';
import type { Event, Fields, PageFacts } from '../core/types.js';
import type { CaptureModules } from './capture_options.js';
import type { Host, Start } from './host.js';
import { whenIdle } from './idle.js';
import { kPanel } from './panel.js';

type Name = keyof CaptureModules & keyof Modules;

/** The capture modules of a page, loaded once it has nothing better to do. */
export interface RunningModules {
  /** Loads and starts what is wanted. What cannot be had is said in the console and missed by nobody else. */
  start(wasRefused: boolean): void;
  /** Ends every one of them; `start` begins anew. */
  stop(): void;
  /** An event was journaled by this page. */
  hear(event: Event): void;
  /** The page is hidden or goes. */
  leave(): void;
  /** The next page view begins: the one before, if there was one, is left. */
  endView(): void;
}

export interface ModuleParts {
  files: Files;
  wanted: CaptureModules;
  storage: KeyValues;
  /** context of every event of this page */
  circumstance: Fields;
  track(values: unknown[], moment?: Moment): void;
  page(): PageFacts | undefined;
}

export function captureModules(parts: ModuleParts): RunningModules {
  const { files, wanted } = parts;
  let hearers: ((event: Event) => void)[] = [];
  let leavers: (() => void)[] = [];
  let running: AbortController | undefined;
  let view: PageFacts | undefined;
  let ending: PageFacts | undefined;

  const begin = async (name: Name, host: Host, signal: AbortSignal) => {
    const { start } = (await files.module(name)) as { start: Start<unknown> };
    if (signal.aborted) return;
    const stop = start(host, wanted[name] === true ? {} : wanted[name]);
    if (stop) signal.addEventListener('abort', stop);
  };

  const leave = () => leavers.forEach(guarded);
  return {
    start(wasRefused) {
      if (running || !Object.keys(wanted).length) return;
      running = new AbortController();
      const { signal } = running;
      const host: Host = {
        track(...values) {
          if (!signal.aborted) parts.track(values, ending && { page: ending });
        },
        observe(...values) {
          if (!signal.aborted) parts.track(values, { page: ending ?? parts.page() });
        },
        surround: (circumstance) => void Object.assign(parts.circumstance, circumstance),
        onEvent: (listener) => void hearers.push(listener),
        onLeave: (listener) => void leavers.push(listener),
        listen: (target, type, listener) =>
          target.addEventListener(
            type,
            (event) => {
              // What a developer does in the panel is nothing the visitor did.
              if ((event.target as Element | null)?.localName === kPanel) return;
              guarded(() => listener(event as never));
            },
            { capture: true, passive: true, signal },
          ),
        storage: parts.storage,
        wasRefused,
      };
      const beginAll = () => {
        if (signal.aborted) return;
        for (const name of Object.keys(wanted) as (Name | 'pages')[]) {
          if (name !== 'pages' && wanted[name])
            begin(name, host, signal).catch((error) => console.error('desirepath:', error));
        }
      };
      if (document.readyState === 'complete') whenIdle(beginAll);
      else addEventListener('load', () => whenIdle(beginAll), { once: true, signal });
    },
    stop() {
      running?.abort();
      running = undefined;
      hearers = [];
      leavers = [];
    },
    hear(event) {
      if (event.type === 'page') view = event.context?.page as PageFacts;
      for (const hear of hearers) guarded(() => hear(event));
    },
    leave,
    endView() {
      ending = view;
      if (ending) leave();
      ending = undefined;
    },
  };
}
