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

export function textAt(memory: ArrayBuffer, pointer: number): string | null {
  return pointer ? spanAt(memory, pointer + 4, new DataView(memory).getUint32(pointer, true)) : null;
}

function spanAt(memory: ArrayBuffer, pointer: number, length: number): string | null {
  return length ? decoder.decode(new Uint8Array(memory, pointer, length)) : null;
}

function contentOf(text: string | null): Fields | null {
  try {
    return JSON.parse(text as string);
  } catch {
    return null;
  }
}

/** Copies the outcome table out of the module's memory, which the next call overwrites. */
export function readOutcome(memory: ArrayBuffer, pointer: number): Outcome {
  const view = new DataView(memory);
  const u32 = (at: number) => view.getUint32(at, true);
  const text = (at: number) => spanAt(memory, u32(at), u32(at + 4));
  const outcome: Outcome = { decisions: [], moves: [] };
  const decisions = u32(pointer);
  const moves = u32(pointer + 4);
  let at = pointer + 8;
  for (let index = 0; index < decisions; index++, at += 80) {
    const anchor = text(at + 16)!;
    const trigger = text(at + 24)!;
    const channel = text(at + 32)!;
    outcome.decisions.push({
      decisionId: `${anchor}~${trigger}~${channel}`,
      trigger,
      outcome: u32(at) ? 'fired' : 'suppressed',
      reason: kReasons[u32(at + 4)] ?? null,
      timestamp: view.getFloat64(at + 8, true),
      anchor,
      channel,
      slot: text(at + 40),
      purpose: text(at + 48),
      promise: text(at + 56),
      content: contentOf(text(at + 64)),
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
