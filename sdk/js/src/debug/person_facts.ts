import type { DebugReport } from '../browser/api.js';
import { element, mark, plain } from './elements.js';

/** Ids, consent, stage and readings, as terms and what they say. */
export function personFacts({ anonymousId, userId, consent, engine }: DebugReport): HTMLElement {
  const chosen = Object.entries(consent ?? {}).map(([name, given]) => mark(given ? 'ok' : 'bad', name));
  const rows: [string, string | Node][] = [
    ['User', userId ?? 'not identified'],
    ['Anonymous', anonymousId ?? 'nothing kept yet'],
    ['Consent', chosen.length ? element('span', '', ...chosen) : 'nobody asked yet'],
  ];
  if (engine) {
    const { stage, stageSince, audiences, ...readings } = engine;
    rows.push(['Stage', stage ? `${stage} since ${new Date(stageSince!).toLocaleString()}` : 'none']);
    rows.push(['Audiences', audiences.join(', ') || 'none']);
    for (const values of Object.values(readings)) {
      for (const [name, value] of Object.entries<unknown>(values)) rows.push([name, plain(value)]);
    }
  } else {
    rows.push(['Engine', 'runs no program: events are captured, nothing is decided']);
  }
  return element(
    'dl',
    '',
    ...rows.flatMap(([name, value]) => [element('dt', '', name), element('dd', '', value)]),
  );
}
