import { bytesOfText, textOfBytes } from '../core/base64.js';
import { kClockSlipMs, kTailEvents, kUnfoldedEvents } from '../core/limits.js';
import { numberOf } from '../core/numbering.js';
import { type KeyValues, readJson, tryStore } from '../core/storage.js';
import type { Decision, Fields } from '../core/types.js';
import type { Engine } from './engine.js';
import { compareEvents, type Ordered } from './order.js';
import { nothing, type Outcome } from './outcome.js';
import type { Fact, FoldEvent } from './record.js';

const kCheckpoint = 'dp.s';
/** What `step` answers to an event before the state's clock. */
const kTooEarly = -7;
const kReservedEvent = 'Decision Reserved';

/** State up to some event, and the events after it, reduced to the facts the program reads. */
interface Checkpoint {
  /** base64 of the state; none: empty */
  state?: string;
  /** the state has this device's events up to this number, whatever their times: it came from the collector */
  seq?: number;
  /** the last event in `state` */
  at: Ordered;
  tail: FoldEvent[];
}

/**
 * The device's own fold. State is a cache over events: a base, and a tail of the latest events that is folded again when an earlier
 * one turns up (another tab's, or a replayed call's). An event earlier than the base is left to the collector.
 */
export interface Device {
  /** Takes the checkpoint of this device and folds `events` that it does not hold yet, in order. */
  start(events: FoldEvent[]): Outcome;
  /** Folds one event. What it decided; empty when the event came late and the tail was folded again. */
  fold(event: FoldEvent): Outcome;
  /** Performs the waits that are due. */
  wake(): Outcome;
  /** Why what a decision proposes must not be shown now, with `reserved` (properties of effect facts) counted as well; null: it may. */
  gate(decision: Decision, reserved: Fields[]): string | null;
  /**
   * Takes the unified state of this person, with the events of all channels and of this device up to number `seq`, and steps those after it
   * on top, the ones in `events` among them. False, and nothing changes, where the state is none of this program's.
   */
  rebase(state: Uint8Array, seq: number, events: FoldEvent[]): boolean;
  checkpoint(): void;
  reset(): void;
}

const kUnfolded = 'dp.n';

function unfolded(storage: KeyValues): FoldEvent[] {
  const kept = readJson<FoldEvent[]>(storage, kUnfolded);
  return Array.isArray(kept) ? kept : [];
}

/** Keeps events that leave the journal before there is an engine; `start` folds them. */
export function keepUnfolded(storage: KeyValues, events: FoldEvent[]): void {
  tryStore(storage, kUnfolded, JSON.stringify([...unfolded(storage), ...events].slice(-kUnfoldedEvents)));
}

/** Another person begins: nothing is known of the one before. */
export function forgetFolded(storage: KeyValues): void {
  storage.removeItem(kCheckpoint);
  storage.removeItem(kUnfolded);
}

/** What storage holds may be damaged. */
const isEvent = (event: Ordered) => typeof event?.messageId === 'string' && event.timestamp >= 0;

const kNothing: Ordered = { timestamp: -Infinity, messageId: '' };

function reduced(event: FoldEvent, facts: Fact[]): FoldEvent {
  const { messageId, timestamp, type, event: name } = event;
  const seq = numberOf(event);
  const copy: FoldEvent = { messageId, timestamp, type, event: name, ...(seq && { context: { seq } }) };
  for (const { root, key } of facts) {
    const from = (root === 'event' ? event : event[root]) as Fields | undefined;
    if (!from || !Object.hasOwn(from, key)) continue;
    if (root === 'event') {
      Object.assign(copy, { [key]: from[key] });
      continue;
    }
    const to: Fields = copy[root] ?? {};
    copy[root] = to;
    to[key] = from[key];
  }
  return copy;
}

export function device(engine: Engine, storage: KeyValues, now: () => number): Device {
  let base: Uint8Array | undefined;
  let baseAt = kNothing;
  let baseSeq = 0;
  let tail: FoldEvent[] = [];
  let known = new Set<string>();
  let wokenAt = 0;
  let changed = false;

  const collect = (into: Outcome, result: Outcome | number) => {
    if (typeof result === 'number') return;
    into.decisions.push(...result.decisions);
    into.moves.push(...result.moves);
    into.assignments.push(...result.assignments);
  };

  const refold = (upTo = tail.length): Outcome => {
    const outcome = nothing();
    if (engine.restore(base)) base = undefined;
    for (const event of tail.slice(0, upTo)) {
      const result = engine.step(event);
      // What other channels have done since is in the state already: until the collector says better, this came after it.
      const timestamp = Math.max(event.timestamp, engine.clock());
      collect(outcome, result === kTooEarly ? engine.step({ ...event, timestamp }) : result);
    }
    return outcome;
  };

  /** Moves the older half of a long tail into the base. */
  const settle = () => {
    if (tail.length <= kTailEvents) return;
    const current = engine.save();
    const half = tail.length - kTailEvents / 2;
    refold(half);
    base = engine.save();
    const { timestamp, messageId } = tail[half - 1]!;
    baseAt = { timestamp, messageId };
    tail = tail.slice(half);
    known = new Set(tail.map((event) => event.messageId));
    engine.restore(current);
  };

  const admit = (event: FoldEvent): boolean => {
    if (!isEvent(event) || known.has(event.messageId) || compareEvents(event, baseAt) <= 0) return false;
    if (numberOf(event) && numberOf(event) <= baseSeq) return false;
    known.add(event.messageId);
    tail.push(reduced(event, engine.facts));
    changed = true;
    return true;
  };

  const clear = () => {
    base = undefined;
    baseAt = kNothing;
    baseSeq = 0;
    tail = [];
    known.clear();
    wokenAt = 0;
  };

  return {
    start(events) {
      clear();
      const stored = readJson<Checkpoint>(storage, kCheckpoint);
      const { state, seq = 0, at, tail: kept } = stored ?? {};
      if (at && Array.isArray(kept) && kept.every(isEvent)) {
        // A checkpoint from a future that the clock has taken back would hold up every event.
        if ((kept.at(-1) ?? at).timestamp <= now() + kClockSlipMs) {
          base = state ? bytesOfText(state) : undefined;
          baseAt = isEvent(at) ? at : kNothing;
          baseSeq = seq;
          tail = kept;
          known = new Set(tail.map((event) => event.messageId));
        }
      }
      for (const event of [...unfolded(storage), ...events]) admit(event);
      tail.sort(compareEvents);
      const outcome = refold();
      settle();
      return outcome;
    },
    fold(event) {
      const last = tail.at(-1) ?? baseAt;
      const outcome = nothing();
      if (!admit(event)) return outcome;
      const result = compareEvents(event, last) > 0 ? engine.step(tail.at(-1)!) : kTooEarly;
      if (result === kTooEarly) {
        tail.sort(compareEvents);
        refold();
        engine.wake(wokenAt);
      } else {
        collect(outcome, result);
      }
      settle();
      return outcome;
    },
    wake() {
      const outcome = nothing();
      wokenAt = now();
      collect(outcome, engine.wake(wokenAt));
      return outcome;
    },
    gate(decision, reserved) {
      const state = engine.save();
      const at = Math.max(now(), engine.clock());
      for (const [index, properties] of reserved.entries()) {
        const messageId = `~${String(index).padStart(4, '0')}`;
        engine.step({ messageId, timestamp: at, type: 'track', event: kReservedEvent, properties });
      }
      const reason = engine.gate(decision, at);
      if (reserved.length) engine.restore(state);
      return reason;
    },
    rebase(state, seq, events) {
      const before = engine.save();
      if (engine.restore(state)) {
        engine.restore(before);
        return false;
      }
      base = state;
      // The state's events end where they end on other channels; which of this device's it has, their numbers say.
      baseAt = kNothing;
      baseSeq = seq;
      const later = tail.filter((event) => numberOf(event) > seq);
      tail = [];
      known = new Set();
      for (const event of [...later, ...events]) admit(event);
      tail.sort(compareEvents);
      refold();
      engine.wake(wokenAt);
      changed = true;
      return true;
    },
    checkpoint() {
      if (!changed) return;
      changed = false;
      const state = base && textOfBytes(base);
      tryStore(
        storage,
        kCheckpoint,
        JSON.stringify({ state, seq: baseSeq, at: baseAt, tail } satisfies Checkpoint),
      );
      storage.removeItem(kUnfolded);
    },
    reset() {
      clear();
      engine.restore();
      changed = false;
      forgetFolded(storage);
    },
  };
}
