import { empty, lines, totals } from '../cart.js';
import { customer, keepOrder } from '../customer.js';
import { drawLines } from '../lines.js';
import '../panel.js';
import { completeOrder, startCheckout } from '../path.js';

const orderNumber = () =>
  `W${Array.from(crypto.getRandomValues(new Uint8Array(4)), (byte) => byte.toString(16).padStart(2, '0')).join('')}`;

const order = { number: orderNumber(), lines: drawLines({ editable: false }), ...totals() };
const form = document.querySelector('[data-order]');

if (order.lines.length === 0) {
  location.replace('/cart');
} else {
  startCheckout(order);
}

const known = customer();
if (known) {
  form.elements.name.value = known.name;
  form.elements.email.value = known.email;
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  const bought = { ...order, lines: lines(), ...totals() };
  keepOrder(bought);
  completeOrder(bought);
  empty();
  location.assign(`/thanks?order=${bought.number}`);
});
form.querySelector('[type="submit"]').disabled = false;
