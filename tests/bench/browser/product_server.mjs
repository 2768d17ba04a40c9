// A site and, on another port, the collector of one product, on loopback. The collector serves the product's files and configuration,
// answers its requests, and keeps a ledger of every body and every event that came.
import { createServer } from 'node:http';
import { gunzipSync } from 'node:zlib';

const kBody = `<main><h1>Shop</h1><section><h2>Welcome</h2></section>
  <ul>${'<li><a href="/next">A thing</a> and its price</li>'.repeat(30)}</ul></main>`;

const html = (head, inBody = '') =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Shop</title>${head}</head><body>${kBody}${inBody}</body></html>`;

const whole = (request) =>
  new Promise((resolve) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', () => resolve(Buffer.concat(chunks)));
  });

function listening(server, port = 0) {
  return new Promise((resolve) => server.listen(port, '127.0.0.1', () => resolve(server.address().port)));
}

/**
 * Pages: `/` has the product, `/bounce` has it and calls `window.benchTrack(0…2)` at once, `/plain` and `/next` have nothing. `isolated`:
 * pages get the browser's fine clock. `upstream(path, body, request)` answers instead of the product's reply, as { status, type, body }.
 */
export async function productServer(product, { isolated = false, upstream } = {}) {
  const preflights = [];
  const requests = [];
  const isolation = isolated
    ? { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' }
    : {};

  const site = createServer((request, response) => {
    const path = new URL(request.url, 'http://site').pathname;
    const tracking = `<script>window.benchTrack = (name, properties) => (${product.track})(name, properties);</script>`;
    const pages = {
      '/': () => html(product.tag(self.collector) + (product.track ? tracking : '')),
      '/bounce': () =>
        html(
          product.tag(self.collector) +
            tracking +
            `<script>for (let n = 0; n < 3; n++) benchTrack('Product Viewed', { trial: 'bounce', n });</script>`,
        ),
      '/plain': () => html(''),
      '/next': () => html(''),
    };
    if (!pages[path]) return response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/html', 'cache-control': 'no-store', ...isolation });
    response.end(pages[path]());
  });

  const answer = async (request, response, body) => {
    const path = new URL(request.url, 'http://collector').pathname;
    const file = product.files[path];
    const isConfig = product.config[path] !== undefined;
    if (isConfig && self.configDelayMs) await new Promise((go) => setTimeout(go, self.configDelayMs));
    const configured =
      typeof product.config[path] === 'function'
        ? product.config[path](self.collector)
        : product.config[path];
    const found = file ?? configured;
    if (found) return response.writeHead(200, { 'content-type': found.type }).end(found.body);
    const text = String(body[0] === 0x1f && body[1] === 0x8b ? gunzipSync(body) : body);
    const events = request.method === 'POST' && text ? product.events(path, text) : undefined;
    if (!events) {
      self.strangers.push(`${request.method} ${path}`);
      return response.writeHead(404).end();
    }
    const entry = { path, at: Date.now(), bytes: body.length, events, status: 0 };
    requests.push(entry);
    const reply = self.failing
      ? { status: 503, type: 'text/plain', body: 'busy' }
      : { status: 200, ...(upstream ? await upstream(request, body) : product.reply(path)) };
    if (self.answerDelayMs) await new Promise((go) => setTimeout(go, self.answerDelayMs));
    entry.status = reply.status;
    response.writeHead(reply.status, { 'content-type': reply.type }).end(reply.body);
  };

  const collector = createServer(async (request, response) => {
    const body = await whole(request);
    const { origin } = request.headers;
    response.setHeader('access-control-allow-origin', origin ?? '*');
    response.setHeader('cross-origin-resource-policy', 'cross-origin');
    if (origin) response.setHeader('access-control-allow-credentials', 'true');
    if (request.method === 'OPTIONS') {
      preflights.push(request.url);
      response.setHeader(
        'access-control-allow-headers',
        request.headers['access-control-request-headers'] ?? '',
      );
      response.setHeader('access-control-allow-methods', 'GET, POST');
      return response.writeHead(204).end();
    }
    await answer(request, response, body);
  });

  const sitePort = await listening(site);
  const collectorPort = await listening(collector);
  const self = {
    site: `http://127.0.0.1:${sitePort}`,
    collector: `http://127.0.0.1:${collectorPort}`,
    requests,
    preflights,
    /** what was asked for and is not there */
    strangers: [],
    configDelayMs: 0,
    answerDelayMs: 0,
    failing: false,
    /** Events of a trial that were answered 200, every copy. */
    accepted: (trial) =>
      requests
        .filter(({ status }) => status === 200)
        .flatMap(({ events }) => events)
        .filter(({ properties }) => properties?.trial === trial),
    /** Nobody listens at the collector's address, until `resume`. */
    async suspend() {
      collector.closeAllConnections();
      await new Promise((resolve) => collector.close(resolve));
    },
    resume: () => listening(collector, collectorPort),
    async close() {
      for (const server of [site, collector]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  return self;
}
