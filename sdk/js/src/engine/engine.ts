import type { Decision } from '../core/types.js';
import type { EngineExports } from './module.js';
import { Board, kReasons, type Reading, type StepOutcome } from './outcome.js';
import {
  type Fact,
  type FactIndexes,
  type FoldEvent,
  factIndexes,
  kMessageIdAt,
  RecordWriter,
} from './record.js';
import type { ZoneTables } from './zones.js';

/** A fired decision counts as shown at its own time, whatever the events say. */
export const kEffectsAtOnce = 1;
/** The answer of a call that has filled its outcome and is to be made again. */
const kMore = 1;

/** What the state says about the person, for people to read. */
export interface StateReport {
  stage: string | null;
  stageSince: number | null;
  behaviors: Record<string, Reading>;
  audiences: string[];
  /** the rest where the program has any, and the build its feature */
  scores: Record<string, Reading>;
  tiers: Record<string, Reading>;
  propensity: Record<string, Reading>;
}

// Kinds of readings.
const kStage = 0;
const kBehavior = 1;
const kAudience = 2;
const kAsk = 3;
const kScore = 4;
const kTier = 5;
const kPropensity = 6;

/**
 * One program and one profile's state, in one instance of the module. Nothing in it is asynchronous; codes below zero are ABI.md's
 * errors and come back as numbers.
 */
export class Engine {
  facts: Fact[] = [];
  protected readonly wasm_: EngineExports;
  protected readonly writer_ = new RecordWriter();
  protected board_: Board;
  protected indexes_: FactIndexes = factIndexes([]);
  protected eventBuffer_ = new Uint8Array(0);
  private messageIdAt_ = 0;
  private zonesHandedIn_ = '';

  /** Where the rules of time zones come from (zones.ts); without them people are at the offset their events say. */
  zones?: ZoneTables;

  constructor(wasm: EngineExports) {
    this.wasm_ = wasm;
    this.board_ = new Board(wasm);
  }

  /** Verifies and takes a program; the state becomes empty. 0 or an error. */
  load(program: Uint8Array): number {
    const { wasm_: wasm } = this;
    const pointer = wasm.dp_program_reserve(program.length);
    if (!pointer) return -4;
    new Uint8Array(wasm.memory.buffer, pointer, program.length).set(program);
    const error = wasm.dp_program_load(program.length);
    const board = new Board(wasm);
    this.board_ = board;
    if (error) return error;
    this.eventBuffer_ = new Uint8Array(board.memory, board.field(8), board.field(14));
    this.messageIdAt_ = board.field(8) + kMessageIdAt;
    this.facts = Array.from({ length: board.field(7) }, (_, index) => {
      const path = board.text(wasm.dp_fact_path(index))!;
      const dot = path.indexOf('.');
      return { root: path.slice(0, dot) as Fact['root'], key: path.slice(dot + 1) };
    });
    this.indexes_ = factIndexes(this.facts);
    this.zonesHandedIn_ = '';
    return 0;
  }

  /** Whether the program has a use for `zones`. */
  keepsLocalTime(): boolean {
    return this.board_.field(18) > 0;
  }

  /** Folds one event. An outcome, or an error: -6 does not fit or is malformed, -7 earlier than the state's clock. */
  step(event: FoldEvent, flags = 0): StepOutcome | number {
    const length = this.writer_.write(event, this.indexes_, this.eventBuffer_);
    if (!length) return -6;
    this.handInZones_(event.context?.timezone);
    const status = this.wasm_.dp_step(length, flags);
    if (status < 0) return status;
    const outcome = this.board_.outcome(this.messageIdAt_, event.messageId);
    return status === kMore ? this.whole_(outcome, () => this.wasm_.dp_step(length, flags), event) : outcome;
  }

  /** Performs the waits due at or before `now`. */
  wake(now: number, flags = 0): StepOutcome | number {
    this.handInZones_();
    const status = this.wasm_.dp_wake(now, flags);
    if (status < 0) return status;
    const outcome = this.board_.outcome(0, '');
    return status === kMore ? this.whole_(outcome, () => this.wasm_.dp_wake(now, flags)) : outcome;
  }

  /** With what the same call brings when it is made again, as long as it says that there is more. */
  private whole_(first: StepOutcome, call: () => number, event?: FoldEvent): StepOutcome | number {
    const parts = [first];
    for (let status = kMore; status === kMore; ) {
      status = call();
      if (status < 0) return status;
      parts.push(this.board_.outcome(event ? this.messageIdAt_ : 0, event?.messageId ?? ''));
    }
    return {
      decisions: parts.flatMap(({ decisions }) => decisions),
      fired: parts.flatMap(({ fired }) => fired),
      moves: parts.flatMap(({ moves }) => moves),
      assignments: parts.flatMap(({ assignments }) => assignments),
    };
  }

  /** Why what a decision of this engine proposes must not be shown at `now`, as the state is by then; null where it may. */
  gate(decision: Decision, now: number): string | null {
    const [trigger, action] = this.board_.placeOf(decision);
    const { written } = new TextEncoder().encodeInto(decision.anchor, this.eventBuffer_);
    this.handInZones_();
    return kReasons[this.wasm_.dp_gate(trigger, action, decision.timestamp, written, now)] ?? null;
  }

  /** Bits of what this build can do. */
  features(): number {
    return this.wasm_.dp_feature_bits();
  }

  /** Where the bytes of the program or state refused last are wrong. */
  errorOffset(): number {
    return this.board_.field(15);
  }

  /** Time of the earliest wait, Infinity for none. */
  nextWake(): number {
    return this.board_.nextWake;
  }

  /** Time of the latest event or wait the state has seen, -Infinity when it is empty. */
  clock(): number {
    return this.board_.clock;
  }

  /** A copy of the state's bytes. */
  save(): Uint8Array {
    const { board_: board } = this;
    return new Uint8Array(board.memory, board.field(9), board.field(4)).slice();
  }

  /** Takes the bytes of `save`, or none for an empty state. 0 or an error, and the state is empty. */
  restore(state?: Uint8Array): number {
    const { board_: board, wasm_: wasm } = this;
    const fits = state && state.length <= board.field(10);
    if (fits) new Uint8Array(board.memory, board.field(9)).set(state);
    const error = wasm.dp_state_load(fits ? state.length : 0);
    return state && !fits ? -9 : error;
  }

  /** Hands in the rules of the person's zone and of the one an event says, if they are not what was handed in last. */
  protected handInZones_(stated?: unknown) {
    const { board_: board, zones } = this;
    if (!zones || !this.keepsLocalTime()) return;
    const names = [board.decode(board.field(16), board.field(17))];
    if (typeof stated === 'string') names.push(stated);
    const key = names.join();
    if (key === this.zonesHandedIn_) return;
    this.zonesHandedIn_ = key;
    const table = zones(names);
    new Uint8Array(board.memory, board.field(18)).set(table);
    this.wasm_.dp_zones(table.length);
  }

  /** Whether the program's ask says that the field should be asked for; undefined where it has none. */
  shouldAsk(field: string, now: number): boolean | undefined {
    return this.readings_(kAsk, now).find(([id]) => id === field)?.[1] as boolean | undefined;
  }

  /** The field that should be asked for next, null for none. */
  nextAsk(now: number): string | null {
    return this.held_(kAsk, now)[0] ?? null;
  }

  report(now: number): StateReport {
    const read = (kind: number) => Object.fromEntries(this.readings_(kind, now));
    const [stage] = this.readings_(kStage, now);
    return {
      stage: stage?.[0] ?? null,
      stageSince: (stage?.[1] as number) ?? null,
      behaviors: read(kBehavior),
      audiences: this.held_(kAudience, now),
      scores: read(kScore),
      tiers: read(kTier),
      propensity: read(kPropensity),
    };
  }

  /** Ids of the readings that are true. */
  private held_(kind: number, now: number): string[] {
    return this.readings_(kind, now).flatMap(([id, holds]) => (holds ? [id] : []));
  }

  private readings_(kind: number, now: number): [string, Reading][] {
    this.handInZones_();
    const readings: [string, Reading][] = [];
    while (true) {
      const row = this.wasm_.dp_reading(kind, readings.length, now);
      if (!row) return readings;
      readings.push(this.board_.reading(row));
    }
  }
}
