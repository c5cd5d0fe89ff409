// Takes the picture of the page that the README shows: node scripts/build.mjs && node scripts/screenshot.mjs
//
// The cluster, its clock and what breaks in it are the same every time; Chromium draws them. ORRERY_CHROMIUM names another one than Debian's.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const PICTURE = join(ROOT, 'docs', 'images', 'page.png');

const MANIFESTS = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 3
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec:
      containers:
        - name: web
          image: nginx:1.27
          readinessProbe: { httpGet: { path: /, port: 80 } }
---
apiVersion: v1
kind: Pod
metadata:
  name: fragile
  annotations:
    orrery.sim/behavior.app: '{"http": [{"path": "/health", "status": 500, "from": "20s"}]}'
spec:
  containers:
    - name: app
      image: registry.example/fragile:1
      livenessProbe: { httpGet: { path: /health, port: 8080 }, periodSeconds: 5 }
`;

const data = mkdtempSync(join(tmpdir(), 'orrery-screenshot-'));
const service = spawn(process.execPath, [join(ROOT, 'dist/hosts/cli.js'), 'serve', '--port', '0', '--data', data], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = await once(createInterface({ input: service.stdout }), 'line');
  const url = /http:\S+/.exec(line)?.[0];
  const post = async (path, body, type = 'application/json') => {
    const response = await fetch(`${url}${path}`, { method: 'POST', body, headers: { 'Content-Type': type } });
    if (!response.ok) throw new Error(await response.text());
  };
  await post('/v1/clusters', '{"name": "demo"}');
  await post('/v1/clusters/demo/manifests', MANIFESTS, 'application/yaml');
  await post('/v1/clusters/demo/faults', '{"type": "node-down", "target": {"node": "node-1"}, "after": "70s"}');
  await post('/v1/clusters/demo/clock/advance', '{"by": "3m"}');
  await takePicture(`${url}/#/clusters/demo?object=pods/default/fragile`);
} finally {
  service.kill('SIGTERM');
  await once(service, 'exit');
  rmSync(data, { recursive: true, force: true });
}

async function takePicture(address) {
  const browser = await chromium.launch({
    executablePath: process.env.ORRERY_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  const page = await browser.newPage({ locale: 'en-GB', colorScheme: 'light', viewport: { width: 1280, height: 860 } });
  await page.goto(address);
  await page.locator('.causes').waitFor();
  await page.locator('tbody tr').first().waitFor();
  mkdirSync(dirname(PICTURE), { recursive: true });
  await page.screenshot({ path: PICTURE });
  await browser.close();
}
