import type { Fields } from '../core/types.js';

const kAttributes = new Set(['href', 'src', 'alt', 'title', 'aria-label']);
const kImplied: Record<string, string[]> = { A: ['href'], AREA: ['href'], IMG: ['src', 'alt'] };

/** Relative, http or https; whatever could run is left out. */
function isSafeUrl(value: string): boolean {
  try {
    return /^https?:$/.test(new URL(value, document.baseURI).protocol);
  } catch {
    return false;
  }
}

/**
 * Puts content into the elements of a slot (and the slot itself) that name a field: `data-dp-field="headline"` as text,
 * `data-dp-field="picture@src"` as that attribute; `href` on a link and `src`, `alt` on an image are attributes by themselves; several
 * names are separated by spaces. Only text and safe attributes are ever written. Returns what undoes it.
 */
export function fillFields(slot: Element, content: Fields): () => void {
  const undo: (() => void)[] = [];
  for (const element of [slot, ...slot.querySelectorAll('[data-dp-field]')]) {
    for (const name of element.getAttribute('data-dp-field')?.split(/\s+/) ?? []) {
      const [field = '', named] = name.split('@');
      const value = content[field];
      if (!Object.hasOwn(content, field) || !/^(string|number)$/.test(typeof value)) continue;
      const attribute = named ?? (kImplied[element.tagName]?.includes(field) ? field : undefined);
      const text = String(value);
      if (!attribute) {
        const before = [...element.childNodes];
        undo.push(() => element.replaceChildren(...before));
        element.textContent = text;
      } else if (kAttributes.has(attribute) && (!/^(href|src)$/.test(attribute) || isSafeUrl(text))) {
        const before = element.getAttribute(attribute);
        undo.push(() =>
          before === null ? element.removeAttribute(attribute) : element.setAttribute(attribute, before),
        );
        element.setAttribute(attribute, text);
      }
    }
  }
  return () => {
    for (const step of undo.reverse()) step();
  };
}
