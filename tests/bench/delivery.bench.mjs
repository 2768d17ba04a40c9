// Who loses events, and who sends them twice: ways in which a visitor or a collector goes away, for this package and the field's, each put
// on the page as its documentation tells and with its defaults (browser/products.mjs). Judges, by message id: for this package the real
// collector's export, behind a proxy that counts the copies that were accepted; for the others a server that answers as theirs.
//   leave     20 events in the task that navigates away
//   midway    20 events, and the visitor navigates away while the collector takes 0.5 s to answer
//   onward    20 events in the task that navigates to the next page of the site, where the visitor stays for longer than a lease lasts
//   bounce    3 events at once, the configuration takes 0.8 s, the visitor leaves after 0.4 s
//   offline   20 events without a network, which comes back with the tab open
//   closed    20 events without a network, the tab is closed, the visitor comes back later
//   tabs      the same, the visitor comes back with three tabs
//   busy      20 events, the collector answers 503 for 12 s
//   stopped   20 events, nobody listens at the collector's address for 12 s
// Who left does not come back in `leave`, `midway` and `bounce`: what is only kept for a next visit is not stored. GrowthBook is not here: it hands
// exposures to a callback and delivers nothing.
// usage: node tests/bench/delivery.bench.mjs [TRIAL | PRODUCT]...     by part of the product's name; one trial of one alone, too
import assert from 'node:assert/strict';
import { startCollector } from '../e2e/support/collector.mjs';
import { binary } from '../js/support/program.mjs';
import { launchChromium, newVisitor, pause } from './browser/chromium.mjs';
import { productServer } from './browser/product_server.mjs';
import { productsNamed } from './browser/products.mjs';

const kEvent = 'Product Viewed';
const kOfflineMs = 3000;
const kAwayMs = 1000;
const kStartedMs = 2000;
/** Longer than any product here keeps others from what it is sending. */
const kLeaseMs = 35_000;
const kDownMs = 12_000;
/** How long a product may take to bring what it has: longer than a lease, than any pause after a failure seen here. */
const kPatienceMs = 40_000;
/** The same where nobody comes back, or has been waited for. */
const kGonePatienceMs = 10_000;
/** After the last event: copies that are still on their way. */
const kQuietMs = 5000;

const track = (page, trial, count = 20) =>
  page.evaluate(
    ([name, trial, count]) => {
      for (let n = 0; n < count; n++) window.benchTrack(name, { trial, n });
    },
    [kEvent, trial, count],
  );

/** Tracks and, in the same task or so much later, goes there. */
async function go(page, trial, address, ms = 0) {
  await page.evaluate(
    ([name, trial, address, ms]) => {
      for (let n = 0; n < 20; n++) window.benchTrack(name, { trial, n });
      const leave = () => {
        location.href = address;
      };
      if (ms) setTimeout(leave, ms);
      else leave();
    },
    [kEvent, trial, address, ms],
  );
  await page.waitForURL(address);
}

/** Each ends with the visitor where they stay. `open(path)` is a new tab of theirs. */
const trials = {
  async leave({ open, server }) {
    await go(await open('/'), 'leave', `${server.site}/next`);
  },
  async midway({ open, server }) {
    const page = await open('/');
    // What it sends at its start has its answer by then.
    await pause(kStartedMs);
    server.answerDelayMs = 500;
    await go(page, 'midway', `${server.site}/next`, 150);
  },
  async onward({ open, server }) {
    const page = await open('/');
    await go(page, 'onward', `${server.site}/`);
    await pause(kLeaseMs);
  },
  async bounce({ context, server }) {
    server.configDelayMs = 800;
    const page = await context.newPage();
    await page.goto(`${server.site}/bounce`, { waitUntil: 'domcontentloaded' });
    await pause(400);
    await page.goto(`${server.site}/next`);
  },
  async offline({ open, context }) {
    const page = await open('/');
    await context.setOffline(true);
    await track(page, 'offline');
    await pause(kOfflineMs);
    await context.setOffline(false);
  },
  async closed({ open, context }) {
    const page = await open('/');
    await context.setOffline(true);
    await track(page, 'closed');
    await pause(kOfflineMs);
    await page.close();
    // What the page sends at its end finds no network either.
    await pause(kAwayMs);
    await context.setOffline(false);
    await open('/');
  },
  async tabs({ open, context }) {
    const page = await open('/');
    await context.setOffline(true);
    await track(page, 'tabs');
    await pause(kOfflineMs);
    await page.close();
    // What the page sends at its end finds no network either.
    await pause(kAwayMs);
    await context.setOffline(false);
    await Promise.all([open('/'), open('/'), open('/')]);
  },
  async busy({ open, server }) {
    const page = await open('/');
    server.failing = true;
    await track(page, 'busy');
    await pause(kDownMs);
    server.failing = false;
  },
  async stopped({ open, server }) {
    const page = await open('/');
    await server.suspend();
    await track(page, 'stopped');
    await pause(kDownMs);
    await server.resume();
  },
};

/** Hands requests on to the real collector and its answers back. */
const forwarding =
  ({ ready }) =>
  async (request, body) => {
    const address = new URL(request.url, ready.url);
    if (address.searchParams.has('k')) address.searchParams.set('k', ready.write_key);
    const response = await fetch(address, {
      method: request.method,
      body,
      headers: { 'content-type': request.headers['content-type'] ?? 'text/plain' },
    });
    return {
      status: response.status,
      type: response.headers.get('content-type'),
      body: Buffer.from(await response.arrayBuffer()),
    };
  };

/** What the real collector has of a trial: its export, which has each event once. */
async function exported({ ready }, trial) {
  const response = await fetch(`${ready.url}/v1/export/events?format=jsonl`, {
    headers: { authorization: `Bearer ${ready.secret_key}` },
  });
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.text())
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .filter(({ properties }) => properties?.trial === trial)
    .map(({ messageId, properties }) => ({ id: messageId, properties }));
}

const count = (events) => new Set(events.map(({ id }) => id)).size;

async function run(browser, product, name, collector) {
  const wanted = name === 'bounce' ? 3 : 20;
  const server = await productServer(product, { upstream: collector && forwarding(collector) });
  const context = await newVisitor(browser);
  try {
    const open = async (path) => {
      const page = await context.newPage();
      await page.goto(server.site + path);
      await page.waitForFunction(product.isReady);
      return page;
    };
    await trials[name]({ open, context, server });
    const isOver = ['leave', 'midway', 'onward', 'bounce'].includes(name);
    const end = Date.now() + (isOver ? kGonePatienceMs : kPatienceMs);
    while (Date.now() < end && count(server.accepted(name)) < wanted) await pause(100);
    await pause(kQuietMs);
    const accepted = server.accepted(name);
    const stored = collector ? await exported(collector, name) : accepted;
    const numbers = new Set(stored.map(({ properties }) => properties.n));
    assert.equal(numbers.size, count(stored), 'a message id for each event');
    return {
      stored: numbers.size,
      wanted,
      copies: accepted.length - count(accepted),
      strangers: server.strangers,
    };
  } finally {
    await context.close();
    await server.close();
  }
}

const words = process.argv.slice(2).filter((word) => !word.startsWith('-'));
const named = Object.keys(trials).filter((name) => words.includes(name));
const chosen = named.length ? named : Object.keys(trials);
const products = (await productsNamed(words.filter((word) => !trials[word]))).filter(({ track }) => track);

const journey = new URL('../e2e/support/sdk.journey.json', import.meta.url).pathname;
const collector = products.some(({ name }) => name === 'desirepath')
  ? await startCollector(binary, journey)
  : undefined;
const browser = await launchChromium();
try {
  // Waiting is most of it: the trials of a product run side by side, product after product.
  for (const product of products) {
    const isOurs = product.name === 'desirepath';
    const trial = (name) => run(browser, product, name, isOurs ? collector : undefined);
    // The one where tenths of a second count has the machine to itself.
    const results = new Map();
    if (chosen.includes('bounce')) results.set('bounce', await trial('bounce'));
    const others = chosen.filter((name) => name !== 'bounce');
    await Promise.all(others.map(async (name) => results.set(name, await trial(name))));
    for (const chose of chosen) {
      const { stored, wanted, copies, strangers } = results.get(chose);
      const name = `delivery, ${chose}, ${product.name}`;
      const row = (row) => console.log(JSON.stringify(row));
      row({
        name: `${name}, stored`,
        value: stored,
        unit: 'events',
        baseline: wanted,
        ratio: stored / wanted,
      });
      row({ name: `${name}, extra copies`, value: copies, unit: 'events', baseline: 0, ratio: null });
      if (strangers.length) console.error(name, 'asked for', new Set(strangers));
    }
  }
} finally {
  await browser.close();
  await collector?.stop();
}
