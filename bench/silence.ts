// For how long clusters are not written to when something happens to an instance of workerd.

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

/** Time after which a client no longer waits, and asks another instance. */
const PATIENCE_MS = 5_000;

/** Clusters that have been written to again for so long are back. */
const BACK_MS = 500;

/** Wall time that is looked at before something happens, and at least after it. */
const BEFORE_MS = 2_000;
const AFTER_MS = 8_000;

/** Of the slowest cluster, in seconds. */
export interface Silence {
  /** As long as nothing had happened. */
  readonly before: number;
  readonly after: number;
}

/** Writes to clusters through some instances, one client a cluster, while something happens. */
export async function longestSilence(urls: readonly string[], clusters: readonly string[], act: () => unknown): Promise<Silence> {
  const lastMs = new Map<string, number>();
  let gaps = new Map<string, number>();
  const state = { isOver: false };
  let made = 0;
  const write = async (cluster: string): Promise<boolean> => {
    made += 1;
    const url = `${urls[made % urls.length] ?? ''}/clusters/${cluster}${CONFIG_MAPS}`;
    const body = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: `s${Date.now()}-${made}` } });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(PATIENCE_MS) });
    await answer.arrayBuffer();
    return answer.status === 201;
  };
  const client = async (cluster: string): Promise<void> => {
    while (!state.isOver) {
      if (!(await write(cluster).catch(() => false))) continue;
      const nowMs = performance.now();
      gaps.set(cluster, Math.max(gaps.get(cluster) ?? 0, nowMs - (lastMs.get(cluster) ?? nowMs)));
      lastMs.set(cluster, nowMs);
    }
  };
  const clients = clusters.map(client);
  await wait(BEFORE_MS / 2);
  gaps.clear();
  await wait(BEFORE_MS);
  const before = longestOf(gaps);
  gaps = new Map();
  const actedMs = performance.now();
  act();
  const isBack = () =>
    performance.now() - actedMs > AFTER_MS && clusters.every((name) => performance.now() - (lastMs.get(name) ?? 0) < BACK_MS);
  while (!isBack()) await wait(100);
  state.isOver = true;
  await Promise.all(clients);
  return { before, after: longestOf(gaps) };
}

function longestOf(gaps: ReadonlyMap<string, number>): number {
  return Math.max(...gaps.values()) / 1_000;
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
