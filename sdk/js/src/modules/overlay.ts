/** A file of its own: pages load it when somebody wants to see what the package does. */
export { show } from '../debug/overlay.js';
