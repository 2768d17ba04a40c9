import type { Fields } from '../core/types.js';

/** A click on a link, as the event that says most about it; `undefined` where the link leads to another page of the same site. */
export interface LinkClick {
  event: 'Link Clicked' | 'File Downloaded';
  properties: Fields;
}

const addressOf = (href: string, base: string): URL | undefined => {
  try {
    return new URL(href, base);
  } catch {
    return;
  }
};

const isWeb = ({ protocol }: URL) => /^https?:$/.test(protocol);

/** Where a link leads, without what its query, fragment or user name may hold; of other schemes, which may hold anything, the scheme. */
export function plainHref(href: string, base: string): string | undefined {
  const url = addressOf(href, base);
  return url && (isWeb(url) ? url.origin + url.pathname : url.protocol);
}

/**
 * `download`: the link's attribute of that name, null for none. `extensions` make a link a download; `domains`, with all below them, are
 * the site's own besides the host of `base`.
 */
export function linkClick(
  href: string,
  download: string | null,
  base: string,
  extensions: string[],
  domains: string[],
): LinkClick | undefined {
  const url = addressOf(href, base);
  if (!url) return;
  const extension = /\.(\w{1,8})$/.exec(isWeb(url) ? url.pathname : (download ?? ''))?.[1]?.toLowerCase();
  const place = isWeb(url) ? { host: url.host, path: url.pathname } : {};
  if (download !== null || (isWeb(url) && extension && extensions.includes(extension))) {
    return { event: 'File Downloaded', properties: { ...place, extension } };
  }
  if (!isWeb(url) || url.host === new URL(base).host) return;
  const isOwn = domains.some((domain) => url.hostname === domain || url.hostname.endsWith(`.${domain}`));
  return isOwn ? undefined : { event: 'Link Clicked', properties: place };
}
