import { Engine } from './engine.js';
import { kReasons } from './outcome.js';
import type { FoldEvent } from './record.js';

/** A fact that a trigger's conditions look at, or a group or audience of them. */
export interface ExplainedCondition {
  /** what the trigger's event must carry; what of `when` a waiting trigger needs of the event that arms it; the rest of `when` */
  part: 'where' | 'arm' | 'when';
  /** groups and audiences around it */
  depth: number;
  /** whose condition it belongs to */
  audience?: string;
  fact?: string;
  /** `$gte`, `$and`, … */
  op: string;
  /** what the fact is compared with */
  than?: unknown;
  /** what was found; absent where the fact is missing */
  value?: unknown;
  held: boolean;
  /** a window held more than its behavior keeps, or a text was cut */
  inexact?: true;
}

export interface ExplainedAction {
  channel: string;
  slot?: string;
  treatment?: string;
  /** what arbitration would answer if the trigger came to be decided alone; absent where it would speak */
  reason?: string;
}

/** Why a trigger speaks, or why not. */
export interface Explanation {
  trigger: string;
  /** as declared, or as the person's treatment has it */
  enabled: boolean;
  where: boolean;
  armed: boolean;
  when: boolean;
  /** when its wait ends; absent where it waits for nothing */
  due?: number;
  conditions: ExplainedCondition[];
  actions: ExplainedAction[];
}

type Part = ExplainedCondition['part'];
const kParts: Part[] = ['where', 'arm', 'when'];
const kAction = 3;
const kTypes = ['null', 'boolean', 'boolean', 'number', 'string', 'array', 'object'];
const kTagNumber = 3;
const kTagText = 4;
const kTagArray = 5;
const kTagMissing = 255;
const kSimple = [null, false, true];

/** Reads the tagged values of ABI.md. */
class ValueReader {
  private readonly view_: DataView;

  constructor(
    memory: ArrayBuffer,
    private at_ = 0,
  ) {
    this.view_ = new DataView(memory);
  }

  u32(): number {
    this.at_ += 4;
    return this.view_.getUint32(this.at_ - 4, true);
  }

  text(length = this.u32()): string {
    this.at_ += length;
    return new TextDecoder().decode(new Uint8Array(this.view_.buffer, this.at_ - length, length));
  }

  /** What the row of a value says. */
  row(): unknown {
    const number = this.number_();
    const tag = this.u32();
    const items = new ValueReader(this.view_.buffer as ArrayBuffer, this.u32());
    const count = this.u32();
    if (tag === kTagMissing) return undefined;
    return tag === kTagNumber ? number : tag < kTagNumber ? kSimple[tag] : items.body_(tag, count);
  }

  private number_(): number {
    this.at_ += 8;
    return this.view_.getFloat64(this.at_ - 8, true);
  }

  private value_(): unknown {
    const tag = this.view_.getUint8(this.at_++);
    if (tag < kTagNumber) return kSimple[tag];
    if (tag === kTagNumber) return this.number_();
    if (tag === kTagText) return this.text();
    this.u32();
    return this.body_(tag, this.u32());
  }

  private body_(tag: number, count: number): unknown {
    if (tag === kTagText) return this.text(count);
    if (tag === kTagArray) return Array.from({ length: count }, () => this.value_());
    return Object.fromEntries(Array.from({ length: count }, () => [this.text(), this.value_()]));
  }
}

/** The engine that tells the facts behind a decision, of the module desirepath.explain.wasm. */
export class ExplainingEngine extends Engine {
  /**
   * Explains the trigger at `now`, with `event` as if it came then; null for a trigger the program has not. Nothing is changed.
   * Throws on any other build, and for an event that does not fit.
   */
  explain(trigger: string, now: number, event?: FoldEvent): Explanation | null {
    const { wasm_: wasm } = this;
    if (!wasm.dp_explain) throw new Error('this build explains nothing; load desirepath.explain.wasm');
    this.handInZones_(event?.context?.timezone);
    const length = event ? this.writer_.write(event, this.indexes_, this.eventBuffer_) : 0;
    if (event && !length) throw new RangeError('the event does not fit a record');
    for (let index = 0; ; index++) {
      const id = this.trigger_(wasm.dp_explain(index, 0, length, now));
      if (id === undefined) return null;
      if (id === trigger)
        return this.explanation_(trigger, (line) => wasm.dp_explain!(index, line, length, now));
    }
  }

  private trigger_(line: number): string | undefined {
    return line ? this.board_.text(this.board_.word(line + 8))! : undefined;
  }

  private explanation_(trigger: string, lineAt: (index: number) => number): Explanation {
    const { board_: board } = this;
    const first = lineAt(0);
    const enabled = board.word(first + 20) === 1;
    const due = new ValueReader(board.memory, first + 48).row() as number | undefined;
    const conditions: ExplainedCondition[] = [];
    const actions: ExplainedAction[] = [];
    for (let index = 1, line = lineAt(1); line; line = lineAt(++index)) {
      if (board.word(line) === kAction) actions.push(this.action_(line));
      else conditions.push(this.condition_(line));
    }
    const held = (part: Part) =>
      conditions.find((condition) => condition.part === part && !condition.depth)?.held ?? true;
    return {
      trigger,
      enabled,
      where: held('where'),
      armed: held('arm'),
      when: held('when'),
      ...(due !== undefined && { due }),
      conditions,
      actions,
    };
  }

  private action_(line: number): ExplainedAction {
    const { board_: board } = this;
    const text = (at: number) => board.text(board.word(line + at)) ?? undefined;
    const slot = text(12);
    const treatment = text(16);
    const reason = kReasons[board.word(line + 20)];
    return {
      channel: text(8)!,
      ...(slot !== undefined && { slot }),
      ...(treatment !== undefined && { treatment }),
      ...(reason && { reason }),
    };
  }

  private condition_(line: number): ExplainedCondition {
    const { board_: board } = this;
    const bytes = (at: number) => board.decode(board.word(line + at), board.word(line + at + 4));
    const audience = board.text(board.word(line + 8));
    const fact = bytes(24);
    const op = bytes(32);
    const value = new ValueReader(board.memory, line + 48).row();
    let than = new ValueReader(board.memory, line + 72).row();
    if (op === '$type') {
      const mask = than as number;
      than = [...new Set(kTypes.filter((_, tag) => (mask >> tag) & 1))].join(' ');
    }
    return {
      part: kParts[board.word(line)]!,
      depth: board.word(line + 4),
      ...(audience !== null && { audience }),
      ...(fact && { fact }),
      op,
      ...(than !== undefined && { than }),
      ...(value !== undefined && { value }),
      held: board.word(line + 20) === 1,
      ...(board.word(line + 40) && { inexact: true }),
    };
  }
}
