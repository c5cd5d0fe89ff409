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

/** Milliseconds between the calls of requestAnimationFrame in `seconds` of wall time, the shortest first. */
async function framesOf(page, seconds) {
  await page.evaluate(`window.frames_ = []; { let last = performance.now(); const next = (now) => {
    window.frames_.push(now - last); last = now; requestAnimationFrame(next); }; requestAnimationFrame(next); }`);
  await sleep(seconds * 1000);
  const frames = await page.evaluate('window.frames_.slice(1)');
  return frames.sort((one, other) => one - other);
}

const rateOf = (frames) => Math.round((frames.length / frames.reduce((sum, ms) => sum + ms, 0)) * 10_000) / 10;

/** Bars in rows, as many as a timeline shows, drawn anew with every frame: the least that a page does whose canvas moves. */
const CANVAS_ALONE = `{
  document.body.innerHTML = '<canvas width="1000" height="520"></canvas>';
  const context = document.querySelector('canvas').getContext('2d', { alpha: false });
  const draw = (now) => {
    context.fillStyle = '#fff';
    context.fillRect(0, 0, 1000, 520);
    context.fillStyle = '#2a7';
    for (let bar = 0; bar < 400; bar += 1) {
      context.beginPath();
      context.roundRect(((now / 20 + (bar % 20) * 50) % 1000), Math.floor(bar / 20) * 26, 44, 18, 3);
      context.fill();
    }
    requestAnimationFrame(draw);
  };
  requestAnimationFrame(draw);
}`;

/** What this browser draws at most on this machine just now: frames in a second of a page with nothing on it, and of one with a canvas only. */
async function limitsOf(browser) {
  const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
  const empty = rateOf(await framesOf(page, 5));
  await page.evaluate(CANVAS_ALONE);
  const canvas = rateOf(await framesOf(page, 5));
  await page.close();
  return { empty, canvas };
}

/** Until the whole history was told: only then does the clock that is shown go on. */
async function isTold(page) {
  const seen = new Set();
  while (seen.size < 10) {
    seen.add(await page.getByTestId('elapsed').textContent());
    await sleep(50);
  }
}

/**
 * Milliseconds between frames in `seconds` of wall time, the shortest first, milliseconds of CPU that its main thread took in each second of them, megabytes
 * of the page's heap before and after, and the limits.
 */
async function measurePage(address, seconds) {
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath: PROGRAM, args: ['--no-sandbox', '--disable-background-networking'] });
  try {
    const limits = await limitsOf(browser);
    const page = await browser.newPage({ viewport: { width: 1280, height: 860 } });
    await page.goto(address);
    await page.locator('.labels li').nth(20).waitFor({ timeout: 120_000 });
    const session = await page.context().newCDPSession(page);
    const heap = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize / 1e6;
    };
    await isTold(page);
    // What was told at once has been drawn.
    await sleep(2_000);
    const before = await heap();
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const cpu = async () => {
      const { metrics } = await session.send('Performance.getMetrics');
      return metrics.find(({ name }) => name === 'TaskDuration').value * 1000;
    };
    const cpuBefore = await cpu();
    const frames = await framesOf(page, seconds);
    return { frames, cpuMs: ((await cpu()) - cpuBefore) / seconds, before, after: await heap(), limits };
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
    const { frames, cpuMs, before, after, limits } = await measurePage(`${server.url}/#/clusters/a`, 20);
    figure(`the page, 1 000 pods and ${spans} spans, clock at 10x`, rateOf(frames), ' frames/s', 60);
    // Frames are lost to whatever else the machine does as well: the service, the browser's own drawing without a graphics card, neighbours.
    figure('  limit just now: an empty page', limits.empty, ' frames/s');
    figure('  limit just now: a page with a canvas only', limits.canvas, ' frames/s');
    figure('  CPU of its main thread in a second', cpuMs, 'ms', 200);
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
