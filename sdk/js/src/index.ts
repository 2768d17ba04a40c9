/** The browser's package. Importing it starts nothing and touches no global; `load` does. */
import hex from 'virtual:core-wasm-hex';
import type { Desirepath } from './browser/api.js';
import { createClient } from './browser/client.js';
import { kPagePlace } from './browser/page_place.js';
import { kWorkerPlace } from './browser/worker_place.js';
import type { Modules } from './core/files.js';
import { bytesOfHex } from './engine/embedded.js';

const modules: { [Name in keyof Modules]: () => Promise<Modules[Name]> } = {
  zones: () => import('./modules/zones.js'),
  explain: () => import('./bundled/explain.js'),
  unify: () => import('./modules/unify.js'),
  overlay: () => import('./modules/overlay.js'),
  facts: () => import('./modules/facts.js'),
  clicks: () => import('./modules/clicks.js'),
  dataLayer: () => import('./modules/dataLayer.js'),
  device: () => import('./modules/device.js'),
  engagement: () => import('./modules/engagement.js'),
  errors: () => import('./modules/errors.js'),
  forms: () => import('./modules/forms.js'),
  friction: () => import('./modules/friction.js'),
  moments: () => import('./modules/moments.js'),
  vitals: () => import('./modules/vitals.js'),
  shelf: () => import('./modules/shelf.js'),
};

const desirepath: Desirepath = createClient(
  {
    core: () => bytesOfHex(hex),
    full: async () => (await import('./bundled/full.js')).fullEngine(),
    fallback: () => import('./desirepath.fallback.js'),
    module: (name) => modules[name](),
  },
  typeof document !== 'undefined' ? kPagePlace : 'importScripts' in globalThis ? kWorkerPlace : undefined,
);

export default desirepath;
export const {
  load,
  track,
  page,
  screen,
  identify,
  group,
  alias,
  setConsent,
  reset,
  flush,
  decide,
  slot,
  known,
  shouldAsk,
  nextAsk,
  explain,
  explainFacts,
  on,
  off,
  ready,
  use,
  debug,
} = desirepath;
export type { Callback, CallRest, Captured, DebugReport, Desirepath, Proposal } from './browser/api.js';
export type {
  CaptureModules,
  ClickOptions,
  DeviceOptions,
  EngagementOptions,
  LayerOptions,
  MomentOptions,
} from './browser/capture_options.js';
export type { LoadOptions } from './browser/options.js';
export type { Paths } from './core/paths.js';
export type { KeyValues } from './core/storage.js';
export type * from './core/types.js';
export type { StateReport } from './engine/engine.js';
export type { ExplainedAction, ExplainedCondition, Explanation } from './engine/explaining_engine.js';
export type { Reading } from './engine/outcome.js';
