// The field's rule engines over the rules of rule_set.mjs. They remember nothing, so each is handed the count that Desirepath keeps by
// itself. Each is a function of an event's facts that gives the indexes of the rules that hold.
import adobe from '@adobe/aep-rules-engine';
import { evalCondition } from '@growthbook/growthbook';
import { LogicEngine } from 'json-logic-engine';
import { Engine } from 'json-rules-engine';

function adobeRules(rules) {
  const matcher = (key, matcher, value) => ({
    type: 'matcher',
    definition: { key, matcher, values: [value] },
  });
  const set = adobe({
    version: 1,
    rules: rules.map(({ index, attribute, value, least }) => ({
      condition: {
        type: 'group',
        definition: {
          logic: 'and',
          conditions: [matcher(attribute, 'eq', value), matcher('count', 'ge', least)],
        },
      },
      consequences: [{ id: index, type: 'item', detail: {} }],
    })),
  });
  return (facts) => set.execute(facts).map(([{ id }]) => id);
}

function jsonLogic(rules) {
  const engine = new LogicEngine();
  const compiled = rules.map(({ attribute, value, least }) =>
    engine.build({ and: [{ '===': [{ var: attribute }, value] }, { '>=': [{ var: 'count' }, least] }] }),
  );
  return (facts) => {
    const held = [];
    for (let index = 0; index < compiled.length; index++) if (compiled[index](facts)) held.push(index);
    return held;
  };
}

function growthbook(rules) {
  const conditions = rules.map(({ attribute, value, least }) => ({
    [attribute]: value,
    count: { $gte: least },
  }));
  return (facts) => {
    const held = [];
    for (let index = 0; index < conditions.length; index++) {
      if (evalCondition(facts, conditions[index])) held.push(index);
    }
    return held;
  };
}

function jsonRules(rules) {
  const engine = new Engine(
    rules.map(({ index, attribute, value, least }) => ({
      conditions: {
        all: [
          { fact: attribute, operator: 'equal', value },
          { fact: 'count', operator: 'greaterThanInclusive', value: least },
        ],
      },
      event: { type: 'held', params: { index } },
    })),
  );
  return async (facts) => (await engine.run(facts)).events.map(({ params }) => params.index);
}

export const peers = {
  '@adobe/aep-rules-engine': adobeRules,
  'json-logic-engine, compiled': jsonLogic,
  '@growthbook/growthbook evalCondition': growthbook,
  'json-rules-engine': jsonRules,
};
