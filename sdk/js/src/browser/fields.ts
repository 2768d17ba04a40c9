import type { Fields } from '../core/types.js';

const kAttributes = new Set(['href', 'src', 'alt', 'title', 'aria-label']);
const kImplied: Record<string, string[]> = { A: ['href'], AREA: ['href'], IMG: ['src', 'alt'] };

// Whatever is put into these may run, or change more than the slot.
const kBarred = /^(script|style|link|base|meta|i?frame|object|embed|template)$/i;

/** Content in a slot. */
export interface Filling {
  /** Fills what is not filled yet; while the page is being parsed, also what the parser has added to a filled field since. */
  apply(): void;
  undo(): void;
}

/** Relative, http or https; whatever could run is left out. */
function isSafeUrl(value: string): boolean {
  try {
    return /^https?:$/.test(new URL(value, document.baseURI).protocol);
  } catch {
    return false;
  }
}

function putText(element: Element, text: string): Filling {
  // A parser that is still at the element would go on in our own text; it stops at the comment.
  const own: ChildNode[] = [document.createTextNode(text), document.createComment('')];
  const before: ChildNode[] = [];
  return {
    apply() {
      before.push(...[...element.childNodes].filter((node) => !own.includes(node)));
      element.replaceChildren(...own);
    },
    undo() {
      own[1]!.remove();
      own[0]!.replaceWith(...before);
    },
  };
}

function putAttribute(element: Element, name: string, text: string): Filling {
  const before = element.getAttribute(name);
  return {
    apply: () => element.setAttribute(name, text),
    undo: () => (before === null ? element.removeAttribute(name) : element.setAttribute(name, before)),
  };
}

/** One name of a `data-dp-field`; undefined where there is nothing to put, or it is not safe. */
function fieldOf(element: Element, name: string, content: Fields): Filling | undefined {
  const [field = '', named] = name.split('@');
  const value = Object.hasOwn(content, field) ? content[field] : undefined;
  if ((typeof value !== 'string' && typeof value !== 'number') || kBarred.test(element.tagName)) return;
  const text = String(value);
  const attribute = named ?? (kImplied[element.tagName]?.includes(field) ? field : undefined);
  if (!attribute) return putText(element, text);
  if (!kAttributes.has(attribute) || (/^(href|src)$/.test(attribute) && !isSafeUrl(text))) return;
  return putAttribute(element, attribute, text);
}

/**
 * Puts content into the elements of a slot (and the slot itself) that name a field: `data-dp-field="headline"` as text,
 * `data-dp-field="picture@src"` as that attribute; `href` on a link and `src`, `alt` on an image are attributes by themselves; several
 * names are separated by spaces. Only text and safe attributes are ever written.
 */
export function filling(slot: Element, content: Fields): Filling {
  const done = new Map<Element, Filling[]>();
  let isParsed = false;
  return {
    apply() {
      for (const element of [slot, ...slot.querySelectorAll('[data-dp-field]')]) {
        const names = element.getAttribute('data-dp-field')?.split(/\s+/) ?? [];
        const before = done.get(element);
        const puts = before ?? names.flatMap((name) => fieldOf(element, name, content) ?? []);
        done.set(element, puts);
        if (!before || !isParsed) for (const put of puts) put.apply();
      }
      isParsed = document.readyState !== 'loading';
    },
    undo() {
      for (const puts of done.values()) for (const put of puts) put.undo();
      done.clear();
    },
  };
}
