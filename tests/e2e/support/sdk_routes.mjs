// The script and a program, as routes of a server.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const script = resolve(import.meta.dirname, '../../../sdk/js/dist/desirepath.iife.js');

export const scriptRoute = {
  '/desirepath.iife.js': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/javascript' }).end(readFileSync(script)),
};

/** `program` returns it, or a promise of it, each time it is asked for. */
export const programRoute = (program) => ({
  async '/v1/journeys/default/program'(_, response) {
    const body = await program();
    response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(body);
  },
});
