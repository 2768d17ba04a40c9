import { kLateMs } from '../core/limits.js';
import type { Decision } from '../core/types.js';
import { fillFields } from './fields.js';
import { sight } from './sight.js';

/** The page's `[data-dp-slot]` elements and what is proposed for them. */
export interface Slots {
  /**
   * Takes a fired decision for its slot and fills the elements there are; later ones are filled as they come. `answers`: the decision
   * answers what the visitor did on this page, so it may change what is in view. False: it came late, and nothing was changed.
   */
  propose(decision: Decision, answers: boolean): boolean;
  current(slot: string): Decision | undefined;
  all(): Decision[];
  /** Puts the default content back. */
  clear(): void;
}

const kSlot = 'data-dp-slot';
const kShown = 'data-dp-decision';

export function slots(onSeen: (decision: Decision) => void): Slots {
  const proposals = new Map<string, Decision>();
  const filled = new Map<Element, { decision: Decision; undo: () => void }>();
  const eyes = sight((element) => {
    const decision = filled.get(element)?.decision;
    if (decision) onSeen(decision);
  });

  const undo = (element: Element) => {
    filled.get(element)?.undo();
    filled.delete(element);
    eyes.forget(element);
    element.removeAttribute(kShown);
  };
  const fill = (element: Element, decision: Decision) => {
    undo(element);
    filled.set(element, { decision, undo: fillFields(element, decision.content ?? {}) });
    element.setAttribute(kShown, decision.decisionId);
    eyes.expect(element);
  };
  const elements = (): Element[] => [...document.querySelectorAll(`[${kSlot}]`)];
  const named = (element: Element) => element.getAttribute(kSlot) ?? '';

  for (const element of elements()) eyes.watch(element, true);
  // What the parser or a script adds is filled before it is painted.
  new MutationObserver((records) => {
    if (!records.some((record) => record.addedNodes.length)) return;
    for (const element of elements()) {
      eyes.watch(element, false);
      const decision = proposals.get(named(element));
      if (decision && decision.reason !== 'late' && !filled.has(element)) fill(element, decision);
    }
    for (const element of [...filled.keys()]) if (!element.isConnected) undo(element);
  }).observe(document, { childList: true, subtree: true });

  return {
    propose(decision, answers) {
      const slot = decision.slot!;
      const targets = elements().filter((element) => named(element) === slot);
      const late = !answers && targets.some((element) => eyes.inView(element) > kLateMs);
      proposals.set(slot, late ? { ...decision, reason: 'late' } : decision);
      if (!late) for (const element of targets) fill(element, decision);
      return !late;
    },
    current: (slot) => proposals.get(slot),
    all: () => [...proposals.values()],
    clear() {
      proposals.clear();
      for (const element of [...filled.keys()]) undo(element);
    },
  };
}
