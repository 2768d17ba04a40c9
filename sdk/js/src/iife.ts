/** The script a page loads by its tag: `window.desirepath`, taking over from the snippet's stub. */
import wasmHex from 'virtual:wasm';
import { createClient, type Desirepath } from './browser/client.js';

const page = window as unknown as { desirepath?: Desirepath & { q?: unknown } };
const stub = page.desirepath;
// Included twice, the first one stays.
if (!stub?.debug) {
  page.desirepath = createClient(wasmHex);
  page.desirepath.adopt(stub?.q);
}
