// The page in Chromium: how long a frame takes, and whether memory stays flat, while the clock of a large cluster runs.

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = process.env.ORRERY_CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser to measure in. */
export const hasBrowser = () => existsSync(PROGRAM);

/** Spans of a timeline; each page of it begins with those that hold. */
export async function countSpans(address) {
  let spans = 0;
  for (let from = ''; from !== undefined; ) {
    const { rows, next } = await (await fetch(`${address}${from === '' ? '' : `?from=${encodeURIComponent(from)}`}`)).json();
    const known = from === '' ? 0 : 1;
    for (const row of rows) spans += Math.max(0, row.spans.length - known);
    from = next;
  }
  return spans;
}

/** Milliseconds between frames in `seconds` of wall time, the shortest first, and megabytes of the page's heap before and after. */
export async function measurePage(address, seconds) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox', '--disable-background-networking'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    await page.goto(address);
    await page.locator('.labels li').nth(20).waitFor({ timeout: 120_000 });
    const session = await page.context().newCDPSession(page);
    const heap = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
    };
    // What was told at once has been drawn.
    await sleep(5_000);
    const before = await heap();
    await page.evaluate(`window.frames_ = []; { let last = performance.now(); const next = (now) => {
      window.frames_.push(now - last); last = now; requestAnimationFrame(next); }; requestAnimationFrame(next); }`);
    await sleep(seconds * 1000);
    const frames = await page.evaluate('window.frames_.slice(1)');
    return { frames: frames.sort((one, other) => one - other), before, after: await heap() };
  } finally {
    await browser.close();
  }
}

/** What the page holds at equal distances of wall time, each after a collection of garbage: `tell` gets minutes, megabytes of heap, and elements. */
export async function watchPage(address, minutes, samples, tell) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox', '--disable-background-networking'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    await page.goto(address);
    await page.locator('.labels li').first().waitFor({ timeout: 120_000 });
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable');
    for (let sample = 0; sample <= samples; sample += 1) {
      if (sample > 0) await sleep((minutes * 60_000) / samples);
      await session.send('HeapProfiler.collectGarbage');
      const { metrics } = await session.send('Performance.getMetrics');
      const valueOf = (name) => metrics.find((metric) => metric.name === name).value;
      const elapsed = await page.getByTestId('elapsed').textContent();
      tell({
        minutes: (minutes * sample) / samples,
        megabytes: valueOf('JSHeapUsedSize') / 1e6,
        elements: valueOf('Nodes'),
        listeners: valueOf('JSEventListeners'),
        elapsed,
      });
    }
  } finally {
    await browser.close();
  }
}
