import { readArguments } from './arguments.js';
import type { Consent } from './consent.js';
import { contextOf, pageFields } from './context.js';
import { guarded } from './emitter.js';
import type { Identity } from './identity.js';
import type { Journal } from './journal.js';
import { kEventChars } from './limits.js';
import type { Numbering } from './numbering.js';
import type { Sessions } from './session.js';
import type { CallOptions, Dropped, Event, EventType, Fields, PageFacts, Plugin } from './types.js';

export interface CaptureParts {
  identity: Identity;
  consent: Consent;
  journal: Journal;
  /** a time later than every one before, on this device */
  stamp(): number;
  messageId(time: number): string;
  page(): PageFacts | undefined;
  sessions: Sessions;
  /** Where what is captured is numbered, for sync. */
  numbering?: Numbering;
  /** Context that all events of this sender share. */
  circumstance?: Fields;
  plugins: Plugin[];
  /** The last to see an event before it is journaled; what is left out is nowhere. Where it throws, the event is dropped. */
  redact(event: Event): Event | null | undefined;
  /** A page view is about to begin: events that end the one before come first. */
  onPage?(): void;
  onDropped(dropped: Dropped): void;
  /** The event is journaled. `json` is what the journal holds; `replayed`: the call was made with a moment of its own. */
  onJournaled(json: string, replayed: boolean): void;
}

/** When and where a call was made, if that is not here and now. */
export interface Moment {
  /** undefined: now */
  time?: number;
  page: PageFacts | undefined;
}

/** From a call to a journaled event: stamp, plugins, journal. Synchronous, and it never throws. */
export interface Capture {
  /** The event as journaled; undefined when it was dropped, which `onDropped` reports. */
  call(type: EventType, values: unknown[], moment?: Moment): Event | undefined;
  emit(type: EventType, fields: Partial<Event>, options?: CallOptions, moment?: Moment): Event | undefined;
}

export const kConsentEvent = 'Segment Consent Preference Updated';

function timeOf(value: CallOptions['timestamp']): number | undefined {
  const time = value === undefined ? Number.NaN : new Date(value).getTime();
  return Number.isNaN(time) ? undefined : time;
}

export function capture(parts: CaptureParts): Capture {
  let replayedTime = 0;
  const timeFor = (options: CallOptions, moment?: Moment) => {
    if (options.timestamp !== undefined) return timeOf(options.timestamp) ?? parts.stamp();
    if (!moment?.time) return parts.stamp();
    replayedTime = Math.max(replayedTime + 1, moment.time);
    return replayedTime;
  };

  const build = (type: EventType, fields: Partial<Event>, options: CallOptions, moment?: Moment): Event => {
    const time = timeFor(options, moment);
    const page = moment ? moment.page : parts.page();
    if (type === 'identify') parts.identity.identify(fields.userId, fields.traits);
    else if (type === 'alias') parts.identity.identify(fields.userId, undefined);
    const who = parts.identity.get();
    const event: Event = {
      messageId: options.messageId ?? parts.messageId(time),
      timestamp: time,
      type,
      ...fields,
      anonymousId: options.anonymousId ?? who.anonymousId,
      userId: fields.userId ?? who.userId,
      context: {
        ...contextOf(page, time, parts.consent.told()),
        ...parts.sessions.of(time, page?.url),
        ...parts.circumstance,
        ...options.context,
      },
    };
    if (options.integrations) event.integrations = options.integrations;
    if (page && type === 'page') {
      event.properties = { ...pageFields(page), ...(event.properties as Fields) };
    }
    return event;
  };

  /** The event as the plugins leave it; undefined when one dropped it. */
  const hooked = (event: Event, hook: 'before' | 'enrich'): Event | undefined => {
    let current = event;
    for (const plugin of parts.plugins) {
      let answer: unknown;
      guarded(() => {
        answer = plugin[hook]?.(current);
      });
      if (answer === null && hook === 'before') {
        parts.onDropped({ reason: 'plugin', messageId: event.messageId, message: plugin.name });
        return;
      }
      // A promise is no event.
      if ((answer as Event | null)?.messageId) current = answer as Event;
    }
    return current;
  };

  const journaled = (given: Event, replayed: boolean): Event | undefined => {
    const { messageId, anonymousId = '' } = given;
    const seq = parts.numbering?.next(anonymousId);
    const event = seq ? { ...given, context: { ...given.context, seq } } : given;
    const json = JSON.stringify(event);
    if (json.length > kEventChars) {
      parts.onDropped({ reason: 'too_large', messageId });
    } else if (!parts.journal.add(json)) {
      parts.onDropped({ reason: 'overflow', messageId });
    } else {
      if (seq) parts.numbering!.take(anonymousId, seq);
      parts.onJournaled(json, replayed);
      return event;
    }
    return;
  };

  const self: Capture = {
    call(type, values, moment) {
      const call = readArguments(type, values);
      if (!call) {
        parts.onDropped({ reason: 'invalid', message: `${type}: the first argument must be a text` });
        return;
      }
      const event = self.emit(type, call.fields, call.options, moment);
      if (event) guarded(() => call.callback?.(event));
      return event;
    },
    emit(type, fields, options = {}, moment) {
      try {
        if (type === 'page') parts.onPage?.();
        const seen = hooked(build(type, fields, options, moment), 'before');
        const redacted = seen && parts.redact(hooked(seen, 'enrich')!);
        if (seen && !redacted) {
          parts.onDropped({ reason: 'plugin', messageId: seen.messageId, message: 'redact' });
        }
        const kept = redacted && journaled(redacted, !!moment);
        if (kept) for (const plugin of parts.plugins) guarded(() => plugin.after?.(kept));
        return kept || undefined;
      } catch (error) {
        parts.onDropped({ reason: 'invalid', message: String(error) });
        return;
      }
    },
  };
  return self;
}
