/** The script a page loads by its tag: `window.desirepath`, taking over from the snippet's stub. */
import text from 'virtual:wasm-text';
import { createClient, type Desirepath } from './browser/client.js';
import { bytesOfText } from './engine/embedded.js';

const page = window as unknown as { desirepath?: Desirepath & { q?: unknown } };
const stub = page.desirepath;
// Included twice, the first one stays.
if (!stub?.debug) {
  page.desirepath = createClient(() => bytesOfText(text));
  page.desirepath.adopt(stub?.q);
}
