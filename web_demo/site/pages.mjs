// Every page of the shop, rendered whole: it reads, links and orders its headings without any script.

import { CATEGORIES, PRODUCTS, priceText, productsOf } from './catalog.mjs';
import { html } from './html.mjs';
import { layout } from './layout.mjs';

const card = (product, eager = false) => html`
  <li class="card">
    <a href="/product/${product.id}">
      <img src="/images/${product.id}.svg" width="480" height="480" alt="" loading="${eager ? 'eager' : 'lazy'}">
      <span class="card-name">${product.name}</span>
      <span class="card-kind">${product.kind}</span>
      <span class="card-price">${priceText(product.price)}</span>
    </a>
  </li>`;

const grid = (products, eager) =>
  html`<ul class="grid">${products.map((product) => card(product, eager))}</ul>`;

const homePage = () =>
  layout({
    title: 'Waymark Outfitters',
    description: 'Boots, shells, packs and tents for people who leave the paved path.',
    path: '/',
    facts: { kind: 'home' },
    script: 'home',
    body: html`
  <section class="hero" data-dp-slot="hero">
    <img class="hero-image" data-dp-field="image@src" src="/images/hero-ridge.svg" alt="">
    <div class="hero-text">
      <p class="eyebrow" data-dp-field="eyebrow">Autumn on the ridge</p>
      <h1 data-dp-field="headline">The best path is the one you wear in.</h1>
      <p data-dp-field="text">Boots, shells, packs and tents that last, from people who walk. Repaired free for as
        long as you own them.</p>
      <a class="button" href="/shop" data-dp-field="action href">See the collection</a>
    </div>
  </section>
  <section class="band" aria-labelledby="by-kind">
    <h2 id="by-kind">Where are you going?</h2>
    <ul class="ways">${CATEGORIES.map(
      (category) => html`
      <li><a href="/shop/${category.id}"><span class="way-name">${category.name}</span>
        <span class="way-line">${category.line}</span></a></li>`,
    )}</ul>
  </section>
  <section class="band" aria-labelledby="worn-in">
    <h2 id="worn-in">Worn in this week</h2>
    ${grid(['tarn-mid', 'gale', 'lochan-28', 'bothy-2'].map((id) => PRODUCTS.find((product) => product.id === id)))}
  </section>`,
  });

const listPage = (category) => {
  const products = category ? productsOf(category.id) : PRODUCTS;
  const name = category ? category.name : 'Everything';
  return layout({
    title: `${name} · Waymark Outfitters`,
    description: category ? category.line : 'Twelve things that last.',
    path: category ? `/shop/${category.id}` : '/shop',
    facts: { kind: 'list', list: category ? category.id : 'all' },
    script: 'list',
    body: html`
  <div class="list-head">
    <h1>${name}</h1>
    <p>${category ? category.line : 'Twelve things that last. There is no thirteenth.'}</p>
  </div>
  ${grid(products, true)}
  <aside class="aside" data-dp-slot="list">
    <h2 data-dp-field="headline">Worn wrong? Bring it back.</h2>
    <p data-dp-field="text">Sixty days, walked in or not. We pay the way home.</p>
  </aside>`,
  });
};

const productPage = (product) => {
  const category = CATEGORIES.find(({ id }) => id === product.category);
  const others = productsOf(product.category).filter(({ id }) => id !== product.id);
  return layout({
    title: `${product.name}, ${product.kind.toLowerCase()} · Waymark Outfitters`,
    description: product.line,
    path: `/product/${product.id}`,
    facts: { kind: 'product', category: product.category },
    script: 'product',
    body: html`
  <p class="crumbs"><a href="/shop">Everything</a> <span aria-hidden="true">/</span>
    <a href="/shop/${category.id}">${category.name}</a></p>
  <article class="product" data-product data-id="${product.id}" data-name="${product.name}"
    data-category="${product.category}" data-price="${product.price}">
    <img src="/images/${product.id}.svg" width="480" height="480" alt="${product.name}, ${product.kind.toLowerCase()}">
    <div class="product-text">
      <p class="eyebrow">${product.kind}</p>
      <h1>${product.name}</h1>
      <p class="lead">${product.line}</p>
      <p>${product.text}</p>
      <p class="price">${priceText(product.price)} <span>${product.weight}</span></p>
      <button class="button" type="button" data-add disabled>Add to cart</button>
      <p class="added" data-added role="status"></p>
      <aside class="advice" data-dp-slot="product">
        <h2 data-dp-field="headline">Questions about fit?</h2>
        <p data-dp-field="text">Our size guide is drawn from feet and backs, not from tables.</p>
      </aside>
      <dl class="facts">${product.facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
    </div>
  </article>
  <section class="band" aria-labelledby="near">
    <h2 id="near">Next to it on the shelf</h2>
    ${grid(others)}
  </section>`,
  });
};

const cartPage = () =>
  layout({
    title: 'Your cart · Waymark Outfitters',
    description: 'What you have picked.',
    path: '/cart',
    facts: { kind: 'cart' },
    script: 'cart',
    body: html`
  <h1>Your cart</h1>
  <div class="split">
    <section aria-label="Picked">
      <ul class="lines" data-lines></ul>
      <div class="empty" data-empty>
        <p>Nothing in it yet.</p>
        <a class="button" href="/shop">Look around</a>
      </div>
    </section>
    <div class="summary">
      <aside class="advice" data-dp-slot="cart">
        <h2 data-dp-field="headline">Two to three days.</h2>
        <p data-dp-field="text">Delivery costs €6.90 and is free from €150.</p>
      </aside>
      <dl class="totals">
        <div><dt>Goods</dt><dd data-goods>€0</dd></div>
        <div><dt>Delivery</dt><dd data-delivery>€0</dd></div>
        <div class="sum"><dt>Total</dt><dd data-total>€0</dd></div>
      </dl>
      <a class="button wide" href="/checkout" data-checkout>Check out</a>
    </div>
  </div>`,
  });

const field = (name, label, attributes) => html`
  <p class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" ${attributes}></p>`;

const checkoutPage = () =>
  layout({
    title: 'Check out · Waymark Outfitters',
    description: 'Where shall it go?',
    path: '/checkout',
    facts: { kind: 'checkout' },
    script: 'checkout',
    body: html`
  <h1>Where shall it go?</h1>
  <div class="split">
    <form class="form" data-order data-dp-private>
      ${field('name', 'Name', html`autocomplete="name" required maxlength="80"`)}
      ${field('email', 'E-mail', html`type="email" autocomplete="email" required maxlength="120"`)}
      ${field('street', 'Street and number', html`autocomplete="street-address" required maxlength="120"`)}
      <div class="field-row">
        ${field('zip', 'Postcode', html`autocomplete="postal-code" required maxlength="12"`)}
        ${field('city', 'Town', html`autocomplete="address-level2" required maxlength="80"`)}
      </div>
      <fieldset class="choices">
        <legend>Payment</legend>
        <label><input type="radio" name="payment" value="invoice" checked> Invoice, 30 days</label>
        <label><input type="radio" name="payment" value="transfer"> Bank transfer</label>
      </fieldset>
      <button class="button wide" type="submit" disabled>Place the order</button>
      <p class="fine">This is a demonstration: the order goes no further than this browser.</p>
    </form>
    <div class="summary">
      <ul class="lines small" data-lines></ul>
      <dl class="totals">
        <div><dt>Goods</dt><dd data-goods>€0</dd></div>
        <div><dt>Delivery</dt><dd data-delivery>€0</dd></div>
        <div class="sum"><dt>Total</dt><dd data-total>€0</dd></div>
      </dl>
    </div>
  </div>`,
  });

const thanksPage = () =>
  layout({
    title: 'Thank you · Waymark Outfitters',
    description: 'Your order is placed.',
    path: '/thanks',
    facts: { kind: 'thanks' },
    script: 'thanks',
    body: html`
  <section class="plain">
    <p class="eyebrow" data-order-number>Order placed</p>
    <h1>Thank you. See you out there.</h1>
    <p class="lead">Your kit leaves the workshop tomorrow. We write once when it does, and not again.</p>
    <p><a class="button" href="/account">Your orders</a> <a class="quiet" href="/">Back to the start</a></p>
  </section>`,
  });

const accountPage = () =>
  layout({
    title: 'Account · Waymark Outfitters',
    description: 'Your orders and your choices.',
    path: '/account',
    facts: { kind: 'account' },
    script: 'account',
    body: html`
  <h1>Account</h1>
  <div class="split even">
    <section data-signed-out>
      <h2>Sign in</h2>
      <form class="form" data-sign-in data-dp-private>
        ${field('name', 'Name', html`autocomplete="name" required maxlength="80"`)}
        ${field('email', 'E-mail', html`type="email" autocomplete="email" required maxlength="120"`)}
        <button class="button" type="submit" disabled>Sign in</button>
        <p class="fine">No password in a demonstration shop: any name will do.</p>
      </form>
    </section>
    <section data-signed-in hidden>
      <h2>Hello, <span data-customer-name></span></h2>
      <p>You are signed in as <strong data-customer-email></strong>.</p>
      <button class="button plain-button" type="button" data-sign-out>Sign out</button>
      <p class="fine">Signing out also forgets your path on this device.</p>
    </section>
    <section>
      <h2>Your orders</h2>
      <p data-no-orders>None yet.</p>
      <ul class="orders" data-orders></ul>
      <h2>May we write to you?</h2>
      <fieldset class="choices" data-consent>
        <legend class="fine">You can change this whenever you like.</legend>
        <label><input type="checkbox" name="marketing"> Letters about new kit</label>
      </fieldset>
    </section>
  </div>`,
  });

const missingPage = () =>
  layout({
    title: 'No such path · Waymark Outfitters',
    description: 'This page does not exist.',
    path: '',
    facts: { kind: 'missing' },
    script: 'plain',
    body: html`
  <section class="plain">
    <p class="eyebrow">404</p>
    <h1>The path ends here.</h1>
    <p><a class="button" href="/shop">Back to the shop</a></p>
  </section>`,
  });

// URL path -> HTML, and the page for what is not there.
export const renderSite = () => ({
  pages: new Map([
    ['/', homePage()],
    ['/shop', listPage()],
    ...CATEGORIES.map((category) => [`/shop/${category.id}`, listPage(category)]),
    ...PRODUCTS.map((product) => [`/product/${product.id}`, productPage(product)]),
    ['/cart', cartPage()],
    ['/checkout', checkoutPage()],
    ['/thanks', thanksPage()],
    ['/account', accountPage()],
  ]),
  missing: missingPage(),
});
