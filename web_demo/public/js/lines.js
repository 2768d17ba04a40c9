// The cart as a list, with or without buttons, and the totals beside it.

import { euro, lines, setQuantity, totals } from './cart.js';

const element = (tag, className, text) => {
  const node = document.createElement(tag);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
};

const button = (text, label, act) => {
  const node = element('button', 'step', text);
  node.type = 'button';
  node.setAttribute('aria-label', label);
  node.addEventListener('click', act);
  return node;
};

const stepper = (line, redraw) => {
  const change = (by, focus) => () => {
    setQuantity(line.id, line.quantity + by);
    redraw({ id: line.id, focus });
  };
  const group = element('span', 'stepper');
  group.setAttribute('role', 'group');
  group.setAttribute('aria-label', `How many ${line.name}`);
  group.append(
    button('−', `One ${line.name} less`, change(-1, 0)),
    element('span', 'quantity', line.quantity),
    button('+', `One ${line.name} more`, change(1, 1)),
  );
  return group;
};

const lineItem = (line, redraw) => {
  const item = element('li', 'line');
  item.dataset.id = line.id;
  const picture = element('img');
  picture.src = `/images/${encodeURIComponent(line.id)}.svg`;
  picture.width = picture.height = 96;
  picture.alt = '';
  const name = element('a', 'line-name', line.name);
  name.href = `/product/${encodeURIComponent(line.id)}`;
  const count = redraw ? stepper(line, redraw) : element('span', 'quantity', `× ${line.quantity}`);
  item.append(picture, name, count, element('span', 'line-price', euro(line.price * line.quantity)));
  return item;
};

// `editable` adds the buttons. Returns what was drawn.
export const drawLines = ({ editable }) => {
  const list = document.querySelector('[data-lines]');
  const draw = (kept) => {
    const all = lines();
    list.replaceChildren(...all.map((line) => lineItem(line, editable ? draw : undefined)));
    const { goods, delivery, total } = totals();
    document.querySelector('[data-goods]').textContent = euro(goods);
    document.querySelector('[data-delivery]').textContent = goods && !delivery ? 'free' : euro(delivery);
    document.querySelector('[data-total]').textContent = euro(total);
    document.querySelector('[data-empty]')?.toggleAttribute('hidden', all.length > 0);
    document.querySelector('.summary')?.toggleAttribute('hidden', all.length === 0);
    if (kept)
      (
        list.querySelectorAll(`[data-id="${kept.id}"] button`)[kept.focus] ?? list.querySelector('button')
      )?.focus();
  };
  draw();
  return lines();
};
