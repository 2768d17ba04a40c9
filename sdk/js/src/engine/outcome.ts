import type { Decision, Fields, StageMove } from '../core/types.js';

export interface Outcome {
  decisions: Decision[];
  moves: StageMove[];
}

const kReasons = [
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
const decoder = new TextDecoder();

/** Texts of the module's memory. Those of the program lie still while it is loaded and are decoded once. */
export class ModuleTexts {
  private readonly known_ = new Map<number, string>();

  constructor(private readonly memory_: WebAssembly.Memory) {}

  /** The bytes at `pointer`, decoded anew. */
  decode(pointer: number, length: number): string {
    return decoder.decode(new Uint8Array(this.memory_.buffer, pointer, length));
  }

  /** The same for a text of the program; null for none. */
  ofProgram(pointer: number, length: number): string | null {
    if (!length) return null;
    let text = this.known_.get(pointer);
    if (text === undefined) {
      text = this.decode(pointer, length);
      this.known_.set(pointer, text);
    }
    return text;
  }

  /** A text that stands behind its length; null at 0. */
  prefixed(pointer: number): string | null {
    if (!pointer) return null;
    return this.ofProgram(pointer + 4, new DataView(this.memory_.buffer).getUint32(pointer, true)) ?? '';
  }
}

function contentOf(text: string | null): Fields | null {
  try {
    return JSON.parse(text as string);
  } catch {
    return null;
  }
}

/**
 * Copies the outcome table out of the module's memory, which the next call overwrites. `event` tells where
 * the stepped event's messageId lies: most decisions are anchored in it. Content is read for what fired alone; what was held back has null.
 */
export function readOutcome(
  view: DataView,
  texts: ModuleTexts,
  pointer: number,
  event?: { pointer: number; messageId: string },
): Outcome {
  const u32 = (at: number) => view.getUint32(at, true);
  const text = (at: number) => texts.ofProgram(u32(at), u32(at + 4));
  const outcome: Outcome = { decisions: [], moves: [] };
  const decisions = u32(pointer);
  const moves = u32(pointer + 4);
  let at = pointer + 8;
  for (let index = 0; index < decisions; index++, at += 80) {
    const fired = u32(at) === 1;
    const timestamp = view.getFloat64(at + 8, true);
    const anchor =
      u32(at + 16) === event?.pointer ? event.messageId : texts.decode(u32(at + 16), u32(at + 20));
    const trigger = text(at + 24)!;
    const channel = text(at + 32)!;
    outcome.decisions.push({
      decisionId: `${anchor}~${trigger}~${channel}`,
      trigger,
      outcome: fired ? 'fired' : 'suppressed',
      reason: kReasons[u32(at + 4)] ?? null,
      timestamp,
      anchor,
      channel,
      slot: text(at + 40),
      purpose: text(at + 48),
      promise: text(at + 56),
      content: fired ? contentOf(text(at + 64)) : null,
    });
  }
  for (let index = 0; index < moves; index++, at += 24) {
    outcome.moves.push({
      stage: text(at + 16)!,
      previous: text(at + 8),
      timestamp: view.getFloat64(at, true),
    });
  }
  return outcome;
}
