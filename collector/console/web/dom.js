// Building pages from data that anybody may have sent: text is only ever text.

// make('li', { class: 'x', title: t }, child, 'text', …). Attributes that are undefined or false are left out.
export const make = (tag, attributes = {}, ...children) => {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name.startsWith('on')) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value === true ? '' : value);
  }
  node.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return node;
};

export const byId = (id) => document.getElementById(id);

// A value of an event as one line; long ones are cut where they are shown in full elsewhere.
export const oneLine = (value, max = 120) => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return text.length > max ? `${text.slice(0, max - 1)}…` : text;
};

const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
});
const dayParts = { month: 'short', day: 'numeric', hour: '2-digit', minute: '2-digit', hour12: false };
const dayOfThisYear = new Intl.DateTimeFormat(undefined, dayParts);
const dayOfAnotherYear = new Intl.DateTimeFormat(undefined, { year: 'numeric', ...dayParts });
const day = {
  format: (time) =>
    (time.getFullYear() === new Date().getFullYear() ? dayOfThisYear : dayOfAnotherYear).format(time),
};

const timeNode = (format, value) => {
  const time = new Date(value);
  if (value === undefined || value === null || Number.isNaN(time.getTime())) return make('span', {}, '—');
  return make('time', { datetime: time.toISOString(), title: time.toISOString() }, format.format(time));
};

export const clockTime = (value) => timeNode(clock, value);
export const dayTime = (value) => timeNode(day, value);
