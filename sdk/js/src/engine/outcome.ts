import type { Assignment, Decision, Fields, StageMove } from '../core/types.js';
import type { EngineExports } from './module.js';

/** What events and waits decided, in the order of arbitration. */
export interface Outcome {
  decisions: Decision[];
  moves: StageMove[];
  assignments: Assignment[];
}

/** What one call decided. */
export interface StepOutcome extends Outcome {
  /** those of the decisions that fired: reading them alone makes no object of what was held back */
  readonly fired: Decision[];
}
export const nothing = (): Outcome => ({ decisions: [], moves: [], assignments: [] });

export const kReasons = [
  null,
  'consent',
  'suppressed',
  'holdout',
  'quiet_hours',
  'purpose_served',
  'promise_conflict',
  'cap_trigger',
  'cap_purpose',
  'cap_channel',
  'lower_priority',
  'stale',
  'late',
];
/** What a reading says: of an affinity its texts, dearest first; null where there is nothing. */
export type Reading = number | string | boolean | string[] | null;

const kTagText = 4;
const kTagArray = 5;
const kNoReason = 0;
const kAnyReason = 255;
let decoder: TextDecoder | undefined;

/** What every decision on one trigger's action says. */
interface Proposal {
  trigger: string;
  channel: string;
  slot: string | null;
  purpose: string | null;
  promise: string | null;
  content(): Fields | null;
  /** of the decisionId, behind the anchor */
  suffix: string;
  triggerIndex: number;
}

/** What decisions that follow each other share. */
interface Moment {
  time: number;
  anchor: string;
  treatment: string | null;
  end: number;
}

/** Parsed once and shared by all decisions that carry it: nobody may write to it. */
function contentOf(text: string): Fields | null {
  return JSON.parse(text, (_, value) => Object.freeze(value));
}

/** Views of a module's memory while one program is loaded: the memory moves when another one is. */
export class Board {
  readonly memory: ArrayBuffer;
  private readonly words_: Uint32Array;
  private readonly numbers_: Float64Array;
  private readonly board_: number;
  private readonly decisions_: number;
  private readonly moments_: number;
  private readonly moves_: number;
  private readonly assignments_: number;
  private readonly texts_ = new Map<number, string>();
  private readonly proposals_: Proposal[] = [];

  constructor(private readonly wasm_: EngineExports) {
    this.memory = wasm_.memory.buffer as ArrayBuffer;
    this.words_ = new Uint32Array(this.memory);
    this.numbers_ = new Float64Array(this.memory);
    this.board_ = wasm_.dp_board() >>> 2;
    this.decisions_ = this.field(11) >>> 2;
    this.moments_ = this.field(12) >>> 2;
    this.moves_ = this.field(13) >>> 2;
    this.assignments_ = this.field(21) >>> 2;
  }

  /** A word of the board, by its place. */
  field(place: number): number {
    return this.words_[this.board_ + place]!;
  }

  word(pointer: number): number {
    return this.words_[pointer >>> 2]!;
  }

  /** A row of dp_reading: id and value. */
  reading(pointer: number): [string, Reading] {
    const [, , id, tag, at, count] = this.words_.subarray(pointer >>> 2) as unknown as number[];
    const values: Reading[] = [null, false, true, this.numbers_[pointer >>> 3]!];
    let value = values[tag!] ?? null;
    if (tag === kTagText) value = this.decode(at!, count!);
    if (tag === kTagArray) value = this.readTexts_(at!, count!);
    return [this.text(id!)!, value];
  }

  /** The items of an array of texts, each behind its tag and its length. */
  private readTexts_(at: number, count: number): string[] {
    const view = new DataView(this.memory);
    return Array.from({ length: count }, () => {
      const length = view.getUint32(at + 1, true);
      at += 5 + length;
      return this.decode(at - length, length);
    });
  }

  get clock(): number {
    return this.numbers_[this.board_ >>> 1]!;
  }

  get nextWake(): number {
    return this.numbers_[(this.board_ >>> 1) + 1]!;
  }

  /** The text behind its length at `pointer`, decoded once; null at 0. The program's texts lie still. */
  text(pointer: number): string | null {
    if (!pointer) return null;
    let text = this.texts_.get(pointer);
    if (text === undefined) {
      const view = new DataView(this.memory, pointer);
      text = this.decode(pointer + 4, view.getUint32(0, true));
      this.texts_.set(pointer, text);
    }
    return text;
  }

  decode(pointer: number, length: number): string {
    decoder ??= new TextDecoder();
    return decoder.decode(new Uint8Array(this.memory, pointer, length));
  }

  /** What the last call left. `messageId` is the stepped event's and lies at `pointer`: most decisions are anchored in it. */
  outcome(pointer: number, messageId: string): StepOutcome {
    const anchorAt = (word: number) =>
      this.words_[word] === pointer ? messageId : this.decode(this.words_[word]!, this.words_[word + 1]!);
    const moments: Moment[] = [];
    for (let left = this.field(5), word = this.moments_; left > 0; left--, word += 6) {
      moments.push({
        time: this.numbers_[word >>> 1]!,
        anchor: anchorAt(word + 2),
        treatment: this.text(this.words_[word + 4]!),
        end: this.words_[word + 5]!,
      });
    }
    const moves: StageMove[] = [];
    for (let left = this.field(6), word = this.moves_; left > 0; left--, word += 8) {
      moves.push({
        stage: this.text(this.words_[word + 3]!),
        previous: this.text(this.words_[word + 2]!),
        timestamp: this.numbers_[word >>> 1]!,
        anchor: anchorAt(word + 4),
        rule: this.words_[word + 6]!,
      });
    }
    const assignments: Assignment[] = [];
    for (let left = this.field(20), word = this.assignments_; left > 0; left--, word += 10) {
      assignments.push({
        timestamp: this.numbers_[word >>> 1]!,
        experiment: this.text(this.words_[word + 2]!)!,
        treatment: this.text(this.words_[word + 3]!)!,
        unit: this.decode(this.words_[word + 4]!, this.words_[word + 5]!),
        anchor: anchorAt(word + 6),
        holdout: this.words_[word + 8] === 1,
      });
    }
    const rows: number[] = [];
    const end = this.decisions_ + (moments.at(-1)?.end ?? 0) * 2;
    for (let word = this.decisions_; word < end; word++) rows.push(this.words_[word]!);
    return new LazyOutcome(this, rows, moments, moves, assignments);
  }

  /** Trigger and action of a decision that this board has told, by their indexes. */
  placeOf({ trigger, channel, slot }: Decision): [number, number] {
    const action = this.proposals_.findIndex(
      (known) => known?.trigger === trigger && known.channel === channel && known.slot === slot,
    );
    return [this.proposals_[action]?.triggerIndex ?? -1, action];
  }

  proposal(trigger: number, action: number): Proposal {
    const known = this.proposals_[action];
    if (known?.triggerIndex === trigger) return known;
    const row = this.wasm_.dp_proposal(trigger, action) >>> 2;
    const text = (place: number) => this.text(this.words_[row + place]!);
    const json = text(5)!;
    let content: Fields | null | undefined;
    const proposal: Proposal = {
      trigger: text(0)!,
      channel: text(1)!,
      slot: text(2),
      purpose: text(3),
      promise: text(4),
      content: () => {
        content ??= contentOf(json);
        return content;
      },
      suffix: `~${text(0)}~${text(1)}`,
      triggerIndex: trigger,
    };
    this.proposals_[action] = proposal;
    return proposal;
  }
}

/** Decisions become objects once somebody looks at them: of ten thousand rules, a hundred that were held back cost their row alone. */
class LazyOutcome implements StepOutcome {
  private decisions_: Decision[] | undefined;

  constructor(
    private readonly board_: Board,
    private readonly rows_: number[],
    private readonly moments_: Moment[],
    readonly moves: StageMove[],
    readonly assignments: Assignment[],
  ) {}

  get decisions(): Decision[] {
    this.decisions_ ??= this.read_(kAnyReason);
    return this.decisions_;
  }

  get fired(): Decision[] {
    return this.decisions_?.filter(({ outcome }) => outcome === 'fired') ?? this.read_(kNoReason);
  }

  /** Those whose reason is at most `reasonMax`. */
  private read_(reasonMax: number): Decision[] {
    const { board_: board, rows_: rows } = this;
    const decisions: Decision[] = [];
    let row = 0;
    for (const { time, anchor, treatment, end } of this.moments_) {
      for (; row < end; row++) {
        const trigger = rows[row * 2]!;
        const reason = trigger >>> 24;
        if (reason > reasonMax) continue;
        const proposal = board.proposal(trigger & 0xffffff, rows[row * 2 + 1]!);
        decisions.push({
          decisionId: anchor + proposal.suffix,
          trigger: proposal.trigger,
          outcome: reason ? 'suppressed' : 'fired',
          reason: kReasons[reason] ?? null,
          timestamp: time,
          anchor,
          channel: proposal.channel,
          slot: proposal.slot,
          purpose: proposal.purpose,
          promise: proposal.promise,
          treatment,
          content: reason ? null : proposal.content(),
        });
      }
    }
    return decisions;
  }
}
