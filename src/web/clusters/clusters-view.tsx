// All clusters, as cards; forks stand below what they came from.

import { signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { api, dataOf } from '../api/client.ts';
import type { Cluster, Schemas } from '../api/schemas.ts';
import { useKeys } from '../shell/keys.ts';
import { attempt } from '../state/notices.ts';
import { formatRoute } from '../state/route.ts';
import { goToStep } from '../tour/tour.ts';
import { text } from '../text/text.ts';
import { ClusterCard } from './cluster-card.tsx';
import { CreateDialog } from './create-dialog.tsx';
import { treeOf, type TreeNode } from './fork-tree.ts';

export type Listed = Cluster | Schemas['BrokenCluster'];

const isCreateOpen = signal(false);
/** Of so many clusters the forks are looked up at once. */
const LIST_LIMIT = 50;

/** Wall time between two looks at what the cards say. */
const FOLLOW_MS = 3_000;

export function ClustersView() {
  const [clusters, setClusters] = useState<readonly Listed[] | undefined>(undefined);
  const [tree, setTree] = useState<readonly TreeNode[]>([]);
  const [cursor, setCursor] = useState<string | undefined>(undefined);
  const load = (from?: string) =>
    attempt(async () => {
      const query = { limit: LIST_LIMIT, ...(from === undefined ? {} : { cursor: from }) };
      const page = await dataOf(api.GET('/v1/clusters', { params: { query } }));
      const items = [...(from === undefined ? [] : (clusters ?? [])), ...page.items];
      setTree(await readTree(items));
      setClusters(items);
      setCursor(page.nextCursor);
    });
  useEffect(() => {
    document.title = text.product;
    void load();
  }, []);
  useEffect(() => {
    // Clocks run, and others make and delete clusters: cards say what is.
    const follow = async () => {
      if (clusters === undefined || document.visibilityState !== 'visible') return;
      const now = await readNow();
      if (now === undefined) return;
      const known = new Set(clusters.map(({ name }) => name));
      const isSame = cursor === undefined ? now.length === clusters.length && now.every(({ name }) => known.has(name)) : true;
      if (!isSame) return void load();
      const fresh = new Map(now.map((one) => [one.name, one]));
      setClusters(clusters.map((one) => fresh.get(one.name) ?? one));
    };
    const timer = setInterval(() => void follow(), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [clusters, cursor]);
  useKeys({ n: () => (isCreateOpen.value = true) });
  return (
    <div class="clusters">
      <div class="heading">
        <h1>{text.clusters.title}</h1>
        <a class="button" href={formatRoute({ page: 'report' })}>
          {text.report.open}
        </a>
        <button type="button" class="primary" onClick={() => (isCreateOpen.value = true)}>
          {text.clusters.create}
        </button>
      </div>
      {clusters === undefined ? <p class="muted">{text.loading}</p> : null}
      {clusters?.length === 0 ? <Empty /> : <Branches nodes={tree} clusters={clusters ?? []} onChange={() => void load()} />}
      {cursor === undefined ? null : (
        <button type="button" onClick={() => void load(cursor)}>
          {text.clusters.more}
        </button>
      )}
      {isCreateOpen.value ? <CreateDialog onClose={() => (isCreateOpen.value = false)} /> : null}
    </div>
  );
}

function Empty() {
  return (
    <div class="empty">
      <h2>{text.clusters.none}</h2>
      <p class="muted">{text.clusters.noneHint}</p>
      <div class="actions">
        <button type="button" onClick={() => goToStep(0)}>
          {text.tour.start}
        </button>
        <button type="button" class="primary" onClick={() => (isCreateOpen.value = true)}>
          {text.clusters.create}
        </button>
      </div>
    </div>
  );
}

interface BranchesProps {
  readonly nodes: readonly TreeNode[];
  readonly clusters: readonly Listed[];
  readonly onChange: () => void;
}

function Branches({ nodes, clusters, onChange }: BranchesProps) {
  return (
    <ul class="branches">
      {nodes.map(({ name, parent, forks }) => {
        const cluster = clusters.find((one) => one.name === name);
        if (cluster === undefined) return null;
        return (
          <li key={name}>
            <ClusterCard cluster={cluster} parent={parent} onChange={onChange} />
            {forks.length === 0 ? null : <Branches nodes={forks} clusters={clusters} onChange={onChange} />}
          </li>
        );
      })}
    </ul>
  );
}

async function readTree(clusters: readonly Listed[]): Promise<readonly TreeNode[]> {
  const forks = await Promise.all(
    clusters.map(async ({ name, state }) => {
      if (state === 'broken') return { name, forks: [] };
      return { name, forks: await forksOf(name) };
    }),
  );
  return treeOf(forks);
}

const PAGE_SIZE = 500;

async function forksOf(cluster: string) {
  const forks = [];
  let cursor: string | undefined;
  do {
    const query = { limit: PAGE_SIZE, ...(cursor === undefined ? {} : { cursor }) };
    const { data } = await api.GET('/v1/clusters/{cluster}/forks', { params: { path: { cluster }, query } });
    forks.push(...(data?.items ?? []));
    cursor = data?.nextCursor;
  } while (cursor !== undefined);
  return forks;
}

/** The first clusters as they are now; undefined while nobody answers. */
async function readNow(): Promise<readonly Listed[] | undefined> {
  try {
    return (await dataOf(api.GET('/v1/clusters', { params: { query: { limit: LIST_LIMIT } } }))).items;
  } catch {
    return undefined;
  }
}
