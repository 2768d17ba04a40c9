import type { ModuleName, Paths } from './paths.js';

/** What a page loads only when it needs it: a file `desirepath.<name>.js` for each entry of modules/. */
export interface Modules extends Record<ModuleName, unknown> {
  /** the rules of time zones, for programs that keep local time */
  zones: typeof import('../modules/zones.js');
  /** which facts of a trigger hold */
  explain: typeof import('../modules/explain.js');
  /** the unified state of who is signed in */
  unify: typeof import('../modules/unify.js');
  /** what the package does, on the page */
  overlay: typeof import('../modules/overlay.js');
  /** the panel's view of the facts behind a decision */
  facts: typeof import('../modules/facts.js');
  // What captures, as `CaptureModules` describes it.
  clicks: typeof import('../modules/clicks.js');
  dataLayer: typeof import('../modules/dataLayer.js');
  device: typeof import('../modules/device.js');
  engagement: typeof import('../modules/engagement.js');
  errors: typeof import('../modules/errors.js');
  forms: typeof import('../modules/forms.js');
  friction: typeof import('../modules/friction.js');
  moments: typeof import('../modules/moments.js');
  vitals: typeof import('../modules/vitals.js');
  /** events that local storage has no room for */
  shelf: typeof import('../modules/shelf.js');
}

/** Where the package's parts come from: the core engine is in the script itself, all else is fetched when it is needed. */
export interface Files {
  /** The module of the core engine. */
  core(): Uint8Array<ArrayBuffer>;
  /** The full engine: its address, or its bytes. */
  full(): string | Promise<Uint8Array<ArrayBuffer>>;
  /** The full engine as JavaScript. */
  fallback(): Promise<{ default(): unknown }>;
  module<Name extends keyof Modules>(name: Name): Promise<Modules[Name]>;
}

/** The files, some of them at addresses the site gives. */
export const filesAt = (files: Files, paths: Paths = {}): Files => ({
  core: files.core,
  full: () => paths.full ?? files.full(),
  fallback: () =>
    paths.fallback ? import(/* @vite-ignore */ /* webpackIgnore: true */ paths.fallback) : files.fallback(),
  module: (name) =>
    paths[name] ? import(/* @vite-ignore */ /* webpackIgnore: true */ paths[name]) : files.module(name),
});
