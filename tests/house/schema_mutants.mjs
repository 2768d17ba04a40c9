// Journeys that differ from a good one in one place, made out of the schema: for every object, property and bound of it that the
// journey has, the values just inside and just outside.

const samples = [null, true, 1.5, 'text', [], {}];
const texts = [
  '',
  ' ',
  '~',
  '#x',
  'a~b',
  '0d',
  '7 days',
  '-1h',
  '24:00',
  '9:00',
  'stage',
  'stage.x',
  'traits.',
  'f(x',
];

const kindOf = (value) =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'array'
      : typeof value === 'object'
        ? 'object'
        : typeof value;
const isOfKind = (value, kind) => (kind === 'integer' ? Number.isInteger(value) : kindOf(value) === kind);
const escaped = (key) => key.replaceAll('~', '~0').replaceAll('/', '~1');

// The journey with the value at `path` replaced, or taken out where `value` is undefined.
export function changed(journey, path, value) {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  const copy = Array.isArray(journey) ? [...journey] : { ...journey };
  const next = changed(copy[key], rest, value);
  if (next === undefined && Array.isArray(copy)) copy.splice(key, 1);
  else if (next === undefined) delete copy[key];
  else copy[key] = next;
  return copy;
}

// Calls `meet(schema, pointer, value, path)` for every part of the schema that says something of a part of the journey.
// `holds(pointer, value)`: whether the value is valid under that part.
export function walk(schema, journey, holds, meet) {
  const at = (pointer) =>
    pointer
      .split('/')
      .slice(1)
      .reduce((node, key) => node[key.replaceAll('~1', '/').replaceAll('~0', '~')], schema);
  const visit = (pointer, value, path) => {
    const node = at(pointer);
    if (typeof node !== 'object') return;
    meet(node, pointer, value, path);
    if (node.$ref) visit(node.$ref.slice(1), value, path);
    for (const word of ['allOf', 'anyOf', 'oneOf']) {
      for (const index of (node[word] ?? []).keys()) {
        if (holds(`${pointer}/${word}/${index}`, value)) visit(`${pointer}/${word}/${index}`, value, path);
      }
    }
    if (node.if) {
      const branch = `${pointer}/${holds(`${pointer}/if`, value) ? 'then' : 'else'}`;
      if (at(branch)) visit(branch, value, path);
    }
    if (Array.isArray(value) && node.items) {
      for (const index of value.keys()) visit(`${pointer}/items`, value[index], [...path, index]);
    }
    if (kindOf(value) !== 'object') return;
    for (const [key, member] of Object.entries(value)) {
      const places = [];
      if (node.properties && Object.hasOwn(node.properties, key)) places.push(`properties/${escaped(key)}`);
      for (const pattern of Object.keys(node.patternProperties ?? {})) {
        if (new RegExp(pattern, 'u').test(key)) places.push(`patternProperties/${escaped(pattern)}`);
      }
      if (places.length === 0 && typeof node.additionalProperties === 'object')
        places.push('additionalProperties');
      for (const place of places) visit(`${pointer}/${place}`, member, [...path, key]);
    }
  };
  visit('', journey, []);
}

// What to put in the place of a value that `node` speaks of.
function* replacements(node, value) {
  if (node.type) {
    const kinds = [node.type].flat();
    for (const sample of samples) if (!kinds.some((kind) => isOfKind(sample, kind))) yield sample;
  }
  if (node.const !== undefined || node.enum) yield* ['another', '', 7];
  for (const other of node.enum ?? []) yield other;
  if (node.minLength) yield '';
  for (const text of texts) if (node.pattern && !new RegExp(node.pattern, 'u').test(text)) yield text;
  if (node.minimum !== undefined) yield* [node.minimum, node.minimum - 1];
  if (node.maximum !== undefined) yield* [node.maximum, node.maximum + 1];
  if (Array.isArray(value)) {
    const ofLength = (length) => Array.from({ length }, (_, index) => value[index % value.length]);
    if (node.minItems) yield* [ofLength(node.minItems), ofLength(node.minItems - 1)];
    if (node.maxItems) yield* [ofLength(node.maxItems), ofLength(node.maxItems + 1)];
  }
  if (kindOf(value) !== 'object') return;
  if (node.minProperties) yield {};
  if (node.additionalProperties === false || node.unevaluatedProperties === false) {
    yield { ...value, unheard_of: 1 };
  }
}

// The first place in which the journey has each part of the schema is where that part is put to the test.
export function* mutants(schema, journey, holds) {
  const met = new Set();
  const found = [];
  walk(schema, journey, holds, (node, pointer, value, path) => {
    const once = (what) => !met.has(what) && met.add(what);
    if (once(pointer)) {
      for (const other of replacements(node, value)) found.push({ path, value: other, pointer });
    }
    if (kindOf(value) !== 'object' || !node.properties) return;
    for (const key of Object.keys(value)) {
      if (Object.hasOwn(node.properties, key) && once(`${pointer} without ${key}`))
        found.push({ path: [...path, key], value: undefined, pointer });
    }
  });
  for (const { path, value, pointer } of found) {
    yield {
      what: `${path.join('.')} = ${JSON.stringify(value)}`,
      pointer,
      journey: changed(journey, path, value),
    };
  }
}
