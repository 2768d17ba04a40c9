// What every page has around its content: head, notice, header, footer and the path panel.

import { CATEGORIES } from './catalog.mjs';
import { html } from './html.mjs';

const link = (href, text, current) =>
  html`<a href="${href}"${current ? html` aria-current="page"` : ''}>${text}</a>`;

const header = (path) => html`
  <header class="top">
    <a class="brand" href="/"><img src="/images/mark.svg" width="30" height="30" alt="">Waymark</a>
    <nav class="sections" aria-label="Shop">
      ${CATEGORIES.map(({ id, name }) => link(`/shop/${id}`, name, path === `/shop/${id}`))}
    </nav>
    <nav class="personal" aria-label="You">
      ${link('/account', 'Account', path === '/account')}
      <a class="cart-link" href="/cart"${path === '/cart' ? html` aria-current="page"` : ''}>Cart
        <span class="count" data-cart-count hidden></span></a>
    </nav>
  </header>`;

const footer = html`
  <footer class="bottom">
    <p class="bottom-brand"><img src="/images/mark.svg" width="22" height="22" alt=""> Waymark Outfitters</p>
    <p>A demonstration shop. Nothing is sold, nothing is sent, and the only data it makes stays in your browser and
      in the collector you started.</p>
  </footer>`;

// Empty until something is decided for it: it covers a corner and moves nothing.
const toast = html`
  <aside class="toast" data-dp-slot="toast" aria-label="A word" role="status">
    <p data-dp-field="text"></p>
    <a href="/" data-dp-field="action href"></a>
    <button type="button" data-close-toast aria-label="Close">×</button>
  </aside>`;

const panel = html`
  <aside class="path-panel" data-panel aria-label="Your path">
    <button class="path-toggle" type="button" aria-expanded="false" aria-controls="path-body">
      <img src="/images/mark.svg" width="18" height="18" alt=""><span>Your path</span>
      <span class="path-now" data-panel-stage>—</span>
    </button>
    <div class="path-body" id="path-body" hidden>
      <ol class="trail" data-panel-trail aria-label="Stages"></ol>
      <h2>Slots on this page</h2>
      <ul class="path-slots" data-panel-slots></ul>
      <h2>What was decided</h2>
      <ol class="path-log" data-panel-log></ol>
      <p class="path-wire" data-panel-wire role="status"></p>
    </div>
  </aside>`;

const attributes = (facts) => Object.entries(facts).map(([name, value]) => html` data-${name}="${value}"`);

// `page`: { title, description, path, facts, script, body }. `facts` become the properties of the page call; `script` is
// a module below /js/pages.
export const layout = (page) =>
  html`<!doctype html>
<html lang="en"${attributes(page.facts)}>
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>${page.title}</title>
  <meta name="description" content="${page.description}">
  <meta name="theme-color" content="#ffcf1a">
  <link rel="icon" href="/images/mark.svg" type="image/svg+xml">
  <link rel="stylesheet" href="/css/shop.css">
  <script src="/config.js"></script>
  <script src="/desirepath/desirepath.iife.js"></script>
  <script src="/js/start.js"></script>
  <script src="/js/pages/${page.script}.js" type="module"></script>
</head>
<body>
  <a class="skip" href="#content">Skip to content</a>
  <p class="notice" data-dp-slot="notice"><span data-dp-field="text">Free returns for 60 days, walked in or not.</span>
    <a href="/shop" data-dp-field="action href">See everything</a></p>
  ${header(page.path)}
  <main id="content">${page.body}</main>
  ${footer}
  ${toast}
  ${panel}
</body>
</html>
`.toString();
