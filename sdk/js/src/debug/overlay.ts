import type { Watched } from '../browser/panel.js';
export function show(watched: Watched, shown: boolean): void {
  console.info(watched.report(), shown);
}
