import { kReservationMs } from '../core/limits.js';
import type { Lock } from '../core/lock.js';
import type { Decision, Fields } from '../core/types.js';
import { exposureFields } from './exposures.js';
import type { Reservations } from './reservations.js';
import type { Slots } from './slots.js';

export interface ProposingParts {
  slots: Slots;
  isHidden(): boolean;
  lock: Lock;
  reservations: Reservations;
  /** Folds what other tabs have journaled. */
  catchUp(): void;
  /** Why the decision must not be shown now, null where it may. */
  gate(decision: Decision, reserved: Fields[]): string | null;
  onDecision(decision: Decision): void;
}

/**
 * From a fired decision to a filled slot. The slot is filled at once, so that nothing flickers; then, with the lock that one tab at a
 * time has, other tabs' events are folded, the gate is asked again, and the proposal reserved, or taken back if another tab was first. Only what is
 * reserved can be exposed. A hidden page fills nothing before it is seen.
 */
export interface Proposing {
  /** `answers`: the decision answers what the visitor did on this page. */
  propose(decision: Decision, answers: boolean): void;
  /** The decision was seen: its exposure counts from now on, not its reservation. */
  settle(decision: Decision): void;
  /** Another page view begins, then has decided: what is not proposed anew is put back. */
  beginView(): void;
  endView(): void;
  /** Another person: every default is back. */
  clear(): void;
  /** The page goes: what was not seen is free for other tabs. */
  leave(): void;
  /** The page is back, from the back-forward cache. */
  resume(): void;
}

export function proposing(parts: ProposingParts): Proposing {
  const { slots, reservations } = parts;
  const waiting = new Map<string, [Decision, boolean]>();
  const unseen = new Map<string, Decision>();
  const unconfirmed = new Set<Decision>();
  let willExpire = false;

  const stopped = (decision: Decision): string | null =>
    parts.gate(decision, reservations.others(decision.decisionId));
  const hold = (decision: Decision, reason: string) =>
    parts.onDecision({ ...decision, outcome: 'suppressed', reason });
  const forget = (decisions: Iterable<Decision>) => {
    const ids = [...decisions].map(({ decisionId }) => decisionId);
    for (const id of ids) unseen.delete(id);
    reservations.release(ids);
  };

  const confirm = () => {
    parts.catchUp();
    const decisions = [...unconfirmed];
    unconfirmed.clear();
    for (const decision of decisions) {
      if (!slots.stands(decision)) continue;
      const reason = stopped(decision);
      if (reason) {
        slots.withdraw(decision);
        forget([decision]);
        hold(decision, reason);
        continue;
      }
      reservations.take(decision.decisionId, exposureFields(decision));
      unseen.set(decision.decisionId, decision);
      slots.expect(decision);
    }
    // What nobody has scrolled to for so long is the other tabs' again.
    if (unseen.size && !willExpire) setTimeout(expire, kReservationMs);
    willExpire ||= unseen.size > 0;
  };
  const expire = () => {
    willExpire = false;
    for (const decision of unseen.values()) slots.withdraw(decision);
    forget(unseen.values());
  };
  const confirmSoon = (decision: Decision) => {
    const first = !unconfirmed.size;
    unconfirmed.add(decision);
    if (first) parts.lock(confirm).catch(confirm);
  };

  const show = (decision: Decision, answers: boolean) => {
    const reason = stopped(decision);
    if (reason) return hold(decision, reason);
    const before = slots.current(decision.slot!);
    if (!slots.propose(decision, answers)) return hold(decision, 'late');
    if (before) forget([before]);
    parts.onDecision(decision);
    confirmSoon(decision);
  };

  addEventListener('visibilitychange', () => {
    if (parts.isHidden()) return;
    const due = [...waiting.values()];
    waiting.clear();
    for (const [decision, answers] of due) show(decision, answers);
  });

  return {
    propose(decision, answers) {
      if (parts.isHidden()) waiting.set(decision.slot!, [decision, answers]);
      else show(decision, answers);
    },
    settle: (decision) => forget([decision]),
    beginView() {
      waiting.clear();
      forget(unseen.values());
      slots.beginView();
    },
    endView: slots.endView,
    clear() {
      waiting.clear();
      forget(unseen.values());
      slots.clear();
    },
    leave() {
      reservations.release([...unseen.keys()]);
    },
    resume() {
      for (const decision of unseen.values()) confirmSoon(decision);
    },
  };
}
