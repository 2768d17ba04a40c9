import { kLateMs } from '../core/limits.js';
import type { Decision } from '../core/types.js';
import { type Filling, filling } from './fields.js';
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
  const filled = new Map<Element, { decision: Decision; fill: Filling }>();
  const eyes = sight((element) => {
    const decision = filled.get(element)?.decision;
    if (decision) onSeen(decision);
  });

  const undo = (element: Element) => {
    filled.get(element)?.fill.undo();
    filled.delete(element);
    eyes.forget(element);
    element.removeAttribute(kShown);
  };
  const fill = (element: Element, decision: Decision) => {
    undo(element);
    const fill = filling(element, decision.content ?? {});
    filled.set(element, { decision, fill });
    fill.apply();
    element.setAttribute(kShown, decision.decisionId);
    eyes.expect(element);
  };
  const elements = (): Element[] => [...document.querySelectorAll(`[${kSlot}]`)];
  const named = (element: Element) => element.getAttribute(kSlot) ?? '';

  for (const element of elements()) eyes.watch(element, true);
  // What the parser or a script adds is filled before it is painted.
  const observer = new MutationObserver(() => {
    for (const element of elements()) {
      eyes.watch(element, false);
      const decision = proposals.get(named(element));
      if (filled.has(element)) filled.get(element)!.fill.apply();
      else if (decision && decision.reason !== 'late') fill(element, decision);
    }
    for (const element of [...filled.keys()]) if (!element.isConnected) undo(element);
    // What was written just now is not news.
    observer.takeRecords();
  });
  observer.observe(document, { childList: true, subtree: true });

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
