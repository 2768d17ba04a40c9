// Chromium for benchmarks: one browser, a context (and so a process) of its own for whoever is measured. It says that it is a visitor's:
// some products drop in silence what comes from a driven or headless one.
import { chromium } from 'playwright-core';
import { chromiumFlags } from '../../e2e/support/browser.mjs';

export const launchChromium = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--headless=new', ...chromiumFlags, '--disable-blink-features=AutomationControlled'],
  });

/** A visitor's browser, empty or with the storage that another one had. */
export const newVisitor = (browser, storageState) =>
  browser.newContext({
    userAgent: `Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/${browser.version().split('.')[0]}.0.0.0 Safari/537.36`,
    storageState,
  });

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
