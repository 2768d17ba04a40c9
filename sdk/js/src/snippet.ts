import stub from 'virtual:stub';
import type { LoadOptions } from './browser/options.js';

/** What `snippet` takes: what `load` takes, as far as it is text, and what the tag needs. */
export interface SnippetOptions extends Omit<LoadOptions, 'storage' | 'redact'> {
  /** the script's address; without it, `/sdk/desirepath.iife.js` at `url` */
  src?: string;
  storage?: 'local' | 'cookie' | 'memory';
  /** of the page's content security policy; the script that the tag fetches gets it too */
  nonce?: string;
  /**
   * What the script must be: `integrity` of `desirepath.iife.js` in `desirepath/manifest.json`. The browser refuses any other, so `src`
   * must be an address whose content does not change.
   */
  integrity?: string;
}

/** Whether the calls of a visitor who leaves early are theirs to forget. */
const isUnstored = ({ consentRequired, respectDoNotTrack, storage }: SnippetOptions): number =>
  consentRequired || respectDoNotTrack || storage === 'memory' ? 1 : 0;

// A literal inside a script element: neither `</script>` nor a line separator may end it.
const literal = (value: unknown) =>
  JSON.stringify(value).replace(
    /[<\u2028\u2029]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
const attribute = (text: string) => text.replace(/[&"<>]/g, (mark) => `&#${mark.charCodeAt(0)};`);

/**
 * The tag for a page's head: it records calls at once, fetches the package, and starts it. Calls of a visitor who leaves before the
 * package came are kept for the next page.
 */
export function snippet({ src, nonce, integrity, ...options }: SnippetOptions): string {
  const source = src ?? `${(options.url ?? '').replace(/\/+$/, '')}/sdk/desirepath.iife.js`;
  const attributes = { nonce, integrity, crossOrigin: integrity && '' };
  const code = stub
    .replace('UNSTORED', () => literal(isUnstored(options)))
    .replace('SOURCE', () => literal(source))
    .replace('ATTRIBUTES', () => literal(attributes))
    .replace('OPTIONS', () => literal(options));
  return `<script${nonce ? ` nonce="${attribute(nonce)}"` : ''}>${code}</script>`;
}
