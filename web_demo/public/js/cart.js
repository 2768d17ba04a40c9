// The cart: lines in localStorage, totals, and the number in the header.

import { addProduct, removeProduct, updateCart } from './path.js';
import { read, write } from './storage.js';

const KEY = 'waymark.cart';
const FREE_FROM = 150;
const DELIVERY = 6.9;
const QUANTITY_MAX = 9;

export const lines = () => read(KEY, []).filter((line) => line?.quantity > 0 && line.price >= 0);

const cents = (euro) => Math.round(euro * 100) / 100;

export const totals = () => {
  const goods = cents(lines().reduce((sum, line) => sum + line.price * line.quantity, 0));
  const delivery = goods === 0 || goods >= FREE_FROM ? 0 : DELIVERY;
  return { goods, delivery, total: cents(goods + delivery) };
};

export const euro = (amount) => `€${Number.isInteger(amount) ? amount : amount.toFixed(2)}`;

const pieces = () => lines().reduce((sum, line) => sum + line.quantity, 0);

const save = (next) => {
  write(KEY, next);
  showCount();
  updateCart(totals().goods, pieces());
};

export const add = (product) => {
  const next = lines();
  const line = next.find(({ id }) => id === product.id);
  if (line) line.quantity = Math.min(QUANTITY_MAX, line.quantity + 1);
  else next.push({ ...product, quantity: 1 });
  addProduct(product);
  save(next);
};

export const setQuantity = (id, quantity) => {
  const line = lines().find((candidate) => candidate.id === id);
  if (!line || quantity > QUANTITY_MAX) return;
  if (quantity < 1) removeProduct(line);
  save(
    lines()
      .map((candidate) => (candidate.id === id ? { ...candidate, quantity } : candidate))
      .filter((candidate) => candidate.quantity > 0),
  );
};

// After an order: the goods are sold, nothing was taken out of the cart.
export const empty = () => {
  write(KEY, undefined);
  showCount();
};

export const showCount = () => {
  const badge = document.querySelector('[data-cart-count]');
  badge.textContent = pieces();
  badge.hidden = pieces() === 0;
  badge.parentElement.setAttribute(
    'aria-label',
    `Cart, ${pieces() === 1 ? '1 thing' : `${pieces()} things`}`,
  );
};

addEventListener('storage', showCount);
addEventListener('pageshow', showCount);
showCount();
