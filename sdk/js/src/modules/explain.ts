/** A file of its own: pages load it, and desirepath.explain.wasm beside it, when they ask why a trigger speaks or not. */
import tag from 'virtual:explain-wasm-tag';
import { explainedBy } from '../engine/explained_by.js';
import { fetched } from '../engine/module.js';

export const explained = explainedBy(() =>
  fetched(new URL(`./desirepath.explain.wasm?${tag}`, import.meta.url).href),
);
