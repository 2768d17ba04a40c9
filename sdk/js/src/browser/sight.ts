import { kExposureMs } from '../core/limits.js';

/** How much of an element the visitor can see, as far as the browser has told. */
interface Sighting {
  /** since when any of it has been in view; undefined while it is not */
  since?: number;
  /** at least half of it, or half of the viewport, is in view */
  plain: boolean;
  timer?: ReturnType<typeof setTimeout>;
}

/** Watches slots: when they came into view, and when they have been seen. */
export interface Sight {
  /** Begins to watch; `painted`: the element may have been on the screen before anybody watched. */
  watch(element: Element, painted: boolean): void;
  /** What has been in view until now counts as new. */
  restart(element: Element): void;
  /** Milliseconds that any of the element has been in view of a visible page, 0 while it is not. */
  inView(element: Element): number;
  /** Calls `seen` for the element once the rule of exposure holds from now on. */
  expect(element: Element): void;
  /** What the element shows is no longer to be seen. */
  forget(element: Element): void;
}

const thresholds = Array.from({ length: 21 }, (_, index) => index / 20);

function firstPaint(): number | undefined {
  return performance.getEntriesByName('first-contentful-paint')[0]?.startTime;
}

function intersects(element: Element): boolean {
  const box = element.getBoundingClientRect();
  return box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth && box.height > 0;
}

/** Seen: the page visible and at least half of the element, or of the viewport, for one second on end. */
export function sight(seen: (element: Element) => void): Sight {
  const sightings = new WeakMap<Element, Sighting>();
  const expected = new Set<Element>();

  const weigh = (element: Element, sighting: Sighting) => {
    const runs = sighting.plain && !document.hidden && expected.has(element);
    if (!runs) {
      clearTimeout(sighting.timer);
      sighting.timer = undefined;
    } else if (sighting.timer === undefined) {
      sighting.timer = setTimeout(() => {
        sighting.timer = undefined;
        if (element.isConnected && expected.delete(element)) seen(element);
      }, kExposureMs);
    }
  };

  let observer: IntersectionObserver | undefined;
  const observe = () =>
    new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting, intersectionRatio, intersectionRect, rootBounds } of entries) {
          const sighting = sightings.get(target);
          if (!sighting) continue;
          const area = intersectionRect.width * intersectionRect.height;
          const viewport = (rootBounds?.width ?? innerWidth) * (rootBounds?.height ?? innerHeight);
          sighting.plain = isIntersecting && (intersectionRatio >= 0.5 || area >= viewport / 2);
          sighting.since = isIntersecting ? (sighting.since ?? performance.now()) : undefined;
          weigh(target, sighting);
        }
      },
      { threshold: thresholds },
    );
  let visibleSince = 0;
  document.addEventListener('visibilitychange', () => {
    visibleSince = performance.now();
    for (const element of expected) weigh(element, sightings.get(element)!);
  });

  return {
    forget(element) {
      expected.delete(element);
      clearTimeout(sightings.get(element)?.timer);
    },
    watch(element, painted) {
      if (sightings.has(element)) return;
      const paint = painted ? firstPaint() : undefined;
      sightings.set(element, { plain: false, since: paint && intersects(element) ? paint : undefined });
      observer ??= observe();
      observer.observe(element);
    },
    restart(element) {
      const sighting = sightings.get(element);
      if (sighting?.since !== undefined) sighting.since = performance.now();
    },
    inView(element) {
      const since = sightings.get(element)?.since;
      return since === undefined || document.hidden ? 0 : performance.now() - Math.max(since, visibleSince);
    },
    expect(element) {
      const sighting = sightings.get(element);
      if (!sighting) return;
      expected.add(element);
      clearTimeout(sighting.timer);
      sighting.timer = undefined;
      weigh(element, sighting);
    },
  };
}
