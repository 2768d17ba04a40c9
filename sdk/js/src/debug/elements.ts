/** An element with a class and children; texts are text, never markup. */
export function element(name: string, className: string, ...children: (Node | string)[]): HTMLElement {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

export const button = (label: string, className: string, run: () => void): HTMLButtonElement => {
  const made = element('button', className, label) as HTMLButtonElement;
  made.type = 'button';
  made.onclick = run;
  return made;
};

/** A word with a mark before it, so that no state is told by colour alone. `kind`: ok, wait, bad or none. */
export const mark = (kind: string, text: string): HTMLElement => element('span', `mark ${kind}`, text);

export const clock = (time: number): string => new Date(time).toTimeString().slice(0, 8);

/** A value as one line of a person's reading. */
export const plain = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing');
