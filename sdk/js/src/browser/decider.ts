import { kFreshMs } from '../core/limits.js';
import { type KeyValues, tryStore } from '../core/storage.js';
import type { Decision, Event, StageMove } from '../core/types.js';
import { type Device, device, keepUnfolded } from '../engine/device.js';
import type { EmbeddedWasm } from '../engine/embedded.js';
import { Engine, type StateReport } from '../engine/engine.js';
import { type EngineExports, instantiate } from '../engine/module.js';
import type { Outcome } from '../engine/outcome.js';
import type { FoldEvent } from '../engine/record.js';
import type { Programs } from './program.js';
import type { Slots } from './slots.js';

const kRefused = 'dp.w';
const kRefusalMs = 7 * 86400_000;
const kTimerMaxMs = 2 ** 31 - 1;
const kOwnMax = 1000;

export interface DeciderParts {
  storage: KeyValues;
  programs: Programs;
  slots: Slots;
  /** false where the site wants no engine */
  wasm: EmbeddedWasm | false;
  /** the journaled events of this device's person, of all tabs */
  journaled(): FoldEvent[];
  onDecision(decision: Decision): void;
  onMove(move: StageMove): void;
  /** A program was had from the address: it is this project's collector. */
  onCollector(): void;
}

/** The engine in the page: folds what is captured, fills slots with what is decided, wakes when a wait is due. */
export interface Decider {
  /** Decides from the cached program at once, else when the collector's has come. Resolves when that is settled. */
  start(): Promise<void>;
  /** An event of this page was journaled. `answers`: the visitor did something here and now. */
  fold(event: FoldEvent, answers: boolean): void;
  /** Another tab journaled an event. */
  foldForeign(event: FoldEvent): void;
  /** Events leave the journal: from now on the checkpoint must carry them. */
  acknowledged(events: Event[]): void;
  checkpoint(): void;
  /** The page was away (back-forward cache) while other tabs went on. */
  resume(): void;
  reset(): void;
  report(): StateReport | undefined;
}

export function decider(parts: DeciderParts): Decider {
  const { storage, programs, slots } = parts;
  const now = Date.now;
  const begun = now();
  const own = new Map<string, boolean>();
  let wasm: EngineExports | undefined;
  let engine: Engine | undefined;
  let fold: Device | undefined;
  let wakeTimer: ReturnType<typeof setTimeout> | undefined;
  let idle = false;

  const act = ({ decisions, moves }: Outcome) => {
    for (const decision of decisions) {
      let shown = decision;
      if (decision.channel === 'web' && decision.outcome === 'fired' && decision.slot) {
        const stale = now() - decision.timestamp > kFreshMs;
        const late = !stale && !slots.propose(decision, !!own.get(decision.anchor));
        if (stale || late) shown = { ...decision, outcome: 'suppressed', reason: stale ? 'stale' : 'late' };
      }
      parts.onDecision(shown);
    }
    moves.forEach(parts.onMove);
  };

  const settle = () => {
    clearTimeout(wakeTimer);
    const next = engine!.nextWake();
    if (next < Infinity) {
      wakeTimer = setTimeout(
        () => {
          act(fold!.wake());
          settle();
        },
        Math.min(Math.max(next - now(), 0), kTimerMaxMs),
      );
    }
    if (idle) return;
    idle = true;
    (window.requestIdleCallback ?? setTimeout)(() => {
      idle = false;
      fold!.checkpoint();
    });
  };

  const begin = () => {
    const { decisions, moves } = fold!.start(parts.journaled());
    // What earlier pages decided is history; what this page's own events decided before the engine came is still to be done.
    const isOwn = (time: number, anchor?: string) =>
      time >= begun || (anchor !== undefined && own.has(anchor));
    act({
      decisions: decisions.filter(({ timestamp, anchor }) => isOwn(timestamp, anchor)),
      moves: moves.filter(({ timestamp }) => isOwn(timestamp)),
    });
    act(fold!.wake());
    settle();
  };

  /** Whether the engine runs this program now. */
  const adopt = (program: Uint8Array): boolean => {
    const candidate = new Engine(wasm!);
    if (candidate.load(program)) {
      programs.forget();
      return false;
    }
    engine = candidate;
    parts.onCollector();
    fold = device(engine, storage, now);
    begin();
    return true;
  };

  return {
    async start() {
      if (fold || !parts.wasm || Number(storage.getItem(kRefused)) > now()) return;
      try {
        const ready = wasm ?? instantiate(parts.wasm());
        wasm = ready instanceof Promise ? await ready : ready;
      } catch {
        // The page's content security policy, most likely; each probe would be one more report.
        tryStore(storage, kRefused, String(now() + kRefusalMs));
        return;
      }
      const cached = programs.cached();
      const running = cached && adopt(cached);
      const current = programs.fetch();
      if (running) return;
      const program = await current;
      if (program && !fold) adopt(program);
    },
    fold(event, answers) {
      own.set(event.messageId, answers);
      if (own.size > kOwnMax) own.delete(own.keys().next().value!);
      if (!fold) return;
      act(fold.fold(event));
      settle();
    },
    foldForeign(event) {
      if (!fold) return;
      fold.fold(event).moves.forEach(parts.onMove);
      settle();
    },
    acknowledged(events) {
      if (fold) {
        for (const event of events) fold.fold(event);
        fold.checkpoint();
        settle();
      } else if (parts.wasm && !storage.getItem(kRefused)) {
        keepUnfolded(storage, events);
      }
    },
    checkpoint: () => fold?.checkpoint(),
    resume: () => fold && begin(),
    reset() {
      own.clear();
      fold?.reset();
      slots.clear();
    },
    report: () => engine?.report(now()),
  };
}
