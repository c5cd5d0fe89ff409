// The page in Chromium: how long a frame takes, and whether memory stays flat, while the clock of a large cluster runs.

import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { figure, row } from './report.mjs';
import { cronJob, folder, quantile, replicaSet } from './samples.mjs';
import { post, spawnServer } from './servers.mjs';

const PROGRAM = process.env.ORRERY_CHROMIUM ?? '/usr/bin/chromium';

/** Whether there is a browser to measure in. */
const hasBrowser = () => existsSync(PROGRAM);

/** Spans of a timeline; each page of it begins with those that hold. */
async function countSpans(address) {
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
async function measurePage(address, seconds) {
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
async function watchPage(address, minutes, samples, tell) {
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

/** `minutes`: how long the page's memory is watched. */
export const pageGroups = (minutes) => ({
  async page() {
    if (!hasBrowser()) return row('the page (no Chromium here; name one in ORRERY_CHROMIUM)', 'not measured');
    const server = await spawnServer(folder());
    await post(server.url, '/v1/clusters', { name: 'a', nodes: 11, retention: { watchEvents: 1_000_000 } });
    const looping = replicaSet(
      1000,
      { image: 'nginx', imagePullPolicy: 'IfNotPresent' },
      { 'orrery.sim/behavior.c': '{"run": {"for": "1s", "exitCode": 1}}' },
    );
    await post(server.url, '/clusters/a/apis/apps/v1/namespaces/default/replicasets', looping);
    await post(server.url, '/v1/clusters/a/clock/advance', { by: '1h' });
    const spans = await countSpans(`${server.url}/v1/clusters/a/timeline`);
    await fetch(`${server.url}/v1/clusters/a/clock`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: '{"mode": "running", "rate": 10}',
    });
    const { frames, before, after } = await measurePage(`${server.url}/#/clusters/a`, 20);
    const perSecondDrawn = Math.round((frames.length / frames.reduce((sum, ms) => sum + ms, 0)) * 1000);
    figure(`the page, 1 000 pods and ${spans} spans, clock at 10x`, perSecondDrawn, ' frames/s', 60);
    row('  between two frames, median and 99 of 100', `${quantile(frames, 0.5)} ms, ${quantile(frames, 0.99)} ms`);
    row('  heap of the page before and after 20 s', `${before.toFixed(0)} MB, ${after.toFixed(0)} MB`);
    await server.close();
  },

  /** A running clock under which pods come, fail and go all the time. Aim: flat, when as much is kept as may be. */
  async pageMemory() {
    if (!hasBrowser()) return row('memory of the page (no Chromium here; name one in ORRERY_CHROMIUM)', 'not measured');
    const server = await spawnServer(folder());
    await post(server.url, '/v1/clusters', { name: 'a', clock: { mode: 'running', rate: 600 } });
    const looping = replicaSet(
      30,
      { image: 'nginx', imagePullPolicy: 'IfNotPresent' },
      { 'orrery.sim/behavior.c': '{"run": {"for": "1s", "exitCode": 1}}' },
    );
    const cronJobs = Array.from({ length: 8 }, (_, index) => cronJob(`j${index}`));
    await post(server.url, '/v1/clusters/a/manifests', [looping, ...cronJobs]);
    const page = `${server.url}/#/clusters/a?view=curves&object=replicasets.apps/default/rs&tab=history`;
    await watchPage(page, minutes, 10, ({ minutes, megabytes, elements, listeners, elapsed }) =>
      row(
        `  the page, clock at 600x, after ${minutes.toFixed(1)} min of wall time, ${elapsed} of the cluster's`,
        `${megabytes.toFixed(1)} MB, ${elements} nodes of the document, ${listeners} listeners`,
      ),
    );
    await server.close();
  },
});
