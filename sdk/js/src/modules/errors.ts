/** Captures what goes wrong in the page's own scripts, once a page view and mistake: `Error Occurred`. */
import type { Host } from '../browser/host.js';

/** Different mistakes told of one page view; a page that fails in a loop is told once. */
const kErrorsMax = 10;
const kMessageChars = 200;

const textOf = (thrown: unknown) => String((thrown as Error)?.message ?? thrown).slice(0, kMessageChars);

export function start(host: Host): undefined {
  const told = new Set<string>();
  const tell = (message: string, kind: string, source?: string, line?: number, column?: number) => {
    const key = `${message} ${source}:${line}:${column}`;
    if (told.has(key) || told.size >= kErrorsMax) return;
    told.add(key);
    host.track('Error Occurred', { message, kind, source: source?.split(/[?#]/)[0], line, column });
  };
  host.onEvent(({ type }) => {
    if (type === 'page') told.clear();
  });
  host.listen(window, 'error', ({ message, filename, lineno, colno }: ErrorEvent) => {
    // Errors of elements that could not be loaded have no message; other sites' scripts hide theirs.
    if (message && message !== 'Script error.') tell(textOf(message), 'error', filename, lineno, colno);
  });
  host.listen(window, 'unhandledrejection', ({ reason }: PromiseRejectionEvent) =>
    tell(textOf(reason), 'rejection'),
  );
  return;
}
