// A cap check and an exposure on a device that already has 1,000 exposures: the engine and its checkpoint in a page, from the package's
// sources; what it writes to storage, in a page that runs the package.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { compiledOf } from '../../js/support/program.mjs';
import { newVisitor, pause } from './chromium.mjs';
import { productServer } from './product_server.mjs';

const root = new URL('../../../', import.meta.url).pathname;

const kHistory = 1000;
const kTurns = 51;
/** Timed together: what the device does now and then only, to keep its tail short, is among them. */
const kTogether = 64;
const kWritten = 20;
const kTriggers = 30;
/** Longer than an idle callback waits on a quiet page. */
const kIdleMs = 400;

/** As many capped triggers as a device's state holds. */
const definitions = {
  triggers: Array.from({ length: kTriggers }, (_, index) => ({
    id: `offer_${index}`,
    public: true,
    event: `Viewed ${index}`,
    do: [{ channel: 'web', slot: 'hero', content: { headline: 'Hello' } }],
    cap: { times: 3, per: '7d' },
  })),
};

const exposureOf = (index) => ({
  trigger: `offer_${index % kTriggers}`,
  channel: 'web',
  slot: 'hero',
});

async function measureFold(browser, server) {
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { Engine } from './sdk/js/src/engine/engine.js';
        import { device } from './sdk/js/src/engine/device.js';
        import { instantiate } from './sdk/js/src/engine/module.js';
        Object.assign(window, { Engine, device, instantiate });`,
      resolveDir: root,
    },
    bundle: true,
    write: false,
    format: 'iife',
    minify: true,
    target: 'es2022',
  });
  const context = await newVisitor(browser);
  const page = await context.newPage();
  await page.goto(`${server.site}/plain`);
  await page.addScriptTag({ content: outputFiles[0].text });
  const found = await page.evaluate(
    async ([wasm, program, exposures, turns, together, triggers]) => {
      const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
      const engine = new window.Engine(await window.instantiate(bytes(wasm)));
      const refused = engine.load(bytes(program));
      if (refused) throw new Error(`the engine refuses the program: ${refused}`);
      const fold = window.device(engine, localStorage, Date.now);
      fold.start([]);
      let time = Date.now() - 3600_000;
      let number = 0;
      const event = (name, properties) => ({
        messageId: `m${String(number++).padStart(9, '0')}`,
        timestamp: ++time,
        type: 'track',
        event: name,
        properties,
      });
      for (const exposure of exposures) {
        fold.fold(event('Decision Exposed', { decisionId: `d${number}`, ...exposure }));
      }
      const foldsUs = [];
      const checkpointsUs = [];
      let held = 0;
      for (let turn = 0; turn < turns; turn++) {
        const pairs = Array.from({ length: together }, (_, n) => [
          event(`Viewed ${n % triggers}`, {}),
          event('Decision Exposed', { decisionId: `d${number}`, ...exposures[n] }),
        ]);
        let at = performance.now();
        for (const [asked, exposed] of pairs) {
          for (const { reason } of fold.fold(asked).decisions) if (reason === 'cap_trigger') held++;
          fold.fold(exposed);
        }
        foldsUs.push(((performance.now() - at) * 1000) / together);
        at = performance.now();
        fold.checkpoint();
        checkpointsUs.push((performance.now() - at) * 1000);
      }
      return { foldsUs, checkpointsUs, held };
    },
    [
      readFileSync(join(root, 'sdk/js/dist/desirepath.wasm'), 'base64'),
      compiledOf(definitions, '--device').toString('base64'),
      Array.from({ length: kHistory }, (_, index) => exposureOf(index)),
      kTurns,
      kTogether,
      kTriggers,
    ],
  );
  await context.close();
  if (found.held !== kTurns * kTogether) throw new Error(`only ${found.held} were held back by their cap`);
  const median = (values) => values.sort((a, b) => a - b)[values.length >> 1];
  return { medianUs: median(found.foldsUs), checkpointUs: median(found.checkpointsUs) };
}

async function measureWrites(browser, ours) {
  const [path] = Object.keys(ours.config);
  const program = { type: 'application/octet-stream', body: compiledOf(definitions, '--device') };
  const server = await productServer({ ...ours, config: { [path]: program } });
  const context = await newVisitor(browser);
  try {
    const page = await context.newPage();
    await page.goto(server.site);
    await page.waitForFunction(ours.isReady);
    const expose = (exposures) =>
      page.evaluate((list) => {
        for (const one of list) window.desirepath.track('Decision Exposed', one);
      }, exposures);
    for (let index = 0; index < kHistory; index += 100) {
      await expose(Array.from({ length: 100 }, (_, n) => exposureOf(index + n)));
      await page.evaluate(() => window.desirepath.flush());
    }
    await pause(kIdleMs + ours.settleMs);
    await page.evaluate(() => {
      window.written = {};
      const set = Storage.prototype.setItem;
      Storage.prototype.setItem = function (key, value) {
        const kind = key.split('.').slice(0, 2).join('.');
        window.written[kind] = (window.written[kind] ?? 0) + key.length + value.length;
        return set.call(this, key, value);
      };
    });
    for (let index = 0; index < kWritten; index++) {
      await expose([exposureOf(index)]);
      await pause(kIdleMs);
    }
    await pause(ours.settleMs);
    const written = await page.evaluate(() => window.written);
    return Object.fromEntries(Object.entries(written).map(([kind, bytes]) => [kind, bytes / kWritten]));
  } finally {
    await context.close();
    await server.close();
  }
}

/** Microseconds of both together, and of the checkpoint that follows when the page is idle; bytes by kind of key, of one exposure. */
export async function measureDevice(browser, ours, server) {
  return { ...(await measureFold(browser, server)), written: await measureWrites(browser, ours) };
}
