/** Captures moments to speak at, once a page view: `Exit Intended`, `Visitor Idle`. */
import type { MomentOptions } from '../browser/capture_options.js';
import type { Host } from '../browser/host.js';
import { kIdleSeconds } from '../core/limits.js';

const kInputs = ['pointermove', 'pointerdown', 'keydown', 'wheel', 'touchmove', 'scroll'];

export function start(host: Host, { idleSeconds = kIdleSeconds }: MomentOptions): () => void {
  let exited = false;
  let idled = false;
  let lastInput = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** One timer that is set again when it ends early: input itself only notes the time. */
  const wait = () => {
    clearTimeout(timer);
    if (idled || document.hidden) return;
    const left = lastInput + idleSeconds * 1000 - performance.now();
    timer = setTimeout(
      () => {
        if (performance.now() - lastInput < idleSeconds * 1000) return wait();
        idled = true;
        host.track('Visitor Idle', { seconds: idleSeconds });
      },
      Math.max(0, left),
    );
  };
  const input = () => {
    lastInput = performance.now();
  };
  const begin = () => {
    input();
    wait();
  };
  begin();
  for (const type of kInputs) host.listen(window, type, input);
  host.listen(document, 'visibilitychange', begin);
  host.listen(window, 'mouseout', ({ relatedTarget, clientY }: MouseEvent) => {
    // To the browser's own bar: not into another element or frame, nor out at the sides.
    if (exited || relatedTarget || clientY > 0) return;
    exited = true;
    host.track('Exit Intended');
  });
  host.onEvent(({ type }) => {
    if (type !== 'page') return;
    exited = idled = false;
    begin();
  });
  return () => clearTimeout(timer);
}
