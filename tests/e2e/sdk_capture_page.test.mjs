// What becomes of a page, captured without calls, in Chromium: attention, moments, mistakes, vitals.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { compiledOf, missing } from '../js/support/program.mjs';
import { openBrowser, until } from './support/browser.mjs';
import { captureSite, started, told } from './support/capture_site.mjs';

const pages = {
  '/long': '<div style="height: 3000px">long</div><a id=next href="/other">next</a>',
  '/other': '<p>other</p>',
  '/shell':
    '<div id=side style="position: absolute; width: 90px; height: 90px; overflow: auto"><p style="height: 900px">side</div><div id=main hidden style="height: 100vh; overflow: auto"><div style="height: 2000px">long</div></div>',
  '/slots': `<section data-dp-slot=hero><h1 data-dp-field=headline>Welcome</h1></section>`,
};

let site;
let collector;
let program;
let browser;
let tab;

before(async () => {
  site = await captureSite(
    pages,
    {
      '/foreign.js': (_, response) =>
        response
          .writeHead(200, { 'content-type': 'text/javascript' })
          .end('setTimeout(() => { throw new Error("foreign") })'),
    },
    {
      '/v1/journeys/default/program': (_, response) =>
        program ? response.writeHead(200).end(program) : response.writeHead(404).end(),
    },
  );
  collector = site.collector;
});
beforeEach(async () => {
  program = undefined;
  collector.requests.length = 0;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser.close());
after(() => site.close());

async function open(path, capture, load) {
  await tab.goto(site.address(path, capture, load));
  const { pages, ...modules } = capture;
  await started(tab, Object.keys(modules));
}
const all = (name) => told(tab, collector, name);
const properties = async (name) => (await all(name)).map((event) => event.properties);
const nextView = (path) =>
  tab.evaluate((path) => {
    history.pushState({}, '', path);
    desirepath.page();
  }, path);
/** The tab goes to the back and comes to the front, as far as the page can tell. */
const setHidden = (hidden) =>
  tab.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
  }, hidden);
const scrollTo = (y, id) =>
  tab.evaluate(([y, id]) => (id ? document.getElementById(id) : window).scrollTo(0, y), [y, id]);

test('depths of a page are told as they are reached, once a page view', async () => {
  await open('/long', { engagement: true });
  await scrollTo(900);
  await until(async () => (await all('Scroll Reached')).length === 2, 'half of the page');
  await scrollTo(0);
  await scrollTo(9000);
  await until(async () => (await all('Scroll Reached')).length === 4, 'the end of the page');
  assert.deepEqual(
    await properties('Scroll Reached'),
    [25, 50, 75, 100].map((percent) => ({ percent })),
  );
  await nextView('/next');
  await scrollTo(100);
  await until(
    async () => (await all('Scroll Reached')).length === 5,
    'the first quarter of the next page view',
  );
  assert.equal((await all('Scroll Reached'))[4].context.page.path, '/next');
});

test('percentages of the site, and a page that scrolls inside', async () => {
  await open('/shell', { engagement: { scroll: [90, 40] } });
  // The app shows its main part late, when the page has been looked at already.
  await tab.mouse.move(20, 20);
  await tab.waitForTimeout(400);
  await tab.evaluate(() => document.getElementById('main').removeAttribute('hidden'));
  await scrollTo(800, 'side');
  await tab.waitForTimeout(400);
  assert.deepEqual(await properties('Scroll Reached'), [], 'a part at the side is not the page');
  await scrollTo(400, 'main');
  await until(async () => (await all('Scroll Reached')).length, 'the first of them');
  assert.deepEqual(await properties('Scroll Reached'), [{ percent: 40 }]);
  await scrollTo(2000, 'main');
  await until(async () => (await all('Scroll Reached')).length === 2, 'the other');
  assert.deepEqual((await properties('Scroll Reached'))[1], { percent: 90 });
});

test('attention is told when a page view ends, with that page, and nothing twice', async () => {
  await open('/long', { engagement: true });
  const begun = await tab.evaluate(() => performance.now());
  await tab.mouse.move(50, 50);
  await tab.waitForTimeout(50);
  await nextView('/next');
  const [first, ...more] = await all('Page Engaged');
  assert.deepEqual(more, []);
  assert.equal(first.context.page.path, '/long');
  assert.ok(first.properties.engagedMs >= 50);
  assert.ok(
    first.timestamp <
      collector.stored().find(({ type, context }) => type === 'page' && context.page.path === '/next')
        .timestamp,
  );
  await setHidden(true);
  assert.equal((await all('Page Engaged')).length, 2);
  await tab.waitForTimeout(1500);
  await setHidden(false);
  await setHidden(true);
  assert.equal((await all('Page Engaged')).length, 2, 'a moment is no event of its own');
  await setHidden(false);
  const ended = await tab.evaluate(() => performance.now());
  await tab.goto(`${site.url}/other`);
  await until(() => collector.stored().length >= 4, 'what the page left');
  const engaged = collector.stored().filter(({ event }) => event === 'Page Engaged');
  const sum = engaged.reduce((ms, event) => ms + event.properties.engagedMs, 0);
  assert.ok(sum < ended - begun + 5000 - 1400, 'what was hidden is not counted');
  for (const { properties } of engaged)
    assert.ok(properties.scrollPercent > 0 && properties.scrollPercent < 100);
});

test('navigation within the document ends a page view too, without a call', async () => {
  await open('/long', { pages: true, engagement: true });
  await tab.mouse.move(50, 50);
  await tab.evaluate(() => history.pushState({}, '', '/next'));
  await until(async () => (await all('Page Engaged')).length, 'attention to the page before');
  const [{ context, timestamp }] = await all('Page Engaged');
  assert.equal(context.page.path, '/long');
  const next = collector
    .stored()
    .find(({ type, properties }) => type === 'page' && properties.path === '/next');
  assert.ok(timestamp < next.timestamp);
});

test('a page out of the back-forward cache goes on where it was', async () => {
  await open('/long', { engagement: true });
  await tab.mouse.move(10, 10);
  await tab.evaluate(() => document.getElementById('next').click());
  await tab.waitForURL('**/other');
  await tab.goBack();
  await tab.waitForFunction(() => window.desirepath);
  await until(async () => (await all('Page Engaged')).length === 1, 'attention before');
  await tab.mouse.move(20, 20);
  await tab.waitForTimeout(1200);
  await tab.goto('about:blank');
  await until(
    () => collector.stored().filter(({ event }) => event === 'Page Engaged').length === 2,
    'attention after',
  );
  const [before, after] = collector.stored().filter(({ event }) => event === 'Page Engaged');
  assert.ok(
    after.properties.engagedMs <= after.timestamp - before.timestamp,
    'what was told is not told again',
  );
});

test('on the way out, and gone quiet: each once a page view', async () => {
  await open('/long', { moments: { idleSeconds: 1 } });
  const leaveAt = (clientY, relatedTarget) =>
    tab.evaluate(
      ([clientY, inside]) =>
        document.body.dispatchEvent(
          new MouseEvent('mouseout', {
            bubbles: true,
            clientY,
            relatedTarget: inside ? document.body : null,
          }),
        ),
      [clientY, relatedTarget],
    );
  await leaveAt(300, false);
  await leaveAt(-1, true);
  assert.equal((await all('Exit Intended')).length, 0);
  await leaveAt(-1, false);
  await leaveAt(-1, false);
  assert.equal((await all('Exit Intended')).length, 1);
  await until(async () => (await all('Visitor Idle')).length, 'an idle visitor');
  await tab.mouse.move(5, 5);
  await tab.waitForTimeout(1300);
  assert.deepEqual(await properties('Visitor Idle'), [{ seconds: 1 }]);
  await nextView('/next');
  await leaveAt(-1, false);
  await until(async () => (await all('Visitor Idle')).length === 2, 'an idle visitor on the next page view');
  assert.equal((await all('Exit Intended')).length, 2);
});

test('a moment may change what is in view; a mistake of the page may not', { skip: missing }, async () => {
  const says = (id, event, slot) => ({
    id,
    public: true,
    owner: 'web',
    event,
    do: [{ channel: 'web', slot, content: { headline: id } }],
  });
  program = compiledOf(
    { triggers: [says('stay', 'Exit Intended', 'hero'), says('sorry', 'Error Occurred', 'hero')] },
    '--device',
  );
  await open('/slots', { moments: true, errors: true });
  await tab.evaluate(() => new Promise((resolve) => desirepath.ready(resolve)));
  await tab.waitForTimeout(300);
  await tab.evaluate(() => setTimeout(() => noSuchThing()));
  await until(() => tab.evaluate(() => desirepath.explain('sorry')), 'a decision on the mistake');
  assert.equal((await tab.evaluate(() => desirepath.explain('sorry'))).reason, 'late');
  assert.equal(await tab.textContent('h1'), 'Welcome');
  await tab.evaluate(() => document.body.dispatchEvent(new MouseEvent('mouseout', { bubbles: true })));
  assert.equal(await tab.textContent('h1'), 'stay');
});

test("mistakes of the page's own scripts, each once a page view", async () => {
  await open('/other', { errors: true });
  const loop = () =>
    tab.evaluate(() =>
      Array.from({ length: 3 }, () =>
        setTimeout(() => {
          throw new TypeError('loop');
        }),
      ),
    );
  await loop();
  await tab.evaluate(() => {
    const trap = {
      get() {
        throw new Error('trap');
      },
    };
    const plain = ['text', null, undefined, 7n, Symbol('sign'), { code: 4 }, Object.create(null)];
    for (const reason of [
      ...plain,
      { message: { deep: 1 } },
      new Proxy({}, trap),
      new RangeError('no ada@shop.test'),
    ]) {
      Promise.reject(reason);
    }
  });
  const messages = async () =>
    (await properties('Error Occurred')).map(({ kind, message }) => `${kind} ${message}`);
  await until(async () => (await messages()).length === 9, 'nine different mistakes');
  assert.deepEqual((await messages()).sort(), [
    'error Uncaught TypeError: loop',
    'rejection 7',
    'rejection RangeError: no …',
    'rejection Symbol(sign)',
    'rejection [object Object]',
    'rejection null',
    'rejection text',
    'rejection undefined',
    'rejection unreadable',
  ]);
  await tab.evaluate(() => {
    for (let n = 0; n < 20; n++) Promise.reject(`other ${n}`);
  });
  await until(async () => (await messages()).length === 10, 'the last that is told');
  await nextView('/next');
  await loop();
  await until(async () => (await messages()).length === 11, 'the same mistake on the next page view');
  const last = (await all('Error Occurred')).at(-1);
  assert.equal(last.properties.message, 'Uncaught TypeError: loop');
  assert.ok(last.properties.line > 0);
  assert.equal(last.context.page.path, '/next');
});

test("other sites' scripts and what could not be loaded are no mistakes of the page", async () => {
  await open('/other', { errors: true });
  const foreign = site.url.replace('127.0.0.1', 'localhost');
  await tab.evaluate(async (foreign) => {
    const heard = new Promise((resolve) => addEventListener('error', resolve, { once: true }));
    document.body.append(
      Object.assign(document.createElement('script'), { src: `${foreign}/foreign.js` }),
      Object.assign(document.createElement('img'), { src: '/none.png' }),
    );
    await heard;
    dispatchEvent(new ErrorEvent('error', { message: 'theirs', filename: 'chrome-extension://abc/x.js' }));
    dispatchEvent(
      new ErrorEvent('error', { message: 'ours', filename: `${location.origin}/a.js?token=1`, lineno: 3 }),
    );
  }, foreign);
  assert.deepEqual(await properties('Error Occurred'), [
    { message: 'ours', kind: 'error', source: `${site.url}/a.js`, line: 3 },
  ]);
});

test('the vitals of a page', async () => {
  await open('/long', { vitals: true });
  await tab.mouse.click(30, 30);
  await until(
    async () => (await properties('Web Vital Measured')).some(({ name }) => name === 'FCP'),
    'a first contentful paint',
  );
  await tab.waitForTimeout(200);
  await tab.goto(`${site.url}/other`);
  const names = () =>
    collector
      .stored()
      .filter(({ event }) => event === 'Web Vital Measured')
      .map(({ properties }) => properties.name);
  await until(() => ['CLS', 'FCP', 'LCP', 'TTFB'].every((name) => names().includes(name)), 'the vitals');
  for (const { event, properties, context } of collector.stored()) {
    if (event !== 'Web Vital Measured') continue;
    assert.ok(properties.value >= 0);
    assert.match(properties.rating, /^(good|needs-improvement|poor)$/);
    assert.ok(properties.id);
    assert.equal(properties.navigationType, 'navigate');
    assert.equal(context.page.path, '/long');
  }
  assert.equal(new Set(names()).size, names().length, 'each once');
});
