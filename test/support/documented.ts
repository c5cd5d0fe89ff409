// A case of the documentation: manifests as a user writes them, and what is to be seen at named virtual times.

import { expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { JsonObject } from '../../src/engine/apimachinery/meta.ts';
import { getObject, listObjects } from '../../src/engine/apiserver/api.ts';
import { readPodLog } from '../../src/engine/cluster/index.ts';
import { eventKind } from '../../src/engine/kinds/event/index.ts';
import { podKind } from '../../src/engine/kinds/pod/index.ts';
import type { Pod } from '../../src/engine/kinds/pod/types.ts';
import { createPodCluster, type PodCluster, type PodClusterOptions, START_MS } from './pods.ts';

/** What is to be seen of one pod at one time. Absent members are not looked at. */
export interface Sight {
  /** Seconds after the start. */
  readonly at: number;
  /** The pod's name; the only one of the manifests by default. */
  readonly pod?: string;
  /** `1/1 Running 0`: the columns READY, STATUS and RESTARTS. */
  readonly shows?: string;
  /** The whole log of a container, line by line; or a pattern that it matches. */
  readonly log?: readonly string[] | RegExp;
  readonly container?: string;
  /** Texts of which each is part of an event `Type Reason message`. */
  readonly events?: readonly string[];
  /** Part of the pod's status. */
  readonly status?: object;
  /** Done before the sight: commands on the cluster. */
  readonly first?: (cluster: PodCluster) => void;
}

/** Registers a case. */
export function documented(title: string, manifests: string, sights: readonly Sight[], options: PodClusterOptions = {}): void {
  it(title, () => {
    const objects = parseAllDocuments(manifests).map((document) => document.toJS() as JsonObject);
    const cluster = createPodCluster({ nodes: 2, timing: { workerJitter: 0.5, imagePull: '1s' }, ...options });
    cluster.apply(...objects);
    const own = objects.find((object) => object['kind'] === 'Pod')?.['metadata'] as { name: string } | undefined;
    for (const sight of sights) {
      cluster.advanceTo(sight.at);
      sight.first?.(cluster);
      look(cluster, sight, sight.pod ?? own?.name ?? '');
    }
  });
}

function look(cluster: PodCluster, sight: Sight, name: string): void {
  const pod = getObject(cluster.state, podKind, 'default', name);
  const where = `at ${sight.at} s`;
  if (pod === undefined) throw new Error(`pod ${name} is gone ${where}`);
  if (sight.shows !== undefined) expect(shown(cluster, pod), where).toBe(sight.shows);
  if (sight.status !== undefined) expect(pod.status, where).toMatchObject(sight.status);
  if (sight.events !== undefined) for (const event of sight.events) expect(eventsOf(cluster, pod).join('\n'), where).toContain(event);
  if (sight.log === undefined) return;
  const log = readPodLog(cluster.state, { namespace: 'default', name, container: sight.container ?? '', isPrevious: false });
  if (!log.ok) throw new Error(`${log.status.message} ${where}`);
  const lines = log.value.lines.map((line) => line.text);
  if (sight.log instanceof RegExp) expect(lines.join('\n'), where).toMatch(sight.log);
  else expect(lines, where).toEqual(sight.log);
}

function shown(cluster: PodCluster, pod: Pod): string {
  const [, ready, status, restarts] = podKind.cells(pod, cluster.state.nowMs);
  return `${ready} ${status} ${String(restarts).replace(/ \(.*/, '')}`;
}

function eventsOf(cluster: PodCluster, pod: Pod): string[] {
  return listObjects(cluster.state, eventKind, 'default')
    .filter((event) => event.involvedObject.uid === pod.metadata.uid)
    .map((event) => `${event.type} ${event.reason} ${event.message}`);
}

/** Virtual milliseconds of a second of the case. */
export function instant(seconds: number): number {
  return START_MS + seconds * 1000;
}
