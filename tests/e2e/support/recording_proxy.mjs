// Stands between a page and the collector, on a free loopback port: what passes is kept as a ledger of every copy of every event.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

const readable = (bytes) => String(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);

/** `aliases`: other names of paths of the collector. */
export async function recordingProxy(collectorUrl, aliases = {}) {
  const sent = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', async () => {
      if (self.isCut) return response.destroy();
      const url = new URL(request.url, collectorUrl);
      url.pathname = aliases[url.pathname] ?? url.pathname;
      const body = Buffer.concat(chunks);
      const headers = { 'content-type': request.headers['content-type'] ?? 'text/plain' };
      const { method } = request;
      try {
        const answer = await fetch(url, { method, headers, body: method === 'POST' ? body : undefined });
        if (method === 'POST') {
          const { batch, anonymousId } = JSON.parse(readable(body));
          sent.push(...batch.map((event) => ({ anonymousId, ...event })));
        }
        const type = answer.headers.get('content-type') ?? 'text/plain';
        response.writeHead(answer.status, { 'content-type': type, 'access-control-allow-origin': '*' });
        response.end(Buffer.from(await answer.arrayBuffer()));
      } catch {
        response.destroy();
      }
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const self = {
    /** true: nothing passes, and nobody is answered */
    isCut: false,
    url: `http://127.0.0.1:${server.address().port}`,
    /** Every copy, in order of arrival. */
    sent,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}
