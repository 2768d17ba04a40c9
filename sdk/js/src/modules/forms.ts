/** Captures what becomes of forms, never what is written into them: `Form Started`, `Form Submitted`, `Form Abandoned`. */
import type { Host } from '../browser/host.js';
import { isPrivate, marked, pathOf } from '../capture/element_facts.js';
import { kFormFields, kForms, kNameChars } from '../core/limits.js';
import type { Fields } from '../core/types.js';

interface Filling {
  since: number;
  touched: Set<Element>;
  last: Element;
  /** it was submitted, or left, in this page view */
  isSettled: boolean;
}

const kSecret = /(^|\s)(cc-|(current|new)-password|one-time-code)/i;

/** A form's members may be its fields: attributes are asked for by the prototype. */
const attribute = (element: Element, name: string) =>
  Element.prototype.getAttribute.call(element, name)?.slice(0, kNameChars) || undefined;

function fieldName(field: Element): string | undefined {
  if (attribute(field, 'type')?.toLowerCase() === 'password') return;
  if (kSecret.test(attribute(field, 'autocomplete') ?? '') || isPrivate(field)) return;
  return attribute(field, 'name') ?? attribute(field, 'id');
}

export function start(host: Host): undefined {
  const forms = new Map<HTMLFormElement, Filling>();
  const named = (form: HTMLFormElement): Fields => ({
    form: attribute(form, 'data-dp-form') ?? attribute(form, 'name') ?? attribute(form, 'id'),
    id: attribute(form, 'id'),
    name: attribute(form, 'name'),
  });
  const progress = (form: HTMLFormElement): Fields => {
    const filling = forms.get(form);
    return {
      ...named(form),
      fieldsTouched: filling?.touched.size ?? 0,
      lastField: filling && fieldName(filling.last),
      elapsedMs: filling && Math.round(performance.now() - filling.since),
    };
  };

  const touch = (event: Event) => {
    const path = pathOf(event);
    const field = path[0] as HTMLInputElement | undefined;
    const form = (field?.form ?? path.find(({ localName }) => localName === 'form')) as
      | HTMLFormElement
      | undefined;
    if (!field || !form || isPrivate(form)) return;
    const filling = forms.get(form);
    if (filling) {
      if (filling.touched.size < kFormFields) filling.touched.add(field);
      filling.last = field;
    } else if (forms.size < kForms) {
      forms.set(form, { since: performance.now(), touched: new Set([field]), last: field, isSettled: false });
      host.track('Form Started', named(form));
    }
  };
  host.listen(window, 'input', touch);
  host.listen(window, 'change', touch);
  host.listen(window, 'submit', (event: SubmitEvent) => {
    const form = event.composedPath()[0] as HTMLFormElement;
    if (isPrivate(form)) return;
    const { event: name = 'Form Submitted', properties } = marked(form) ?? {};
    const filling = forms.get(form);
    if (filling) filling.isSettled = true;
    host.track(name, { ...progress(form), ...properties });
  });
  host.onLeave(() => {
    for (const [form, filling] of forms) {
      if (filling.isSettled) continue;
      filling.isSettled = true;
      host.track('Form Abandoned', progress(form));
    }
  });
  host.onEvent(({ type }) => {
    if (type === 'page') forms.clear();
  });
  return;
}
