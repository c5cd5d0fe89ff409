// The page as the build would make it, in memory, and a browser to look at it.

import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import type { PageFiles } from '../../src/http/web/page-files.ts';
import { bundlePage } from '../../scripts/build-page.mjs';

let bundled: Promise<PageFiles> | undefined;

/** Bundled once for all tests of a process. */
export function pageFiles(): Promise<PageFiles> {
  bundled ??= bundlePage();
  return bundled;
}

const PROGRAMS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** What people want who open another tab soon, or type into the bar above: most of the work of an empty tab, which nobody here sees. */
const UNWANTED = [
  'HttpsUpgrades',
  'MediaRouter',
  'OptimizationHints',
  'PaintHolding',
  'PreloadTopChromeWebUI',
  'SpareRendererForSitePerProcess',
  'WebUIOmniboxAimPopup',
  'WebUIOmniboxPopup',
];

export function launchBrowser(): Promise<Browser> {
  const executablePath = process.env.ORRERY_CHROMIUM ?? PROGRAMS.find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('There is no Chromium: apt-get install chromium, or name one in ORRERY_CHROMIUM.');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-dev-shm-usage',
      '--disable-component-update',
      `--disable-features=${UNWANTED.join(',')}`,
    ],
  });
}

/** A tab of its own; what it logs as an error is collected. */
export async function openTab(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; errors: string[] }> {
  const context = await browser.newContext({ locale: 'en-GB', viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) errors.push(message.text());
  });
  await page.goto(url);
  return { page, errors };
}
