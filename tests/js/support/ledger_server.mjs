// An HTTP server on a free loopback port that answers POST /v1/batch as the collector does and keeps a ledger of what arrived: every
// copy of every event, in order. `answer` decides the answer of the next requests.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

export async function ledgerServer(routes = {}) {
  const requests = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const url = new URL(request.url, 'http://ledger');
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-expose-headers', 'retry-after');
      const route = routes[url.pathname];
      if (route) return route(request, response);
      if (url.pathname !== '/v1/batch') return response.writeHead(404).end();
      const raw = Buffer.concat(chunks);
      const compressed = raw[0] === 0x1f && raw[1] === 0x8b;
      const text = String(compressed ? gunzipSync(raw) : raw);
      const entry = {
        method: request.method,
        key: url.searchParams.get('k'),
        type: request.headers['content-type'],
        bytes: raw.length,
        compressed,
        text,
        at: Date.now(),
      };
      requests.push(entry);
      if (request.method !== 'POST') return response.writeHead(204).end();
      const { status = 200, headers = {}, body } = self.answer(entry) ?? {};
      entry.status = status;
      const success = { success: true, accepted: 0, duplicates: 0, rejected: [], cursor: '1' };
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(
        JSON.stringify(body ?? (status === 200 ? success : { error: { code: 'test', message: 'test' } })),
      );
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self = {
    url: `http://127.0.0.1:${server.address().port}`,
    requests,
    answer: () => undefined,
    batches: () => requests.filter(({ method }) => method === 'POST').map(({ text }) => JSON.parse(text)),
    /** Events of the batches that were answered 200, with what the batch shares put back. */
    stored: () =>
      requests
        .filter(({ method, status }) => method === 'POST' && status === 200)
        .flatMap(({ text }) => {
          const { batch, context, anonymousId, userId } = JSON.parse(text);
          return batch.map((event) => ({
            ...(anonymousId && { anonymousId }),
            ...(userId && { userId }),
            ...event,
            context: { ...context, ...event.context },
          }));
        }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}
