import type { Categories } from './consent.js';
import type { Fields, PageFacts } from './types.js';

/** utm parameters as Segment's `context.campaign`. */
function campaign(search: URLSearchParams): Fields | undefined {
  const found: Fields = {};
  for (const [key, value] of search) {
    if (key.startsWith('utm_') && value) found[key === 'utm_campaign' ? 'name' : key.slice(4)] = value;
  }
  return Object.keys(found).length ? found : undefined;
}

/** The page as it travels: without the fragment, which may hold what is nobody's business. */
export function pageFields({ url, title, referrer }: PageFacts): Fields {
  let path: string | undefined;
  try {
    path = new URL(url).pathname;
  } catch {}
  return { path, referrer, title, url: url.split('#')[0] };
}

/** The circumstance of an event. `utcOffset`: minutes east of UTC at that time. */
export function contextOf(page: PageFacts | undefined, time: number, allowed: Categories | null): Fields {
  const context: Fields = { utcOffset: 0 - new Date(time).getTimezoneOffset() };
  if (page) {
    context.page = pageFields(page);
    const query = page.url.split('#')[0]!.split('?')[1];
    const found = query && campaign(new URLSearchParams(query));
    if (found) context.campaign = found;
  }
  if (allowed) context.consent = { categoryPreferences: allowed };
  return context;
}
