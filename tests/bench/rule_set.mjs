// The rules of the step benchmark: `attribute == value and count(event) >= k` over ten attributes, of which an event meets one in a
// hundred, and the events. tests/bench/step_bench.cpp makes the same ones.

export const kAttributes = 10;
const kValues = 100;
const kEvents = 256;

export const rulesOf = (count) =>
  Array.from({ length: count }, (_, index) => ({
    index,
    id: `rule_${index}`,
    attribute: `attribute_${index % kAttributes}`,
    value: `value_${Math.floor(index / kAttributes) % kValues}`,
    least: 1 + (index % 3),
  }));

export const journeyOf = (rules) => ({
  schema: 'desirepath/journey/1',
  journey: 'bench',
  version: 1,
  behaviors: { viewed: { event: 'Product Viewed' } },
  triggers: rules.map(({ id, attribute, value, least }) => ({
    id,
    event: 'Product Viewed',
    when: { [`properties.${attribute}`]: value, 'behaviors.viewed': { $gte: least } },
    do: [{ channel: 'web', slot: 'hero', content: { headline: 'Hello' } }],
  })),
});

/** The properties of each event: ten attributes. */
export const samples = Array.from({ length: kEvents }, (_, event) =>
  Object.fromEntries(
    Array.from({ length: kAttributes }, (_, attribute) => [
      `attribute_${attribute}`,
      `value_${(event * 7 + attribute * 13) % kValues}`,
    ]),
  ),
);

/**
 * What a person would write for these rules and nothing else: one map an attribute, a counter, and the same answer: the first rule in
 * declared order speaks in the slot, all others that hold are held back by it.
 */
export function handIndex(rules) {
  const maps = new Map();
  for (const rule of rules) {
    if (!maps.has(rule.attribute)) maps.set(rule.attribute, new Map());
    const map = maps.get(rule.attribute);
    if (!map.has(rule.value)) map.set(rule.value, []);
    map.get(rule.value).push(rule);
  }
  let count = 0;
  return ({ messageId, timestamp, properties }) => {
    count++;
    const held = [];
    let first;
    for (const [attribute, map] of maps) {
      const found = map.get(properties[attribute]);
      if (found === undefined) continue;
      for (const rule of found) {
        if (count < rule.least) continue;
        held.push(rule.index);
        if (first === undefined || rule.index < first.index) first = rule;
      }
    }
    const fired = first && {
      decisionId: `${messageId}~${first.id}~web`,
      trigger: first.id,
      timestamp,
      anchor: messageId,
      channel: 'web',
      slot: 'hero',
    };
    return { held, fired };
  };
}
