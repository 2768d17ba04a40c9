import { guarded } from '../core/emitter.js';
import type { Files, Modules } from '../core/files.js';
import type { Event } from '../core/types.js';
import type { CaptureModules } from './capture_options.js';
import type { Host, Start } from './host.js';
import { kPanel } from './panel.js';

type Name = keyof CaptureModules & keyof Modules;

/** The capture modules of a page, loaded once it has nothing better to do. */
export interface RunningModules {
  /** Loads and starts what is wanted. What cannot be had is said in the console and missed by nobody else. */
  start(): void;
  /** Ends every one of them; `start` begins anew. */
  stop(): void;
  /** An event was journaled by this page. */
  hear(event: Event): void;
  /** The page is hidden or goes. */
  leave(): void;
}

export function captureModules(files: Files, wanted: CaptureModules, track: Host['track']): RunningModules {
  let hearers: ((event: Event) => void)[] = [];
  let leavers: (() => void)[] = [];
  let running: AbortController | undefined;

  const begin = async (name: Name, host: Host, signal: AbortSignal) => {
    const { start } = (await files.module(name)) as { start: Start<unknown> };
    if (signal.aborted) return;
    const stop = start(host, wanted[name] === true ? {} : wanted[name]);
    if (stop) signal.addEventListener('abort', stop);
  };

  return {
    start() {
      if (running) return;
      running = new AbortController();
      const { signal } = running;
      const host: Host = {
        track,
        onEvent: (listener) => void hearers.push(listener),
        onLeave: (listener) => void leavers.push(listener),
        listen: (target, type, listener) =>
          target.addEventListener(
            type,
            // What a developer does in the panel is nothing the visitor did.
            (event) => (event.target as Element | null)?.localName === kPanel || listener(event as never),
            { capture: true, passive: true, signal },
          ),
      };
      const beginAll = () => {
        if (signal.aborted) return;
        for (const name of Object.keys(wanted) as Name[]) {
          if (wanted[name]) begin(name, host, signal).catch((error) => console.error('desirepath:', error));
        }
      };
      const whenIdle = () => (window.requestIdleCallback ?? setTimeout)(beginAll);
      if (document.readyState === 'complete') whenIdle();
      else addEventListener('load', whenIdle, { once: true, signal });
    },
    stop() {
      running?.abort();
      running = undefined;
      hearers = [];
      leavers = [];
    },
    hear(event) {
      for (const hear of hearers) guarded(() => hear(event));
    },
    leave: () => leavers.forEach(guarded),
  };
}
