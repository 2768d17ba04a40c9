import { element } from './elements.js';

/** A frame over an element of the page, drawn beside it: the page's own styles and layout stay as they are. */
export interface SlotOutline {
  element: HTMLElement;
  around(target: Element): void;
  hide(): void;
}

export function slotOutline(): SlotOutline {
  const frame = element('div', 'outline');
  frame.hidden = true;
  return {
    element: frame,
    around(target) {
      const { left, top, width, height } = target.getBoundingClientRect();
      frame.style.inset = `${top}px auto auto ${left}px`;
      frame.style.width = `${width}px`;
      frame.style.height = `${height}px`;
      frame.hidden = false;
    },
    hide() {
      frame.hidden = true;
    },
  };
}
