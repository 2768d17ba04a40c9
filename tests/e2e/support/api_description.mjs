// collector/openapi.yaml as the walk of its paths needs it: operations with whole parameters, and schemas that know
// their members: what a response has beyond them is a mistake, of the description or of the server.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const text = readFileSync(new URL('../../../collector/openapi.yaml', import.meta.url), 'utf8');
export const description = parse(text, { maxAliasCount: -1 });

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

function resolved(node) {
  if (node?.$ref === undefined) return node;
  const found = node.$ref
    .slice(2)
    .split('/')
    .reduce((at, name) => at?.[name], description);
  assert.ok(found, `${node.$ref} names nothing`);
  return resolved(found);
}

// What `allOf` says as one object.
function merged(schema) {
  const whole = { ...schema, allOf: undefined, properties: { ...schema.properties }, required: [] };
  for (const part of [schema, ...schema.allOf.map(resolved)]) {
    Object.assign(whole.properties, part.properties);
    whole.required.push(...(part.required ?? []));
  }
  return whole;
}

/** The schema without references; an object that lists members has no others. `Event` alone stays open: it is its sender's. */
function closed(node) {
  if (node?.$ref === '#/components/schemas/Event') return resolved(node);
  const schema = resolved(node);
  if (schema === null || typeof schema !== 'object') return schema;
  if (Array.isArray(schema)) return schema.map(closed);
  if (schema.allOf) return closed(merged(schema));
  const whole = Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== undefined));
  if (whole.properties) {
    whole.properties = Object.fromEntries(
      Object.entries(whole.properties).map(([name, of]) => [name, closed(of)]),
    );
    whole.additionalProperties ??= false;
  }
  if (typeof whole.additionalProperties === 'object')
    whole.additionalProperties = closed(whole.additionalProperties);
  if (whole.items) whole.items = closed(whole.items);
  if (whole.oneOf) whole.oneOf = whole.oneOf.map(closed);
  if (whole.anyOf) whole.anyOf = whole.anyOf.map(closed);
  return whole;
}

/** Every operation: { name: "GET /v1/…", path, method, parameters, responses, keys, isOpen, isOps }. */
export function operations() {
  return Object.entries(description.paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => ['get', 'post', 'put', 'patch', 'delete'].includes(method))
      .map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        path,
        method: method.toUpperCase(),
        parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])],
        responses: operation.responses,
        keys: operation['x-keys'],
        isOpen: operation.security !== undefined && !operation.security.some((kind) => 'bearer' in kind),
        isOps: operation.servers !== undefined || item.servers !== undefined,
      })),
  );
}

const validators = new Map();

/** What an answer of this operation has against its description; empty where it is as described. */
export function mistakes(operation, { status, type, text: body, headers }) {
  const response = resolved(operation.responses[status]);
  if (response === undefined) return [`answers ${status}, which is not documented: ${body.slice(0, 300)}`];
  const found = Object.keys(response.headers ?? {})
    .filter((name) => headers.get(name) === null)
    .map((name) => `${status} has no header ${name}`);
  if (response.content === undefined) return body === '' ? found : [...found, `${status} has a body`];
  const content = response.content[type] ?? response.content['*/*'];
  if (content === undefined)
    return [...found, `${status} is ${type}, documented ${Object.keys(response.content)}`];
  if (content.schema === undefined || !type.includes('json')) return found;
  const key = `${operation.name} ${status} ${type}`;
  if (!validators.has(key)) validators.set(key, ajv.compile(closed(content.schema)));
  const isValid = validators.get(key);
  const values = type === 'application/json' ? [body] : body.split('\n').filter((line) => line !== '');
  for (const value of values) {
    if (isValid(JSON.parse(value))) continue;
    const what = isValid.errors.map(
      (error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`,
    );
    found.push(`${status} is not as documented: ${what.slice(0, 5).join('; ')}: ${value.slice(0, 600)}`);
  }
  return found;
}
