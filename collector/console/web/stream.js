// Server-sent events over fetch, because EventSource cannot send a key in a header nor tell why it was refused.

import { ask, Refused } from './key.js';

const RETRY_FIRST_MS = 500;
const RETRY_MAX_MS = 15_000;
const LINE_MAX = 1 << 20;

// Splits a byte stream into messages { id, kind, data }.
export async function* readMessages(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  let message = { data: [] };
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const lines = (rest + value).split(/\r\n|\n|\r/);
    rest = lines.pop();
    if (rest.length > LINE_MAX) throw new Error('a line of the stream is too long');
    for (const line of lines) {
      if (line === '') {
        if (message.data.length)
          yield { id: message.id, kind: message.kind ?? 'event', data: message.data.join('\n') };
        message = { data: [] };
        continue;
      }
      const [, name, text] = /^([^:]*):? ?(.*)$/.exec(line);
      if (name === 'data') message.data.push(text);
      else if (name === 'event') message.kind = text;
      else if (name === 'id') message.id = text;
    }
  }
}

// Follows /v1/stream until `signal` aborts; reconnects by itself. `tell(state, text)` hears of 'open', 'waiting' and
// 'refused', after which it has ended; `take(kind, object)` gets each message.
export const follow = async ({ key, signal, tell, take }) => {
  let wait = RETRY_FIRST_MS;
  let last;
  while (!signal.aborted) {
    try {
      const headers = { Accept: 'text/event-stream', ...(last && { 'Last-Event-ID': last }) };
      const response = await ask('/v1/stream', key, { signal, headers });
      tell('open', 'Live');
      wait = RETRY_FIRST_MS;
      for await (const { id, kind, data } of readMessages(response.body)) {
        last = id ?? last;
        take(kind, JSON.parse(data));
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused && (error.status === 401 || error.status === 403)) {
        tell('refused', error.message);
        return;
      }
    }
    tell('waiting', 'Not connected, trying again');
    await new Promise((resolve) => {
      setTimeout(resolve, wait);
      signal.addEventListener('abort', resolve, { once: true });
    });
    wait = Math.min(RETRY_MAX_MS, wait * 2);
  }
};
