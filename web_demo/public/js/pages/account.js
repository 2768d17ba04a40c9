import { euro } from '../cart.js';
import { customer, keepRating, orders, signIn, signOut } from '../customer.js';
import { forget } from '../panel.js';
import { desirepath, reviewProduct } from '../path.js';
import { read, write } from '../storage.js';

const CONSENT = 'waymark.consent';
const find = (name) => document.querySelector(`[data-${name}]`);

const showCustomer = () => {
  const known = customer();
  find('signed-out').hidden = Boolean(known);
  find('signed-in').hidden = !known;
  find('customer-name').textContent = known?.name ?? '';
  find('customer-email').textContent = known?.email ?? '';
};

const ratingButtons = (order, line) => {
  const group = document.createElement('span');
  group.className = 'rating';
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', `How does ${line.name} hold up?`);
  for (let points = 1; points <= 5; points += 1) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = points <= (line.rating ?? 0) ? '◆' : '◇';
    button.setAttribute('aria-label', `${points} of 5`);
    button.setAttribute('aria-pressed', String(points === line.rating));
    button.addEventListener('click', () => {
      keepRating(order.number, line.id, points);
      reviewProduct(line, points);
      showOrders();
    });
    group.append(button);
  }
  return group;
};

const showOrders = () => {
  const all = orders();
  find('no-orders').hidden = all.length > 0;
  find('orders').replaceChildren(
    ...all.map((order) => {
      const item = document.createElement('li');
      const head = document.createElement('p');
      head.textContent = `${order.number} · ${euro(order.total)}`;
      item.append(head);
      for (const line of order.lines) {
        const row = document.createElement('p');
        row.className = 'order-line';
        const name = document.createElement('span');
        name.textContent = line.quantity > 1 ? `${line.name} × ${line.quantity}` : line.name;
        row.append(name, ratingButtons(order, line));
        item.append(row);
      }
      return item;
    }),
  );
};

showCustomer();
showOrders();

find('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  signIn(Object.fromEntries(new FormData(event.target)));
  showCustomer();
});

find('sign-in').querySelector('[type="submit"]').disabled = false;

find('sign-out').addEventListener('click', () => {
  signOut();
  forget();
  write(CONSENT, undefined);
  showCustomer();
  showOrders();
  showConsent();
});

const marketing = find('consent').querySelector('[name="marketing"]');
const showConsent = () => {
  marketing.checked = read(CONSENT, false);
};
showConsent();
marketing.addEventListener('change', () => {
  write(CONSENT, marketing.checked);
  desirepath.setConsent({ marketing: marketing.checked });
});
