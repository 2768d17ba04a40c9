import { kCheckpointMs } from '../core/limits.js';
import type { KeyValues } from '../core/storage.js';
import type { Assignment, Decision, Event, Fields, StageMove } from '../core/types.js';
import type { EngineBuilds } from '../engine/builds.js';
import { type Device, device, forgetFolded, keepUnfolded } from '../engine/device.js';
import { Engine, type StateReport } from '../engine/engine.js';
import type { Explanation } from '../engine/explaining_engine.js';
import { type EngineExports, kUnsupported } from '../engine/module.js';
import type { Outcome } from '../engine/outcome.js';
import type { FoldEvent } from '../engine/record.js';
import { whenIdle } from './idle.js';
import type { Programs } from './program.js';

const kTimerMaxMs = 2 ** 31 - 1;
const kOwnMax = 1000;

export interface DeciderParts {
  storage: KeyValues;
  programs: Programs;
  /** undefined where the site wants no engine */
  builds: EngineBuilds | undefined;
  /** the journaled events of this device's person, of all tabs */
  journaled(): FoldEvent[];
  /** A decision that fills a slot of this page. `answers`: the visitor did something here and now. */
  propose(decision: Decision, answers: boolean): void;
  /** Any other decision. */
  onDecision(decision: Decision): void;
  onMove(move: StageMove): void;
  onAssignment(assignment: Assignment): void;
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
  /** Why a decision must not be shown now, with what is reserved counted as well; null where it may. */
  gate(decision: Decision, reserved: Fields[]): string | null;
  /** Events leave the journal: from now on the checkpoint must carry them. */
  acknowledged(events: Event[]): void;
  /** The program that runs; undefined while none does. */
  program(): Uint8Array<ArrayBuffer> | undefined;
  /** Takes the unified state of this person, with this device's events up to number `seq`. */
  rebase(state: Uint8Array, seq: number): void;
  checkpoint(): void;
  /** The page was away (back-forward cache) while other tabs went on. */
  resume(): void;
  reset(): void;
  /** What the journey's ask of that field says; undefined where there is none, or no engine yet. */
  shouldAsk(field: string): boolean | undefined;
  nextAsk(): string | null;
  /** Which facts of a trigger hold now; null where the program has no such trigger, or no engine runs. */
  explain(trigger: string, event?: FoldEvent): Promise<Explanation | null>;
  report(): StateReport | undefined;
}

export function decider(parts: DeciderParts): Decider {
  const { storage, programs, builds } = parts;
  const now = Date.now;
  const begun = now();
  const own = new Map<string, boolean>();
  let engine: Engine | undefined;
  let running: Uint8Array<ArrayBuffer>;
  let fold: Device | undefined;
  let wakeTimer: ReturnType<typeof setTimeout> | undefined;
  let willCheckpoint = false;

  const act = ({ decisions, moves, assignments }: Outcome) => {
    assignments.forEach(parts.onAssignment);
    for (const decision of decisions) {
      if (decision.channel === 'web' && decision.outcome === 'fired' && decision.slot) {
        parts.propose(decision, !!own.get(decision.anchor));
      } else {
        parts.onDecision(decision);
      }
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
    if (willCheckpoint) return;
    willCheckpoint = true;
    const checkpoint = () => {
      willCheckpoint = false;
      fold!.checkpoint();
    };
    setTimeout(() => whenIdle(checkpoint), kCheckpointMs);
  };

  const begin = () => {
    const { decisions, moves, assignments } = fold!.start(parts.journaled());
    // What earlier pages decided is history; what this page's own events decided before the engine came is still to be done.
    const isOwn = (time: number, anchor?: string) =>
      time >= begun || (anchor !== undefined && own.has(anchor));
    act({
      decisions: decisions.filter(({ timestamp, anchor }) => isOwn(timestamp, anchor)),
      moves: moves.filter(({ timestamp }) => isOwn(timestamp)),
      assignments,
    });
    act(fold!.wake());
    settle();
  };

  /** Whether the engine runs this program now: at once where the build that runs it is at hand. */
  const run = (program: Uint8Array<ArrayBuffer>, inFull = false): boolean | Promise<boolean> => {
    const wasm = inFull ? builds!.full() : builds!.first();
    return wasm instanceof Promise
      ? wasm.then((ready) => adopt(program, ready, inFull))
      : adopt(program, wasm, inFull);
  };
  const adopt = (
    program: Uint8Array<ArrayBuffer>,
    wasm: EngineExports,
    inFull: boolean,
  ): boolean | Promise<boolean> => {
    if (fold) return true;
    const candidate = new Engine(wasm);
    const error = candidate.load(program);
    if (error === kUnsupported && !inFull) return run(program, true);
    if (error) {
      programs.forget();
      return false;
    }
    parts.onCollector();
    const take = (): boolean => {
      if (fold) return true;
      engine = candidate;
      running = program;
      fold = device(engine, storage, now);
      begin();
      return true;
    };
    if (!candidate.keepsLocalTime()) return take();
    return builds!.zones().then((zones) => {
      candidate.zones = zones;
      return take();
    });
  };

  return {
    async start() {
      if (fold || !builds) return;
      const cached = programs.cached();
      if (cached && (await Promise.resolve(run(cached)).catch(() => false))) {
        // What has come since is for the next view.
        whenIdle(programs.fetch);
        return;
      }
      const program = await programs.fetch();
      if (program) await run(program);
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
    gate: (decision, reserved) => fold?.gate(decision, reserved) ?? null,
    program: () => fold && running,
    rebase(state, seq) {
      if (!fold?.rebase(state, seq, parts.journaled())) return;
      fold.checkpoint();
      settle();
    },
    acknowledged(events) {
      if (fold) {
        for (const event of events) fold.fold(event);
        fold.checkpoint();
        settle();
      } else if (builds) {
        keepUnfolded(storage, events);
      }
    },
    checkpoint: () => fold?.checkpoint(),
    resume: () => fold && begin(),
    reset() {
      own.clear();
      if (fold) fold.reset();
      else forgetFolded(storage);
    },
    shouldAsk: (field) => engine?.shouldAsk(field, now()),
    nextAsk: () => engine?.nextAsk(now()) ?? null,
    async explain(trigger, event) {
      if (!engine) return null;
      const explained = await builds!.explain();
      return explained(running, engine.save(), engine.zones, trigger, now(), event);
    },
    report: () => engine?.report(now()),
  };
}
