/** The full engine inside a script: bundlers copy no files that a script only names. */
import hex from 'virtual:full-wasm-hex';
import { bytesOfHex } from '../engine/embedded.js';

export const fullEngine = (): Uint8Array<ArrayBuffer> => bytesOfHex(hex);
