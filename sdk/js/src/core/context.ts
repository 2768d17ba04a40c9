import type { Fields, PageFacts } from './types.js';

/** utm parameters as Segment's `context.campaign`. */
function campaign(search: URLSearchParams): Fields | undefined {
  const found: Fields = {};
  for (const [key, value] of search) {
    if (key.startsWith('utm_') && value) found[key === 'utm_campaign' ? 'name' : key.slice(4)] ??= value;
  }
  return Object.keys(found).length ? found : undefined;
}

let lastUrl: string | undefined;
let lastPath: string | undefined;

/** Most events of a page have its address; reading one is the dearest part of a stamp. */
function pathOf(url: string): string | undefined {
  if (url !== lastUrl) {
    lastUrl = url;
    lastPath = undefined;
    try {
      lastPath = new URL(url).pathname;
    } catch {}
  }
  return lastPath;
}

/** The page as it travels: without the fragment, which may hold what is nobody's business. */
export function pageFields({ url, title, referrer }: PageFacts): Fields {
  return { path: pathOf(url), referrer, title, url: url.split('#')[0] };
}

/** The circumstance of an event. `utcOffset`: minutes east of UTC at that time. */
export function contextOf(page: PageFacts | undefined, time: number, consent: Fields | undefined): Fields {
  const context: Fields = { utcOffset: 0 - new Date(time).getTimezoneOffset() };
  if (page) {
    context.page = pageFields(page);
    const query = page.url.split('#')[0]!.split('?')[1];
    const found = query && campaign(new URLSearchParams(query));
    if (found) context.campaign = found;
  }
  if (consent) context.consent = consent;
  return context;
}
