// What visitors do, captured without calls, in Chromium: clicks, forms, friction. What they write is told nowhere.
import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, test } from 'node:test';
import { openBrowser, until } from './support/browser.mjs';
import { captureSite, started, told } from './support/capture_site.mjs';

const secrets = [
  'hunter2',
  '4242424242424242',
  'Ada Lovelace',
  'ada@shop.test',
  'my private note',
  'balance 1234',
];

const pages = {
  '/secrets': `
    <form id=checkout name=pay>
      <input id=who name=who>
      <input id=pw name=pw type=password>
      <input id=pan name=pan autocomplete="billing cc-number">
      <textarea id=note name=note></textarea>
      <select id=plan name=plan><option>none<option>balance 1234</select>
      <div id=free contenteditable role=button>x</div>
      <button id=account type=button>Hello <span data-dp-private>Ada Lovelace</span></button>
      <button id=mail type=button>ada@shop.test</button>
      <input id=go type=submit value="balance 1234">
    </form>
    <x-box data-dp-private></x-box>
    <div data-dp-private>
      <button id=hidden>Ada Lovelace</button><a id=way href="https://other.test/hunter2">hunter2</a>
      <form id=own><input id=inner name=inner></form>
      <p id=marked data-dp-event="Secret Seen" data-dp-prop-note="hunter2">x</p>
    </div>
    <div id=row style="cursor: pointer">my private note</div>
    <script>
      addEventListener('submit', (event) => event.preventDefault());
      document.querySelector('x-box').attachShadow({ mode: 'open' }).innerHTML = '<button id=deep>my private note</button>';
    </script>`,
  '/clicks': `
    <main>
      <div id=card data-dp-event="Plan Chosen" data-dp-prop-plan="pro" tabindex=0>Pro <b id=inside>now</b></div>
      <div id=pressed role=button tabindex=0 data-dp-event="Pressed">x</div>
      <label id=label data-dp-event="Ticked"><input type=checkbox id=box> <span id=words>tick</span></label>
      <ul><li><button>One</button><li><button class=x>  Add
        to cart </button></ul>
      <a id=boots href="/clicks?token=abc#x">Boots</a>
      <a id=out href="https://other.test/a?b=c">Other</a>
      <a id=own href="https://pay.site.test/">Pay</a>
      <a id=file href="/guide.pdf?x=1">Guide</a>
      <a id=named href="/guide.pdf" data-dp-event="Guide Fetched">Guide</a>
      <p id=plain>text</p>
    </main>
    <x-box></x-box>
    <script>
      addEventListener('click', (event) => event.target.closest('a') && event.preventDefault());
      pressed.addEventListener('keydown', () => pressed.click());
      document.querySelector('x-box').attachShadow({ mode: 'open' }).innerHTML = '<button id=deep>Deep</button>';
    </script>`,
  '/forms': `
    <form id=mail name=newsletter>
      <input id=name name=name><input name=id id=email><input type=checkbox id=agree name=agree><button>Go</button>
    </form>
    <form id=quick data-dp-form="Quick order" data-dp-event="Order Asked" data-dp-prop-kind="phone">
      <input id=phone name=phone><button id=ask>Ask</button>
    </form>
    <script>addEventListener('submit', (event) => event.preventDefault())</script>`,
  '/friction': `
    <style>body { height: 3000px } #pointer { cursor: pointer }</style>
    <button id=dead>Dead</button> <button id=alive>Alive</button> <div id=pointer>Looks so</div>
    <button id=focuses>Focus</button> <a id=nowhere href="#">Nowhere</a> <a id=slow href="/slow">Slow</a> <button id=goes>Goes</button> <a id=write href="mailto:shop@shop.test">Write</a>
    <button id=scrolls>Scroll</button> <p id=plain>text</p> <input id=field> <x-box></x-box> <button id=last>Last</button> <button id=another>Another</button>
    <div data-dp-private><button id=hidden>Hidden</button></div>
    <script>
      alive.onclick = () => setTimeout(() => alive.toggleAttribute('data-on'), 500);
      focuses.onclick = () => field.focus();
      goes.onclick = () => { location.href = '/slow'; };
      nowhere.onclick = (event) => event.preventDefault();
      scrolls.onclick = () => scrollTo(0, 2);
      const root = document.querySelector('x-box').attachShadow({ mode: 'open' });
      root.innerHTML = '<button id=deep>Deep</button><i></i>';
      root.getElementById('deep').onclick = () => root.querySelector('i').append('changed');
    </script>`,
};

let site;
let collector;
let browser;
let tab;

before(async () => {
  // Never answered.
  site = await captureSite(pages, { '/slow': () => {} });
  collector = site.collector;
});
beforeEach(async () => {
  collector.requests.length = 0;
  browser = await openBrowser();
  tab = browser.context.pages()[0] ?? (await browser.context.newPage());
});
afterEach(() => browser.close());
after(() => site.close());

async function open(path, capture, load) {
  await tab.goto(site.address(path, capture, load));
  await started(tab, Object.keys(capture));
}
const all = (name) => told(tab, collector, name);
const properties = async (name) => (await all(name)).map((event) => event.properties);

test('what people write, and what is private, is in no event', async () => {
  await open('/secrets', { clicks: true, forms: true, friction: true, engagement: true, moments: true });
  await tab.fill('#who', 'Ada Lovelace');
  await tab.fill('#pw', 'hunter2');
  await tab.fill('#note', 'my private note');
  await tab.selectOption('#plan', 'balance 1234');
  await tab.click('#free');
  await tab.keyboard.type('hunter2');
  for (const id of [
    'who',
    'pw',
    'pan',
    'note',
    'plan',
    'account',
    'mail',
    'hidden',
    'way',
    'marked',
    'deep',
    'row',
  ]) {
    await tab.click(id === 'deep' ? 'x-box button' : `#${id}`, {
      clickCount: 3,
      modifiers: id === 'way' ? ['Shift'] : [],
    });
  }
  await tab.fill('#inner', 'hunter2');
  await tab.press('#inner', 'Enter');
  await tab.fill('#pan', '4242424242424242');
  await tab.click('#go');
  await tab.click('#row');
  await until(async () => (await all('Dead Clicked')).length, 'a click that nothing answers');
  assert.ok((await all('Rage Clicked')).some(({ properties }) => properties.id === 'row'));
  const [submitted, more] = await properties('Form Submitted');
  assert.equal(more, undefined, 'a private form is not told');
  assert.equal(submitted.fieldsTouched, 6);
  assert.equal(submitted.lastField, undefined, 'a card field is not named');
  const clicks = await properties('Element Clicked');
  assert.deepEqual(
    [...new Set(clicks.map(({ id, text }) => `${id}: ${text}`))],
    ['free: undefined', 'account: Hello', 'mail: undefined', 'go: undefined'],
  );
  const wire = collector.requests.map(({ text }) => text).join();
  for (const secret of secrets) assert.ok(!wire.includes(secret), secret);
  for (const name of ['"pw"', '"pan"', '"inner"', 'Secret Seen', 'other.test'])
    assert.ok(!wire.includes(name), name);
});

test('markup names an event and its properties, for mouse, keys and all that is inside', async () => {
  await open('/clicks', { clicks: true });
  await tab.click('#inside');
  await tab.focus('#card');
  await tab.keyboard.press('Enter');
  await tab.keyboard.press('Space');
  assert.deepEqual(await properties('Plan Chosen'), [{ plan: 'pro' }, { plan: 'pro' }, { plan: 'pro' }]);
  await tab.focus('#pressed');
  await tab.keyboard.press('Enter');
  assert.equal((await all('Pressed')).length, 1, "the page's own click for the key is no other one");
  await tab.click('#words');
  await tab.focus('#box');
  await tab.keyboard.press('Space');
  assert.equal((await all('Ticked')).length, 2, "a label's click on its control is no other one");
  await tab.click('#named');
  assert.equal((await all('Guide Fetched')).length, 1);
  assert.equal((await all('File Downloaded')).length, 0, 'one event a click');
  assert.equal((await all('Element Clicked')).length, 0);
});

test('links and buttons are told without markup: one event a click, the most specific', async () => {
  await open('/clicks', { clicks: { domains: ['site.test'] } });
  await tab.click('.x');
  await tab.click('x-box button');
  await tab.click('#boots');
  await tab.click('#own', { modifiers: ['Control'] });
  await tab.click('#plain');
  assert.deepEqual(await properties('Element Clicked'), [
    { tag: 'button', text: 'Add to cart', selector: 'body>main>ul>li:nth-of-type(2)>button' },
    { tag: 'button', text: 'Deep', id: 'deep', selector: '#deep' },
    { tag: 'a', text: 'Boots', id: 'boots', href: `${site.url}/clicks`, selector: '#boots' },
    { tag: 'a', text: 'Pay', id: 'own', href: 'https://pay.site.test/', selector: '#own' },
  ]);
  await tab.click('#out');
  await tab.click('#out', { button: 'middle' });
  await tab.click('#out', { button: 'right' });
  await tab.click('.x', { button: 'middle' });
  const out = { host: 'other.test', path: '/a', text: 'Other', id: 'out' };
  assert.deepEqual(await properties('Link Clicked'), [out, out]);
  await tab.click('#file');
  const { host } = new URL(site.url);
  assert.deepEqual(await properties('File Downloaded'), [
    { host, path: '/guide.pdf', extension: 'pdf', text: 'Guide', id: 'file' },
  ]);
  assert.equal((await all('Element Clicked')).length, 4);
});

test('autocapture is off where the site says so; markup, ways out and downloads stay', async () => {
  await open('/clicks', { clicks: { autocapture: false, extensions: ['zip'] } });
  for (const id of ['card', 'boots', 'file', 'out']) await tab.click(`#${id}`);
  await all('Link Clicked');
  assert.deepEqual(
    collector.stored().map(({ type, event }) => event ?? type),
    ['page', 'Plan Chosen', 'Link Clicked'],
  );
});

test('a form: begun, submitted, named by its markup', async () => {
  await open('/forms', { forms: true });
  await tab.fill('#name', 'Ada');
  await tab.fill('#email', 'x');
  await tab.check('#agree');
  await tab.click('#mail button');
  const form = { form: 'newsletter', id: 'mail', name: 'newsletter' };
  assert.deepEqual(await properties('Form Started'), [form], 'fields called id and name change nothing');
  const [{ elapsedMs, ...submitted }, ...more] = await properties('Form Submitted');
  assert.deepEqual([submitted, more], [{ ...form, fieldsTouched: 3, lastField: 'agree' }, []]);
  assert.ok(elapsedMs >= 0);
  await tab.click('#ask');
  assert.deepEqual(await properties('Order Asked'), [
    { form: 'Quick order', id: 'quick', fieldsTouched: 0, kind: 'phone' },
  ]);
  assert.equal((await all('Form Submitted')).length, 1);
});

test('a form that is begun and left is told once, with the page view it was left in', async () => {
  await open('/forms', { forms: true });
  await tab.fill('#phone', '1');
  await tab.fill('#name', 'Ada');
  await tab.click('#mail button');
  await tab.evaluate(() => {
    history.pushState({}, '', '/next');
    desirepath.page('Next');
  });
  const [left, ...more] = await all('Form Abandoned');
  assert.deepEqual(more, []);
  const { elapsedMs, ...rest } = left.properties;
  assert.deepEqual(rest, { form: 'Quick order', id: 'quick', fieldsTouched: 1, lastField: 'phone' });
  assert.ok(elapsedMs >= 0);
  assert.equal(left.context.page.path, '/forms');
  const next = collector.stored().find(({ name }) => name === 'Next');
  assert.ok(left.timestamp < next.timestamp, 'before the next page view begins');
  await tab.fill('#phone', '2');
  await tab.goto('about:blank');
  await until(
    () => collector.stored().filter(({ event }) => event === 'Form Abandoned').length === 2,
    'the form of the page that went',
  );
});

test('three quick clicks in one place are anger, once an element and page view', async () => {
  await open('/friction', { friction: true });
  await tab.click('#alive', { clickCount: 3 });
  await tab.click('#alive', { clickCount: 3 });
  await tab.click('#field', { clickCount: 3 });
  await tab.click('#hidden', { clickCount: 3 });
  const [{ properties }, ...more] = await all('Rage Clicked');
  assert.deepEqual(more, []);
  assert.deepEqual(properties, { tag: 'button', text: 'Alive', id: 'alive', selector: '#alive', clicks: 3 });
  await tab.evaluate(() => desirepath.page('Next'));
  await tab.click('#alive', { clickCount: 3 });
  assert.equal((await all('Rage Clicked')).length, 2, 'another page view');
});

test('a click is dead when nothing answers it', async () => {
  await open('/friction', { friction: true });
  const dead = async () => (await properties('Dead Clicked')).map(({ id }) => id);
  // One is watched at a time: that the next is told shows that the one before was answered.
  const isTold = (id) => until(async () => (await dead()).includes(id), `${id} is dead`);
  for (const id of ['plain', 'field', 'hidden']) await tab.click(`#${id}`);
  await tab.click('#dead');
  await isTold('dead');
  await tab.click('#dead');
  await tab.click('x-box button');
  await tab.click('#pointer');
  await isTold('pointer');
  await tab.click('#alive');
  await tab.waitForSelector('#alive[data-on]');
  await tab.click('#nowhere');
  await isTold('nowhere');
  await tab.click('#focuses');
  await tab.click('#last');
  await isTold('last');
  await tab.click('#scrolls');
  await tab.waitForFunction(() => scrollY > 0);
  await tab.evaluate(() => new Promise(requestAnimationFrame));
  await tab.click('#another');
  await isTold('another');
  assert.deepEqual(await dead(), ['dead', 'pointer', 'nowhere', 'last', 'another']);
});

for (const [browsers, ids] of [
  ['a browser that tells of navigation', ['slow', 'goes', 'write', 'last']],
  ['any browser', ['slow', 'last']],
]) {
  test(`what leads away is not dead, however slow the way, in ${browsers}`, async () => {
    if (!ids.includes('goes')) await tab.addInitScript(() => delete window.navigation);
    await open('/friction', { friction: true });
    const boxes = await tab.evaluate(() =>
      Object.fromEntries(
        [...document.querySelectorAll('[id]')].map(({ id, offsetLeft, offsetTop }) => [
          id,
          [offsetLeft + 5, offsetTop + 5],
        ]),
      ),
    );
    for (const id of ids) await tab.mouse.click(...boxes[id]);
    const dead = () => collector.stored().filter(({ event }) => event === 'Dead Clicked');
    await until(() => dead().length, 'a dead click beside');
    assert.equal(dead()[0].properties.id, 'last');
  });
}
