import type { Decision } from '../core/types.js';
import { type Engine, kEffectsAtOnce } from '../engine/engine.js';
import type { ProfileEvent } from './event_file.js';

/** One line of the decision log: keys in the contract's order, absent ones left out. */
function line(profile: string, decision: Decision): string {
  const { anchor, trigger, outcome, reason, channel, slot, treatment, decisionId } = decision;
  return `${JSON.stringify({
    profile,
    timestamp: new Date(decision.timestamp).toISOString(),
    messageId: anchor,
    trigger,
    outcome,
    reason: reason ?? undefined,
    channel,
    slot: slot ?? undefined,
    treatment: treatment ?? undefined,
    decisionId,
  })}\n`;
}

/**
 * Folds the events of each profile, which come sorted by profile and order, and yields the log. Waits that end after a profile's last
 * event are not performed. Throws when the engine refuses an event.
 */
export function* decisionLog(
  engine: Engine,
  events: ProfileEvent[],
  effectsAtOnce = true,
): Generator<string> {
  let profile: string | undefined;
  for (const event of events) {
    if (event.profile !== profile) engine.restore();
    profile = event.profile;
    const outcome = engine.step(event, effectsAtOnce ? kEffectsAtOnce : 0);
    if (typeof outcome === 'number') {
      throw new Error(`event ${event.messageId} of profile ${profile}: the engine answers ${outcome}`);
    }
    for (const decision of outcome.decisions) yield line(profile, decision);
  }
}
