/** The script a page loads by its tag: `window.desirepath`, taking over from the snippet's stub. */
import hex from 'virtual:core-wasm-hex';
import tags from 'virtual:tags';
import { type Client, createClient } from './browser/client.js';
import { kPagePlace } from './browser/page_place.js';
import { bytesOfHex } from './engine/embedded.js';

const page = window as unknown as { desirepath?: Client & { q?: unknown } };
const stub = page.desirepath;
// Of a script written into the page, the files are the page's neighbours.
const address = (document.currentScript as HTMLScriptElement | null)?.src || location.href;
const beside = (name: string, type = 'js') =>
  new URL(`desirepath.${name}.${type}?${tags[name]}`, address).href;
// Included twice, the first one stays.
if (!stub?.adopt) {
  const client = createClient(
    {
      core: () => bytesOfHex(hex),
      full: () => beside('full', 'wasm'),
      fallback: () => import(beside('fallback')),
      module: (name) => import(beside(name)),
    },
    kPagePlace,
  );
  // Whoever holds the stub holds the package.
  page.desirepath = Object.assign(stub ?? {}, client);
  client.adopt(stub?.q);
}
