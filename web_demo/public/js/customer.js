// Who is signed in, in this browser. A real shop's server would say so; the id is what it would call its customer.

import { desirepath } from './path.js';
import { read, write } from './storage.js';

const KEY = 'waymark.customer';
const ORDERS = 'waymark.orders';

// The same e-mail gives the same customer number on every device of the demonstration.
const customerId = (email) => {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(email.trim().toLowerCase())) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return `customer-${hash.toString(16).padStart(8, '0')}`;
};

export const customer = () => read(KEY);

export const signIn = ({ name, email }) => {
  const id = customerId(email);
  write(KEY, { id, name, email });
  desirepath.identify(id, { name, email });
};

export const signOut = () => {
  write(KEY, undefined);
  write(ORDERS, undefined);
  desirepath.reset();
};

export const orders = () => read(ORDERS, []);
export const keepOrder = (order) => write(ORDERS, [order, ...orders()].slice(0, 10));
export const keepRating = (number, id, rating) =>
  write(
    ORDERS,
    orders().map((order) =>
      order.number === number
        ? { ...order, lines: order.lines.map((line) => (line.id === id ? { ...line, rating } : line)) }
        : order,
    ),
  );
