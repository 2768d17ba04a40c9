import type { PageFacts } from '../core/types.js';

/** Where the visitor is in this document: applications change the address without a new page. */
export interface Views {
  /** The page as it is now. Its referrer is the address before it, if that was in this document. */
  page(): PageFacts | undefined;
  /**
   * A page was told; `heldAt`: by a call that waited, made at that address. Whether that begins another view than the one before it: at
   * another address, or back from the back-forward cache.
   */
  begin(heldAt?: string): boolean;
  /** Whether the address has neither been told as a page nor been claimed before; from now on it is claimed. */
  claim(): boolean;
  /** The document is back, from the back-forward cache. */
  restored(): void;
  /** Calls `changed` after each change of the address, once the application has had its turn to set the title. */
  onNavigation(changed: () => void): void;
}

/** Parts of a page are no pages of their own. */
const addressOf = (url: string) => url.split('#')[0]!;

export function views(): Views {
  let url = addressOf(location.href);
  let referrer = document.referrer;
  let told: string | undefined;
  let claimed: string | undefined;
  const move = () => {
    const now = addressOf(location.href);
    if (now === url) return;
    referrer = url;
    url = now;
  };
  return {
    page() {
      move();
      return { url: location.href, title: document.title, referrer };
    },
    begin(heldAt) {
      move();
      // Of an earlier page.
      if (heldAt !== undefined && addressOf(heldAt) !== url) return false;
      const another = heldAt === undefined && told !== undefined && told !== url;
      told = url;
      return another;
    },
    claim() {
      move();
      if (url === told || url === claimed) return false;
      claimed = url;
      return true;
    },
    restored() {
      if (told) told = '';
      claimed = undefined;
    },
    onNavigation,
  };
}

type NavigationEvents = { navigation?: EventTarget };

function onNavigation(changed: () => void): void {
  const soon = () => void setTimeout(changed);
  const { navigation } = window as unknown as NavigationEvents;
  if (navigation) {
    navigation.addEventListener('currententrychange', soon);
    return;
  }
  for (const name of ['pushState', 'replaceState'] as const) {
    const own = history[name];
    history[name] = function (this: History, ...values) {
      own.apply(this, values);
      soon();
    };
  }
  addEventListener('popstate', soon);
}
