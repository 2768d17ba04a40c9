import type { CallOptions, Event, EventType, Fields } from './types.js';

/** A call in one shape, whichever of the Segment forms it came in. */
export interface Call {
  fields: Partial<Event>;
  options: CallOptions;
  callback?: (event: Event) => void;
}

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

/**
 * track(event, properties?, options?, callback?) · page(category?, name?, properties?, options?, callback?) · screen as page ·
 * identify(userId?, traits?, options?, callback?) · group(groupId, traits?, …) · alias(userId, previousId?, …).
 * Undefined where what the call is about is missing.
 */
export function readArguments(type: EventType, values: unknown[]): Call | undefined {
  const list = [...values];
  const callback = typeof list.at(-1) === 'function' ? (list.pop() as Call['callback']) : undefined;
  const words: (string | undefined)[] = [];
  const wordsMax = type === 'track' || type === 'identify' || type === 'group' ? 1 : 2;
  // page(name, null, options): what follows the name is missing properties, unless a name follows in its turn.
  const isBody = () =>
    isObject(list[0]) || (words.length && list[0] == null && type !== 'alias' && !text(list[1]));
  while (list.length && words.length < wordsMax && !isBody()) words.push(text(list.shift()));
  const [body, options] = (type === 'alias' ? [undefined, ...list] : list).map((value) =>
    isObject(value) ? value : undefined,
  );
  const call = { options: (options ?? {}) as CallOptions, callback };
  const [first, second] = words;
  switch (type) {
    case 'track':
      return first === undefined ? undefined : { ...call, fields: { event: first, properties: body ?? {} } };
    case 'page':
    case 'screen': {
      const name = second ?? first;
      const named = { name, category: second === undefined ? undefined : first };
      return { ...call, fields: { ...named, properties: { ...body, ...(name ? { name } : {}) } } };
    }
    case 'identify':
      return { ...call, fields: { userId: first, traits: body ?? {} } };
    case 'group':
      return first === undefined ? undefined : { ...call, fields: { groupId: first, traits: body ?? {} } };
    default:
      return first === undefined ? undefined : { ...call, fields: { userId: first, previousId: second } };
  }
}
