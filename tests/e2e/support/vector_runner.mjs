// Folds a vector's events through an instance of the engine, on any host: bundled for Chromium and for workerd.
import { Engine } from '../../../sdk/js/src/engine/engine.js';
import { started } from '../../../sdk/js/src/engine/module.js';
import { zoneTable } from '../../../sdk/js/src/engine/zones.js';
import { decisionLog } from '../../../sdk/js/src/node/decision_log.js';
import { readEventFile } from '../../../sdk/js/src/node/event_file.js';

const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));

/** The decision log, or the number of the error a program is refused with. `exports` are the instance's. */
export function run(exports, { program, events, atOnce }) {
  const engine = new Engine(started(exports));
  engine.zones = zoneTable;
  const refused = engine.load(bytes(program));
  if (refused) return refused;
  return [...decisionLog(engine, readEventFile(bytes(events), 'events').events, atOnce)].join('');
}
