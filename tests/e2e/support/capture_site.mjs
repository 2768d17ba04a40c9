// A site whose pages capture by themselves, and a collector that keeps what they told.
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ledgerServer } from '../../js/support/ledger_server.mjs';

const dist = resolve(import.meta.dirname, '../../../sdk/js/dist');

/** `pages`: bodies by path. A page captures what its query's `capture` says, as JSON; `load` has further options. */
export async function captureSite(pages, routes = {}, collectorRoutes = {}) {
  const collector = await ledgerServer(collectorRoutes);
  const page = (body) => (request, response) => {
    const query = new URL(request.url, 'http://site').searchParams;
    const options = {
      writeKey: 'wk',
      url: collector.url,
      capture: JSON.parse(query.get('capture') ?? '{}'),
      ...JSON.parse(query.get('load') ?? '{}'),
    };
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<!doctype html><meta charset=utf-8><title>Page</title>
      <script src="/sdk/desirepath.iife.js"></script>
      <script>desirepath.load(${JSON.stringify(options)}); desirepath.page()</script>${body}`);
  };
  const file = (name) => (_, response) =>
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(join(dist, name)));
  const site = await ledgerServer({
    ...routes,
    ...Object.fromEntries(Object.entries(pages).map(([path, body]) => [path, page(body)])),
    ...Object.fromEntries(
      readdirSync(dist)
        .filter((name) => name.endsWith('.js'))
        .map((name) => [`/sdk/${name}`, file(name)]),
    ),
  });
  return {
    url: site.url,
    collector,
    address: (path, capture, load = {}) =>
      `${site.url}${path}?${new URLSearchParams({ capture: JSON.stringify(capture), load: JSON.stringify(load) })}`,
    async close() {
      await collector.close();
      await site.close();
    },
  };
}

/** Resolves when these modules have started: their files came, and what waited for them before us has run. */
export async function started(tab, names) {
  const files = names.map((name) => `desirepath.${name}.js`);
  const loaded = (files) =>
    files.every((file) => performance.getEntriesByType('resource').some(({ name }) => name.includes(file)));
  await tab.waitForFunction(loaded, files);
  await tab.evaluate(async (files) => {
    for (const { name } of performance.getEntriesByType('resource')) {
      if (files.some((file) => name.includes(file))) await import(name);
    }
  }, files);
}

/** The events stored under a name, after all that the page holds was sent. */
export async function told(tab, collector, name) {
  await tab.evaluate(() => desirepath.flush());
  return collector.stored().filter(({ event }) => event === name);
}
