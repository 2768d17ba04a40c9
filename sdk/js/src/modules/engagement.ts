/** Captures attention: how far a page was scrolled (`Scroll Reached`) and how long it was looked at by somebody active (`Page Engaged`). */
import type { EngagementOptions } from '../browser/capture_options.js';
import type { Host } from '../browser/host.js';
import { engagedTime } from '../capture/engaged_time.js';
import { kEngagedPartMs, kScrollPauseMs } from '../core/limits.js';

const kInputs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchmove', 'scroll'];

const rootScroller = () => document.scrollingElement ?? document.documentElement;
const isMost = ({ clientWidth, clientHeight }: Element) =>
  clientHeight >= innerHeight / 2 && clientWidth >= innerWidth / 2;

/** The part of the page that scrolls: the document, or what holds its middle. */
function mainScroller(): Element {
  let at = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
  while (
    at &&
    !(
      at.scrollHeight > at.clientHeight + 1 &&
      isMost(at) &&
      /auto|scroll/.test(getComputedStyle(at).overflowY)
    )
  ) {
    at = at.parentElement;
  }
  return at ?? rootScroller();
}

export function start(host: Host, { scroll = [25, 50, 75, 100] }: EngagementOptions): () => void {
  const marks = [...scroll].sort((a, b) => a - b);
  const time = engagedTime();
  const now = () => performance.now();
  let main: Element | undefined;
  let scrolled: Element | undefined;
  let deepest = 0;
  let reached = 0;
  let isTold = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const measure = () => {
    main ??= mainScroller();
    const { scrollTop, clientHeight, scrollHeight } = main;
    // Zoomed pages end at fractions of a pixel.
    const percent = Math.floor(((scrollTop + clientHeight + 1) / scrollHeight) * 100);
    deepest = Math.max(deepest, Math.min(100, percent));
  };
  const look = () => {
    timer = undefined;
    if (scrolled && scrolled !== main && isMost(scrolled)) {
      main = scrolled;
      deepest = 0;
    }
    measure();
    while (scrolled === main && reached < marks.length && marks[reached]! <= deepest) {
      host.track('Scroll Reached', { percent: marks[reached++] });
    }
  };
  const input = ({ type, target }: Event) => {
    time.input(now());
    if (type === 'scroll') scrolled = target instanceof Element ? target : rootScroller();
    else if (main) return;
    timer ??= setTimeout(look, kScrollPauseMs);
  };
  for (const type of kInputs) host.listen(window, type, input);

  const see = () => (document.hidden ? time.hide(now()) : time.show(now()));
  see();
  host.listen(document, 'visibilitychange', see);
  host.listen(window, 'pageshow', see);
  host.onLeave(() => {
    if (document.hidden) time.hide(now());
    const engagedMs = time.take(now(), isTold ? kEngagedPartMs : 1);
    if (!engagedMs) return;
    if (!main) measure();
    isTold = true;
    host.observe('Page Engaged', { engagedMs, scrollPercent: deepest });
  });
  host.onEvent(({ type }) => {
    if (type !== 'page') return;
    clearTimeout(timer);
    timer = main = scrolled = undefined;
    deepest = reached = 0;
    isTold = false;
    time.take(now(), 0);
    see();
  });
  return () => clearTimeout(timer);
}
