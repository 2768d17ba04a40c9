/** The explaining engine inside a script: bundlers copy no files that a script only names. */
import hex from 'virtual:explain-wasm-hex';
import { bytesOfHex } from '../engine/embedded.js';
import { explainedBy } from '../engine/explained_by.js';
import { instantiate } from '../engine/module.js';

export const explained = explainedBy(() => instantiate(bytesOfHex(hex)));
