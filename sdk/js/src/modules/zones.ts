/** A file of its own: pages load it for programs that keep local time, once they run. */
export { zoneTable } from '../engine/zones.js';
