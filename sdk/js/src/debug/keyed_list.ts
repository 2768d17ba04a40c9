import { element } from './elements.js';

/** A row and how it is brought up to date; it stays the same element as long as its key is listed, so focus and what is unfolded stay. */
export interface Row<Item> {
  element: HTMLElement;
  update(item: Item): void;
}

/** A list that shows `items` in their order, or a sentence where there are none. */
export function keyedList<Item>(
  nothing: string,
  keyOf: (item: Item) => unknown,
  rowOf: (item: Item) => Row<Item>,
): { element: HTMLElement; show(items: Item[]): void } {
  const list = element('ul', '');
  const empty = element('li', 'empty', nothing);
  let rows = new Map<unknown, Row<Item>>();
  return {
    element: list,
    show(items) {
      const next = new Map<unknown, Row<Item>>();
      for (const item of items) {
        const key = keyOf(item);
        const row = rows.get(key) ?? rowOf(item);
        row.update(item);
        next.set(key, row);
      }
      rows = next;
      const wanted = rows.size ? [...rows.values()].map((row) => row.element) : [empty];
      wanted.forEach((child, index) => {
        if (list.children[index] !== child) list.insertBefore(child, list.children[index] ?? null);
      });
      while (list.children.length > wanted.length) list.lastChild!.remove();
    },
  };
}

/** A row that unfolds what `fill` makes of its item each time it is opened. */
export function foldedRow<Item>(
  head: (item: Item) => (Node | string)[],
  fill: (item: Item, body: HTMLElement) => void,
): Row<Item> {
  const summary = element('summary', '');
  const body = element('div', 'body');
  const details = element('details', '', summary, body) as HTMLDetailsElement;
  let current: Item;
  let shown = '';
  details.ontoggle = () => {
    if (details.open) fill(current, body);
    else body.replaceChildren();
  };
  return {
    element: element('li', '', details),
    update(item) {
      current = item;
      const parts = head(item);
      const text = parts.map((part) => (part as Element).outerHTML ?? part).join();
      if (text === shown) return;
      shown = text;
      summary.replaceChildren(...parts);
    },
  };
}
