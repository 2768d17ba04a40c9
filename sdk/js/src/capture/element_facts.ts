import { kNameChars, kSelectorSiblings, kSelectorSteps, kTextChars, kTextNodes } from '../core/limits.js';
import type { Fields } from '../core/types.js';
import { plainText } from './private_text.js';

/** What an element says in markup: `data-dp-event` names an event, `data-dp-prop-*` its properties. */
export interface Marked {
  event: string;
  properties: Fields;
}

const kEvent = 'data-dp-event';
const kProperty = 'data-dp-prop-';
const kUntold =
  '[data-dp-private],input,textarea,select,[contenteditable]:not([contenteditable=false]),script,style,template,noscript';

/** The elements an event met, from the inside out, through open shadow roots. */
export const pathOf = (event: Event): Element[] =>
  event.composedPath().filter((target): target is Element => target instanceof Element);

const parentOf = (element: Element): Element | null =>
  element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as ShadowRoot).host ?? null;

/** Inside `data-dp-private`, or the element itself: nothing of it is told. */
export function isPrivate(element: Element): boolean {
  for (let at: Element | null = element; at; at = parentOf(at)) {
    if (at.hasAttribute('data-dp-private')) return true;
  }
  return false;
}

/** Undefined where the element names no event. */
export function marked(element: Element): Marked | undefined {
  const event = element.getAttribute(kEvent);
  if (!event) return;
  const properties: Fields = {};
  for (const { name, value } of element.attributes) {
    if (name.startsWith(kProperty)) properties[name.slice(kProperty.length)] = value;
  }
  return { event, properties };
}

/** What is written on an element, without what people write themselves. */
function textOf(element: Element): string {
  const waiting: Node[] = [element];
  let text = '';
  for (let seen = 0; waiting.length && seen < kTextNodes && text.length < kTextChars * 2; seen++) {
    const node = waiting.pop()!;
    if (node instanceof Text) text += node.data;
    if (!(node instanceof Element) || node.matches(kUntold)) continue;
    const children = node instanceof HTMLSlotElement ? node.assignedNodes() : [];
    waiting.push(...[...(children.length ? children : node.childNodes)].slice(0, kTextNodes).reverse());
    text += ' ';
  }
  return text;
}

/** The property may be another thing: a form's field of that name. */
const idOf = (element: Element) => element.getAttribute('id')?.slice(0, kNameChars) || undefined;

/** An id that a person chose: those that frameworks count up change with each build. */
const chosenId = (element: Element) => /^[a-z](?!.*\d{3})[\w-]*$/i.exec(idOf(element) ?? '')?.[0];

function step(element: Element): string {
  const tag = element.localName;
  let before = 0;
  let after = element.nextElementSibling;
  for (
    let at = element.previousElementSibling;
    at && before < kSelectorSiblings;
    at = at.previousElementSibling
  ) {
    if (at.localName === tag) before++;
  }
  for (let n = 0; after && after.localName !== tag && n < kSelectorSiblings; n++)
    after = after.nextElementSibling;
  return before || after?.localName === tag ? `${tag}:nth-of-type(${before + 1})` : tag;
}

/** A short path to the element that holds as long as the page's structure does: up to the next id, or a few steps. */
export function selectorOf(element: Element): string {
  const steps: string[] = [];
  for (
    let at: Element | null = element;
    at && steps.length < kSelectorSteps;
    at = at.parentElement ?? parentOf(at)
  ) {
    const id = chosenId(at);
    steps.unshift(id ? `#${id}` : step(at));
    if (id || at === document.body) break;
  }
  return steps.join('>');
}

/** The element as properties of an event. Never a value; nothing of what is private or can be edited. */
export function elementFacts(element: Element): Fields {
  const editable = (element as HTMLElement).isContentEditable;
  const words = editable || element.matches(kUntold) ? undefined : textOf(element);
  const shown = words?.trim() ? words : editable ? undefined : element.getAttribute('aria-label');
  return {
    tag: element.localName,
    text: plainText(shown, kTextChars),
    id: idOf(element),
    selector: selectorOf(element),
  };
}
