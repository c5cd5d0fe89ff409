// Forks and rewinds that the end of the instance cuts off: the cluster is what it was or what it was to be, and nothing of it is lost.

import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Instance, startInstance, workerBundle } from './instance.ts';

const MANIFEST = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  replicas: 20
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx }] }
`;

let worker: string;
let instance: Instance;

beforeAll(async () => {
  worker = await workerBundle();
  instance = await startInstance({ worker });
}, 120_000);
afterAll(() => instance.remove());

const post = (path: string, body: unknown, type = 'application/json') =>
  fetch(`${instance.url}${path}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

async function digests(): Promise<Map<string, string>> {
  const { items } = (await (await fetch(`${instance.url}/v1/clusters`)).json()) as { items: readonly { name: string; digest: string }[] };
  return new Map(items.map(({ name, digest }) => [name, digest]));
}

/** Ends the instance some time after something was asked of it, and starts it again. */
async function cutOff(afterMs: number, ask: () => Promise<Response>): Promise<void> {
  const asked = ask().then(
    (answer) => answer.arrayBuffer(),
    () => undefined,
  );
  await new Promise((resolve) => setTimeout(resolve, afterMs));
  await instance.end('SIGKILL');
  await asked.catch(() => undefined);
  instance = await startInstance({ worker, folder: instance.folder });
}

async function make(name: string): Promise<{ readonly early: string; readonly late: string }> {
  await post('/v1/clusters', { name, seed: 3 });
  const early = (await digests()).get(name) ?? '';
  await post(`/v1/clusters/${name}/manifests`, MANIFEST, 'application/yaml');
  await post(`/v1/clusters/${name}/clock/advance`, { by: '2h' });
  return { early, late: (await digests()).get(name) ?? '' };
}

it.each([5, 40, 80, 120, 200])(
  'a rewind is cut off after %d ms',
  async (afterMs) => {
    const name = `rewound-${afterMs}`;
    const { early, late } = await make(name);
    await cutOff(afterMs, () => post(`/v1/clusters/${name}/rewind`, { to: 'command:1' }));
    const found = await digests();
    const kept = [...found].filter(([other]) => other.startsWith(`${name}-later-`));
    if (kept.length === 0) expect(found.get(name)).toBe(late);
    else expect([found.get(name), kept.map(([, digest]) => digest)]).toEqual([early, [late]]);
    // It goes on either way, and so does what came after.
    for (const one of [name, ...kept.map(([other]) => other)])
      expect((await post(`/v1/clusters/${one}/clock/advance`, { by: '1m' })).status).toBe(200);
  },
  60_000,
);

it.each([5, 40, 80])(
  'a fork is cut off after %d ms',
  async (afterMs) => {
    const name = `forked-${afterMs}`;
    const { late } = await make(name);
    await cutOff(afterMs, () => post(`/v1/clusters/${name}/forks`, { name: `${name}-fork` }));
    const found = await digests();
    expect([late, undefined]).toContain(found.get(`${name}-fork`));
    expect(found.get(name)).toBe(late);
    // The name is free, or the fork's.
    const again = await post(`/v1/clusters/${name}/forks`, { name: `${name}-fork` });
    expect(again.status).toBe(found.has(`${name}-fork`) ? 409 : 201);
    expect((await digests()).get(`${name}-fork`)).toBe(late);
  },
  60_000,
);
