import type { EngineExports } from './module.js';
import { ModuleTexts, type Outcome, readOutcome } from './outcome.js';
import { type Fact, type FoldEvent, kMessageIdAt, RecordWriter } from './record.js';

/** A fired decision counts as shown at its own time, whatever the events say. */
export const kEffectsAtOnce = 1;

/** What the state says about the person, for people to read. */
export interface StateReport {
  stage: string | null;
  stageSince: number | null;
  behaviors: Record<string, number | null>;
  audiences: string[];
}

/**
 * One program and one profile's state, in one WebAssembly instance. Nothing in it is asynchronous; codes below zero are ABI.md's
 * errors and come back as numbers.
 */
export class Engine {
  facts: Fact[] = [];
  private readonly wasm_: EngineExports;
  private readonly writer_ = new RecordWriter();
  private texts_: ModuleTexts;
  // Of the module's memory, which moves when it grows, and the event buffer in it.
  private view_: DataView<ArrayBuffer>;
  private eventBuffer_ = new Uint8Array(0);

  constructor(wasm: EngineExports) {
    this.wasm_ = wasm;
    this.texts_ = new ModuleTexts(wasm.memory);
    this.view_ = new DataView(wasm.memory.buffer as ArrayBuffer);
  }

  /** Verifies and takes a program; the state becomes empty. 0 or an error. */
  load(program: Uint8Array): number {
    const { wasm_: wasm } = this;
    const pointer = wasm.dp_program_reserve(program.length);
    if (!pointer) return -4;
    new Uint8Array(wasm.memory.buffer, pointer, program.length).set(program);
    const error = wasm.dp_program_load(program.length);
    this.texts_ = new ModuleTexts(wasm.memory);
    this.view_ = new DataView(wasm.memory.buffer as ArrayBuffer);
    this.eventBuffer_ = new Uint8Array(this.view_.buffer, wasm.dp_event_buffer(), wasm.dp_event_capacity());
    if (error) return error;
    this.facts = Array.from({ length: wasm.dp_fact_count() }, (_, index) => {
      const path = this.text_(wasm.dp_fact_path(index))!;
      const dot = path.indexOf('.');
      return { root: path.slice(0, dot) as Fact['root'], key: path.slice(dot + 1) };
    });
    return 0;
  }

  /** Folds one event. An outcome, or an error: -6 does not fit or is malformed, -7 earlier than the state's clock. */
  step(event: FoldEvent, flags = 0): Outcome | number {
    const length = this.writer_.write(event, this.facts, this.eventBuffer_);
    if (!length) return -6;
    const error = this.wasm_.dp_step(length, flags);
    const messageId = { pointer: this.eventBuffer_.byteOffset + kMessageIdAt, messageId: event.messageId };
    return error ? error : readOutcome(this.view_, this.texts_, this.wasm_.dp_outcome(), messageId);
  }

  /** Performs the waits due at or before `now`. */
  wake(now: number, flags = 0): Outcome | number {
    const error = this.wasm_.dp_wake(now, flags);
    return error ? error : readOutcome(this.view_, this.texts_, this.wasm_.dp_outcome());
  }

  /** Time of the earliest wait, Infinity for none. */
  nextWake(): number {
    return this.wasm_.dp_next_wake();
  }

  /** Time of the latest event or wait the state has seen, -Infinity when it is empty. */
  clock(): number {
    return this.wasm_.dp_clock();
  }

  /** A copy of the state's bytes. */
  save(): Uint8Array {
    const { wasm_: wasm } = this;
    return new Uint8Array(wasm.memory.buffer, wasm.dp_state_buffer(), wasm.dp_state_length()).slice();
  }

  /** Takes the bytes of `save`, or none for an empty state. 0 or an error, and the state is empty. */
  restore(state?: Uint8Array): number {
    const { wasm_: wasm } = this;
    wasm.dp_state_reset();
    if (!state) return 0;
    if (state.length > wasm.dp_state_capacity()) return -9;
    new Uint8Array(wasm.memory.buffer, wasm.dp_state_buffer(), state.length).set(state);
    return wasm.dp_state_load(state.length);
  }

  report(now: number): StateReport {
    const { wasm_: wasm } = this;
    const behaviors: StateReport['behaviors'] = {};
    for (let index = 0; index < wasm.dp_behavior_count(); index++) {
      const value = wasm.dp_behavior_number(index, now);
      behaviors[this.text_(wasm.dp_behavior_id(index))!] = Number.isNaN(value) ? null : value;
    }
    const audiences: string[] = [];
    for (let index = 0; index < wasm.dp_audience_count(); index++) {
      if (wasm.dp_audience_holds(index, now)) audiences.push(this.text_(wasm.dp_audience_id(index))!);
    }
    const since = wasm.dp_stage_since();
    return {
      stage: this.text_(wasm.dp_stage()),
      stageSince: Number.isNaN(since) ? null : since,
      behaviors,
      audiences,
    };
  }

  private text_(pointer: number): string | null {
    return this.texts_.prefixed(pointer);
  }
}
