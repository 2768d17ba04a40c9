// What a page pays, in Chromium, at 1x and at 4x CPU throttle, for this package with 200 rules on the device and for the field's, on the
// same page, in turns, medians; browser/products.mjs says how each is set up. Storage is that of a repeat view; the script is compiled
// anew in each round, in a process of its own.
//   start    CPU time of the main thread from before the script is evaluated until the product has started and the page is quiet, which
//            is what compares (some put most of it off); how long the one task of evaluation and init takes; long tasks (over 50 ms)
//   track    200 calls with ten properties, each in a task of its own: how long one takes, and the main thread's CPU time for an event
//            with all that follows from it, delivery included. Ours decides each time; there is no slot on the page to be filled
//   wire     bytes of request bodies for each of ten events tracked together, requests and preflights
//   device   a cap check and an exposure on the device's history of 1,000; bytes written to storage for it
//   size     brotli 11 of what a browser loads first, and of this package's files on demand
// usage: node tests/bench/browser.bench.mjs [--full] [PART | PRODUCT]...     by part of the product's name; --full: more rounds
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';
import { launchChromium, newVisitor } from './browser/chromium.mjs';
import { measureDevice } from './browser/device_history.mjs';
import { productServer } from './browser/product_server.mjs';
import { productsNamed } from './browser/products.mjs';
import { measureStart, measureTrack, measureWire, warmStorage } from './browser/visit.mjs';

const words = process.argv.slice(2);
const kRounds = words.includes('--full') ? 15 : 5;
/** Each has 200 calls. */
const kTrackRounds = words.includes('--full') ? 9 : 3;
const kParts = ['start', 'track', 'wire', 'device', 'size'];
const parts = kParts.filter((part) => words.includes(part));
const isWanted = (part) => parts.length === 0 || parts.includes(part);
const products = await productsNamed(words.filter((word) => !kParts.includes(word) && !word.startsWith('-')));
const ours = products.find(({ name }) => name === 'desirepath');

const median = (values) => [...values].sort((a, b) => a - b)[values.length >> 1];
const row = (name, value, unit, baseline) =>
  console.log(
    JSON.stringify({
      name,
      value,
      unit,
      baseline,
      ratio: baseline && value !== null ? value / baseline : null,
    }),
  );
/** This package beside its budget, if there is one, then beside each of the others. Without it the others' figures alone. */
function rows(what, unit, values, budget) {
  const own = values.get(ours);
  if (own !== undefined) row(budget ? `${what} (beside the budget)` : what, own, unit, budget);
  for (const [product, value] of values) {
    if (product !== ours) row(`${what} (beside ${product.name})`, own ?? null, unit, value);
  }
}

const kBudgets = {
  1: { startMs: 8, trackMs: 0.1 },
  4: { startMs: 30, trackMs: 0.4 },
};

async function inTurns(browser, servers, storages) {
  const contenders = [undefined, ...products];
  for (const rate of [1, 4]) {
    const starts = new Map(contenders.map((product) => [product, []]));
    const tracks = new Map(contenders.map((product) => [product, []]));
    for (let round = 0; round < kRounds; round++) {
      for (const product of contenders) {
        const server = servers.get(product ?? products[0]);
        const context = await newVisitor(browser, storages.get(product));
        const page = await context.newPage();
        const devtools = await context.newCDPSession(page);
        await page.goto(`${server.site}/plain`);
        await devtools.send('Emulation.setCPUThrottlingRate', { rate });
        starts.get(product).push(await measureStart(page, devtools, product, server));
        if (isWanted('track') && round < kTrackRounds && (!product || product.track)) {
          tracks.get(product).push(await measureTrack(page, devtools, product));
        }
        await context.close();
      }
    }
    const figure = (of, field, less = 0) =>
      new Map(
        products
          .filter((product) => of.get(product).length)
          .map((product) => [product, median(of.get(product).map((one) => one[field])) - less]),
      );
    const idle = (of, field) => median(of.get(undefined).map((one) => one[field]));
    if (isWanted('start')) {
      const { startMs } = kBudgets[rate];
      rows(`start, main thread, ${rate}x`, 'ms', figure(starts, 'totalMs', idle(starts, 'totalMs')), startMs);
      rows(`start, evaluation and init, ${rate}x`, 'ms', figure(starts, 'firstMs'), startMs);
      for (const [product, count] of figure(starts, 'longTasks')) {
        row(`start, long tasks, ${rate}x, ${product.name}`, count, 'tasks', 0);
      }
    }
    if (isWanted('track')) {
      const { trackMs } = kBudgets[rate];
      rows(`track, one call, median, ${rate}x`, 'ms', figure(tracks, 'medianMs'), trackMs);
      rows(`track, one call, p95, ${rate}x`, 'ms', figure(tracks, 'p95Ms'), trackMs);
      rows(`track, main thread, ${rate}x`, 'ms', figure(tracks, 'eachMs', idle(tracks, 'eachMs')));
    }
  }
}

async function wire(browser, servers, storages) {
  const bytes = new Map();
  for (const product of products.filter(({ track }) => track)) {
    const found = await measureWire(browser, product, servers.get(product), storages.get(product));
    bytes.set(product, found.bytesEach);
    row(`wire, requests for ten, ${product.name}`, found.requests, 'requests', 1);
    row(`wire, preflights of a visit, ${product.name}`, found.preflights, 'requests', 0);
  }
  rows('wire, an event of ten', 'B', bytes, 150);
}

function sizes() {
  const kilobytes = (file) =>
    brotliCompressSync(file, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } }).length / 1000;
  rows(
    'size, first script',
    'KB',
    new Map(products.map((product) => [product, kilobytes(product.script)])),
    13,
  );
  if (!ours) return;
  const dist = new URL('../../sdk/js/dist/', import.meta.url).pathname;
  const kLarge = ['desirepath.iife.js', 'desirepath.fallback.js'];
  for (const name of readdirSync(dist).filter((file) => /^desirepath\.\w+\.js$/.test(file))) {
    if (!kLarge.includes(name))
      row(`size, ${name} (beside the budget)`, kilobytes(readFileSync(join(dist, name))), 'KB', 3.5);
  }
}

const browser = await launchChromium();
const servers = new Map();
try {
  for (const product of products) servers.set(product, await productServer(product, { isolated: true }));
  if (['start', 'track', 'wire'].some(isWanted)) {
    const storages = new Map();
    for (const product of products) {
      storages.set(product, await warmStorage(browser, product, servers.get(product)));
    }
    if (isWanted('start') || isWanted('track')) await inTurns(browser, servers, storages);
    if (isWanted('wire')) await wire(browser, servers, storages);
  }
  if (isWanted('device') && ours) {
    const { medianUs, checkpointUs, written } = await measureDevice(browser, ours, servers.get(ours));
    const all = Object.values(written).reduce((sum, bytes) => sum + bytes, 0);
    row('device, cap check and exposure (beside the budget)', medianUs, 'µs', 10);
    row('device, checkpoint when idle', checkpointUs, 'µs', null);
    row('device, bytes written (beside the budget)', all, 'B', 300);
    for (const [kind, bytes] of Object.entries(written))
      row(`device, bytes written, ${kind}`, bytes, 'B', null);
  }
  if (isWanted('size')) sizes();
} finally {
  await browser.close();
  for (const server of servers.values()) await server.close();
}
