// What there is to strike: nodes, pods, their containers, images and registries, as the cluster has them now.

import { useEffect, useState } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import type { KubeObject } from '../objects/kube-objects.ts';
import { kubernetesPath, readJson } from '../objects/kubernetes.ts';
import { attempt } from '../state/notices.ts';
import type { ObjectName } from '../timeline/objects.ts';
import { registryOf } from './registry.ts';

export type Choices = Readonly<Record<string, readonly string[]>>;

/** Choices for the fields of a fault; of a pod, those of that pod. */
export function useChoices(session: Session, pod: ObjectName | undefined): Choices {
  const [choices, setChoices] = useState<Choices>({});
  useEffect(() => {
    void attempt(async () => setChoices(await readChoices(session, pod)));
  }, []);
  return choices;
}

interface PodSpec {
  readonly nodeName?: string;
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
}

interface Container {
  readonly name: string;
  readonly image: string;
}

async function readChoices({ name: cluster, timeline }: Session, pod: ObjectName | undefined): Promise<Choices> {
  const base = await kubernetesPath(cluster, undefined);
  const { items } = await readJson<{ items: readonly KubeObject[] }>(`${base}/api/v1/pods`);
  const isMeant = ({ metadata: { namespace, name } }: KubeObject) =>
    pod === undefined || (pod.name === name && (pod.namespace ?? 'default') === namespace);
  const pods = items.filter(isMeant);
  const specs = pods.map(({ spec }) => spec as PodSpec);
  const containers = specs.flatMap(({ containers: main, initContainers = [] }) => [...main, ...initContainers]);
  const images = unique(containers.map(({ image }) => image));
  const nodes = [...timeline.rows.values()].filter(({ kind, endMs }) => kind === 'node' && endMs === undefined).map(({ name }) => name);
  return {
    node: unique(pod === undefined ? nodes : specs.flatMap(({ nodeName }) => (nodeName === undefined ? [] : [nodeName]))),
    namespace: unique(pods.map(({ metadata }) => metadata.namespace ?? '')),
    pod: unique(pods.map(({ metadata }) => metadata.name)),
    container: unique(containers.map(({ name }) => name)),
    image: images,
    registry: unique(images.map(registryOf)),
  };
}

function unique(words: readonly string[]): readonly string[] {
  return [...new Set(words)].sort();
}
