// Chromium with nobody at its controls: under a debugger it neither prerenders nor keeps pages in the back-forward cache. Its pages act by
// themselves and tell the site's server what they saw.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumFlags } from './browser.mjs';

/** Opens the address. `close` ends the browser, and with it all that it stored. */
export function visit(url) {
  const profile = mkdtempSync(join(tmpdir(), 'desirepath-chromium-'));
  // A port for a debugger that never comes: without one, headless Chromium ends with the page.
  const flags = [
    '--headless=new',
    ...chromiumFlags,
    `--user-data-dir=${profile}`,
    '--remote-debugging-port=0',
  ];
  const child = spawn(process.env.CHROMIUM ?? '/usr/bin/chromium', [...flags, url], {
    stdio: 'ignore',
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  return {
    async close() {
      // The processes it started with it: they would go on writing to the profile.
      process.kill(-child.pid, 'SIGKILL');
      await ended;
      rmSync(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    },
  };
}
