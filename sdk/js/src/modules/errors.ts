/** Captures what goes wrong in the page's own scripts, once a page view and mistake: `Error Occurred`. */
import type { Host } from '../browser/host.js';
import { plainMessage } from '../capture/private_text.js';
import { kErrors, kMessageChars } from '../core/limits.js';

/** What anything that was thrown says of itself; its own methods may throw in turn. */
function textOf(thrown: unknown): string {
  try {
    const { name, message } = Object(thrown) as Error;
    if (typeof message === 'string' && message)
      return typeof name === 'string' && name ? `${name}: ${message}` : message;
    return Object(thrown) === thrown ? Object.prototype.toString.call(thrown) : String(thrown);
  } catch {
    return 'unreadable';
  }
}

export function start(host: Host): undefined {
  const told = new Set<string>();
  const tell = (text: string, kind: string, source?: string, line?: number, column?: number) => {
    const message = plainMessage(text, kMessageChars);
    const place = source?.split(/[?#]/)[0];
    const key = `${message} ${place}:${line}:${column}`;
    if (told.has(key) || told.size >= kErrors) return;
    told.add(key);
    host.observe('Error Occurred', { message, kind, source: place, line, column });
  };
  host.onEvent(({ type }) => {
    if (type === 'page') told.clear();
  });
  host.listen(window, 'error', ({ message, filename, lineno, colno }: ErrorEvent) => {
    // Errors of elements that could not be loaded have no message; other sites' scripts hide theirs; a browser's extensions are not the page.
    if (!message || /^Script error\.?$/.test(message) || /^[\w-]+-extension:/.test(filename)) return;
    tell(message, 'error', filename || undefined, lineno || undefined, colno || undefined);
  });
  host.listen(window, 'unhandledrejection', ({ reason }: PromiseRejectionEvent) =>
    tell(textOf(reason), 'rejection'),
  );
  return;
}
