/** Captures where a page fails its visitor: clicks of anger (`Rage Clicked`) and clicks that nothing answers (`Dead Clicked`). */
import type { Host } from '../browser/host.js';
import { elementFacts, isPrivate, pathOf } from '../capture/element_facts.js';
import { rageClicks } from '../capture/rage_clicks.js';
import { kDeadMs, kFrictions, kRageClicks } from '../core/limits.js';
import type { Fields } from '../core/types.js';

const kClickable =
  'a[href],button,summary,[onclick],[role=button],[role=link],[role=tab],[role=option],[role=switch],[role^=menuitem],input[type=submit],input[type=button],input[type=reset],input[type=image]';
/** Where people click to write and choose, and what changes unseen. */
const kUnjudged =
  'input:not([type=submit],[type=button],[type=reset],[type=image]),textarea,select,option,label,audio,video,canvas,iframe,embed,object';
const kAnswers = [
  'scroll',
  'input',
  'change',
  'popstate',
  'hashchange',
  'beforetoggle',
  'toggle',
  'submit',
  'play',
  'pause',
  'copy',
  'fullscreenchange',
];

const isText = (element: Element) =>
  (element as HTMLElement).isContentEditable || element.matches('input,textarea,select');

/** A click on a link that leads away is answered by the browser, however long that takes. */
function leadsAway(path: Element[], event: MouseEvent): boolean {
  const link = path.find((element) => element.matches('a[href],area[href]'));
  if (!link || event.defaultPrevented) return false;
  const href = link.getAttribute('href')!;
  return !/^\s*(#|javascript:)/i.test(href);
}

export function start(host: Host): () => void {
  let isPressing = false;
  const raged = new Set<Element>();
  const dead = new Set<Element>();
  const isRage = rageClicks();
  let endWatch: (() => void) | undefined;
  // Only once every handler of a click has run is it known whether a link was kept from leading away.
  let settle: (() => void) | undefined;

  const tell = (event: string, told: Set<Element>, element: Element, more: Fields) => {
    if (told.has(element) || told.size >= kFrictions) return;
    told.add(element);
    const facts = elementFacts(element);
    // What is written on buttons is the site's; elsewhere it may be anybody's.
    if (!element.matches(kClickable)) delete facts.text;
    host.track(event, { ...facts, ...more });
  };
  const answered = () => endWatch?.();

  const watch = (event: MouseEvent, element: Element, path: Element[]) => {
    const address = location.href;
    const observer = new MutationObserver(answered);
    const what = { childList: true, subtree: true, attributes: true, characterData: true };
    for (const target of event.composedPath()) {
      if (target instanceof Document || target instanceof ShadowRoot) observer.observe(target, what);
    }
    const timer = setTimeout(() => {
      answered();
      if (location.href === address && element.isConnected) tell('Dead Clicked', dead, element, {});
    }, kDeadMs);
    settle = () => {
      if (leadsAway(path, event)) answered();
    };
    const settled = setTimeout(settle);
    endWatch = () => {
      clearTimeout(timer);
      clearTimeout(settled);
      observer.disconnect();
      endWatch = settle = undefined;
    };
  };

  host.listen(window, 'click', (event: MouseEvent) => {
    isPressing = false;
    settle?.();
    const path = pathOf(event);
    const [target] = path;
    // A key or a script clicks without a count.
    if (!target || !event.detail || isPrivate(target)) return;
    const clickable = path.find((element) => element.matches(kClickable));
    const element = clickable ?? target;
    if (!isText(target) && isRage(event.timeStamp, event.clientX, event.clientY)) {
      tell('Rage Clicked', raged, element, { clicks: kRageClicks });
    }
    const modified = event.ctrlKey || event.metaKey || event.shiftKey || event.altKey;
    if (endWatch || modified || dead.has(element) || isText(target) || target.matches(kUnjudged)) return;
    if (clickable || getComputedStyle(target).cursor === 'pointer') watch(event, element, path);
  });
  for (const type of kAnswers) host.listen(window, type, answered);
  const { navigation } = window as { navigation?: EventTarget };
  if (navigation) host.listen(navigation, 'navigate', answered);
  // The focus that the next click moves is no answer to the one before.
  host.listen(window, 'mousedown', () => {
    isPressing = true;
    setTimeout(() => {
      isPressing = false;
    });
  });
  for (const type of ['focusin', 'blur']) host.listen(window, type, () => isPressing || answered());
  host.listen(document, 'selectionchange', () => {
    if (!getSelection()?.isCollapsed) answered();
  });
  host.onLeave(answered);
  host.onEvent(({ type }) => {
    if (type !== 'page') return;
    answered();
    raged.clear();
    dead.clear();
  });
  return answered;
}
