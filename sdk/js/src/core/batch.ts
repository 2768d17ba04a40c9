import type { Event, Fields, Format } from './types.js';

export const kLibrary = { name: 'desirepath', version: '0.1.0' };

const shareable = ['anonymousId', 'userId'] as const;

/** Takes from every event what equals the first one's, provided that every event has that member at all. */
function share(objects: Fields[], names: Iterable<string>): Fields {
  const shared: Fields = {};
  for (const name of names) {
    if (!objects.every((object) => name in object)) continue;
    const text = JSON.stringify(objects[0]![name]);
    shared[name] = objects[0]![name];
    for (const object of objects) if (JSON.stringify(object[name]) === text) delete object[name];
  }
  return shared;
}

/**
 * The body of one request; with `members`, what it says besides its events. Events are the caller's to keep: they are copied before anything
 * is taken out.
 */
export function serialize(events: Event[], sentAt: number, format: Format, members?: Fields): string {
  const time = new Date(sentAt).toISOString();
  if (format === 'segment') {
    const batch = events.map((event) => ({
      ...event,
      timestamp: new Date(event.timestamp).toISOString(),
      context: { ...event.context, library: kLibrary },
    }));
    return JSON.stringify({ batch, sentAt: time });
  }
  const copies = events.map(
    (event) => ({ ...event, context: { ...event.context } }) as Event & { context: Fields },
  );
  const contexts = copies.map((copy) => copy.context);
  const context = { ...share(contexts, Object.keys(contexts[0] ?? {})), library: kLibrary };
  const shared = share(copies as unknown as Fields[], shareable);
  const batch = copies.map((copy) =>
    Object.keys(copy.context).length ? copy : { ...copy, context: undefined },
  );
  return JSON.stringify({ ...shared, ...members, context, sentAt: time, batch });
}

export const byteLength = (text: string): number => new TextEncoder().encode(text).length;
