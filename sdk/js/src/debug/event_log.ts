import type { Watched } from '../browser/panel.js';
import { kShownEvents } from '../core/limits.js';
import type { Dropped, Event } from '../core/types.js';

/** An event and what became of it. */
export interface LoggedEvent {
  event: Partial<Event> & { messageId: string };
  /** waiting, sending, sent, or why it was dropped */
  state: string;
}

/** The latest events of this device, newest first. */
export interface EventLog {
  add(event: Event): void;
  sent(messageIds: string[]): void;
  dropped(drop: Dropped): void;
  /** With what the journal says now. */
  entries(): LoggedEvent[];
  find(messageId: string): Event | undefined;
}

export function eventLog(waiting: Watched['waiting']): EventLog {
  const log = new Map<string, LoggedEvent>();
  let unnamed = 0;
  const put = (event: LoggedEvent['event'], state: string) => {
    const known = log.get(event.messageId);
    if (known) known.state = state;
    else log.set(event.messageId, { event, state });
    if (log.size > kShownEvents) log.delete(log.keys().next().value!);
  };
  return {
    add: (event) => put(event, 'waiting'),
    sent(messageIds) {
      for (const messageId of messageIds) if (log.has(messageId)) put({ messageId }, 'sent');
    },
    dropped({ reason, messageId = `${unnamed++}`, message }) {
      put({ messageId, timestamp: Date.now() }, message ? `${reason}: ${message}` : reason);
    },
    entries() {
      for (const [json, isLeased] of waiting().slice(-kShownEvents)) {
        try {
          put(JSON.parse(json!), isLeased ? 'sending' : 'waiting');
        } catch {}
      }
      return [...log.values()].reverse();
    },
    find: (messageId) => log.get(messageId)?.event as Event | undefined,
  };
}
