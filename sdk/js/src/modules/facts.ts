/** A file of its own: the panel loads it when somebody unfolds what is known of the person, or the facts behind a decision. */
export { explainedFacts } from '../debug/explained_facts.js';
export { personFacts } from '../debug/person_facts.js';
