/** For servers and edge handlers on Node: the engine over events of your own. */
export type * from './core/types.js';
export { Engine, kEffectsAtOnce, type StateReport } from './engine/engine.js';
export {
  type ExplainedAction,
  type ExplainedCondition,
  ExplainingEngine,
  type Explanation,
} from './engine/explaining_engine.js';
export { compareEvents } from './engine/order.js';
export type { Outcome, Reading, StepOutcome } from './engine/outcome.js';
export type { Fact, FoldEvent } from './engine/record.js';
export { decisionLog } from './node/decision_log.js';
export { type EventFile, type ProfileEvent, readEventFile } from './node/event_file.js';
export { type EngineOptions, featureNames, loadEngine, type WasmChoice } from './node/load_engine.js';
export { parseTimestamp } from './node/timestamp.js';
