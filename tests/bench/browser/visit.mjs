// What one visit costs, measured in its page and by the browser's own account of the main thread.
import { samples } from '../rule_set.mjs';
import { newVisitor, pause } from './chromium.mjs';

const kCalls = 200;
/** Between two calls: each is a task of its own, as a visitor's clicks are. */
const kGapMs = 2;
const kQuietMs = 500;
const kBatch = 10;

/** CPU time of the page's main thread so far: who else uses the machine does not count. */
async function mainThreadMs(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
}

/** What an earlier view leaves in storage. */
export async function warmStorage(browser, product, server) {
  const context = await newVisitor(browser);
  const page = await context.newPage();
  await page.goto(server.site);
  await page.waitForFunction(product.isReady);
  await pause(product.settleMs + kQuietMs);
  const state = await context.storageState();
  await context.close();
  return state;
}

/**
 * Evaluates the product's script in a page that has none, and starts it. `totalMs`: all of the main thread until it is quiet; `firstMs`:
 * of that, evaluation and init in one task. Without a product: what measuring costs by itself.
 */
export async function measureStart(page, devtools, product, server) {
  await devtools.send('Performance.enable', { timeDomain: 'threadTicks' });
  await page.evaluate(() => {
    window.longTasks = [];
    new PerformanceObserver((list) =>
      window.longTasks.push(...list.getEntries().map(({ duration }) => duration)),
    ).observe({
      type: 'longtask',
    });
  });
  const code = product && `${product.script}\n//${Math.random()}`;
  const before = product?.before?.(server.collector) ?? '';
  const init = product?.init(server.collector) ?? '';
  await page.evaluate(
    (texts) => {
      // Elements at hand: what is measured begins when the parser would hand a script over.
      window.parts = texts.map((text) =>
        Object.assign(document.createElement('script'), { textContent: text }),
      );
    },
    [before, code ?? '', init],
  );
  await pause(kQuietMs / 2);
  const begun = await mainThreadMs(devtools);
  const firstMs = await page.evaluate(() => {
    const at = performance.now();
    for (const part of window.parts) document.head.append(part);
    return performance.now() - at;
  });
  if (product) await page.waitForFunction(product.isReady, undefined, { polling: 50 });
  await pause(kQuietMs);
  const totalMs = (await mainThreadMs(devtools)) - begun;
  const longTasks = await page.evaluate(() => window.longTasks.length);
  return { totalMs, firstMs, longTasks };
}

/** Of a started product's calls: `medianMs` and `p95Ms` of one; `eachMs` of the main thread, all that follows from it included. */
export async function measureTrack(page, devtools, product) {
  const begun = await mainThreadMs(devtools);
  const times = await page.evaluate(
    async ([source, samples, calls, gapMs]) => {
      // biome-ignore lint/security/noGlobalEval: the product's own call, as it is written in a page.
      const track = source ? eval(source) : () => {};
      const times = [];
      for (let call = 0; call < calls; call++) {
        const at = performance.now();
        track('Product Viewed', samples[call]);
        times.push(performance.now() - at);
        await new Promise((go) => setTimeout(go, gapMs));
      }
      return times;
    },
    [product?.track, samples.slice(0, kCalls), kCalls, kGapMs],
  );
  await pause(product?.settleMs ?? kQuietMs);
  const eachMs = ((await mainThreadMs(devtools)) - begun) / kCalls;
  times.sort((a, b) => a - b);
  return { medianMs: times[kCalls >> 1], p95Ms: times[Math.floor(kCalls * 0.95)], eachMs };
}

/** Ten events tracked in one task of a repeat view: what left for them, and the preflights of the whole visit. */
export async function measureWire(browser, product, server, storage) {
  const context = await newVisitor(browser, storage);
  const page = await context.newPage();
  const preflightsBefore = server.preflights.length;
  await page.goto(server.site);
  await page.waitForFunction(product.isReady);
  await pause(product.settleMs + kQuietMs);
  const requestsBefore = server.requests.length;
  await page.evaluate(
    ([samples]) => {
      for (const [n, sample] of samples.entries())
        window.benchTrack('Product Viewed', { ...sample, trial: 'wire', n });
    },
    [samples.slice(0, kBatch)],
  );
  await pause(product.settleMs + kQuietMs);
  await context.close();
  const sent = server.requests
    .slice(requestsBefore)
    .filter(({ events }) => events.some(({ properties }) => properties?.trial === 'wire'));
  const events = sent
    .flatMap(({ events }) => events)
    .filter(({ properties }) => properties?.trial === 'wire');
  if (new Set(events.map(({ id }) => id)).size !== kBatch) {
    throw new Error(`${product.name}: ${events.length} of ${kBatch} events arrived`);
  }
  return {
    bytesEach: sent.reduce((sum, { bytes }) => sum + bytes, 0) / kBatch,
    requests: sent.length,
    preflights: server.preflights.length - preflightsBefore,
  };
}
