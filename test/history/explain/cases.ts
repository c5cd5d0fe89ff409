// Tables of explanations: manifests, what happens to them, and the sentences that follow.

import { expect, it } from 'vitest';
import type { Fault } from '../../../src/engine/cluster/fault-spec.ts';
import { explain, type Finding, readPodLog } from '../../../src/engine/cluster/index.ts';
import { findingsOf as unsaidFindingsOf } from '../../../src/engine/history/explain/index.ts';
import { stateHash } from '../../../src/engine/cluster/snapshot.ts';
import { kindByResource } from '../../../src/engine/kinds/index.ts';
import { createTestCluster, type TestCluster, type TestConfig } from '../../support/engine.ts';
import { expectTranslated } from '../../support/languages.ts';
import { createAll } from '../../support/manifests.ts';

export interface Case {
  readonly title: string;
  readonly config?: TestConfig;
  readonly yaml: string;
  /** Virtual seconds that pass after the manifests, and after what is done. */
  readonly seconds?: number;
  readonly then?: (cluster: TestCluster) => void;
  /** `pods/web`. */
  readonly about: string;
  /** `code: sentence` of each finding; times are from the start of the cluster. */
  readonly says: readonly string[];
  /** Part of the JSON of what proves it. */
  readonly because?: string;
}

/** One test for each case. */
export function itExplains(cases: readonly Case[]): void {
  for (const item of cases)
    it(item.title, () => {
      const cluster = createTestCluster({ nodes: 1, timing: { workerJitter: 0.5 }, ...item.config });
      expect(createAll(cluster, item.yaml)).toEqual([]);
      cluster.advance((item.seconds ?? 30) * 1000);
      item.then?.(cluster);
      const before = stateHash(cluster.state);
      expectTranslations(cluster, item.about);
      const findings = findingsOf(cluster, item.about);
      expect(findings.map(({ code, sentence }) => `${code}: ${sentence}`.replaceAll('2026-01-01T', ''))).toEqual(item.says);
      for (const { because, documentation, wouldChange } of findings) {
        expect(because.length).toBeGreaterThan(0);
        expectLogs(cluster, wouldChange ?? '');
        expect(documentation).toMatch(/^https:\/\/kubernetes\.io\/docs\/[a-z]/);
      }
      if (item.because !== undefined) expect(JSON.stringify(findings.map(({ because }) => because))).toContain(item.because);
      expect(stateHash(cluster.state)).toEqual(before);
      // What is explained is in the state, not in what a running engine happens to remember.
      cluster.reopen();
      expect(findingsOf(cluster, item.about)).toEqual(findings);
    });
}

/** What is said, and what would change it, is said in every language. */
function expectTranslations(cluster: TestCluster, path: string): void {
  const { kind, object } = foundObject(cluster, path);
  for (const { sentence, wouldChange } of unsaidFindingsOf(cluster.state, kind, object)) {
    expectTranslated(sentence);
    if (wouldChange !== undefined) expectTranslated(wouldChange);
  }
}

/** A log that is recommended is one that kubectl shows. */
function expectLogs(cluster: TestCluster, advice: string): void {
  const [, name, container = '', previous] = /kubectl logs (\S+) -c (\S+)( --previous)?/.exec(advice) ?? [];
  if (name === undefined) return;
  const log = readPodLog(cluster.state, { namespace: 'default', name, container, isPrevious: previous !== undefined });
  expect(log.ok, advice).toBe(true);
}

/** What is said of `resource/name`, in the namespace `default`. */
export function findingsOf(cluster: TestCluster, path: string): readonly Finding[] {
  const found = foundObject(cluster, path);
  return found.findings;
}

function foundObject(cluster: TestCluster, path: string) {
  const [resource = '', name = ''] = path.split('/');
  const kind = kindByResource(resource);
  if (kind === undefined) throw new Error(`no resource ${resource}`);
  const found = explain(cluster.state, kind, kind.namespaced ? 'default' : undefined, name);
  if (found === undefined) throw new Error(`${path} not found`);
  return { ...found, kind };
}

/** Lets a fault strike. */
export function strike(cluster: TestCluster, fault: Fault): void {
  const { outcome } = cluster.execute({ type: 'fault', fault, afterMs: 0, forMs: null });
  if (!outcome.ok) throw new Error(outcome.status.message);
}

/** A pod `web` with one container of a known image; lines of its spec, and of its container, in YAML. */
export function pod(spec = '', container = '', name = 'web', metadata = ''): string {
  return `
apiVersion: v1
kind: Pod
metadata: {name: ${name}${metadata}}
spec:
  containers:
  - name: app
    image: nginx
${indented(container, 4)}
${indented(spec, 2)}`;
}

function indented(text: string, by: number): string {
  return text
    .split('\n')
    .map((line) => (line.trim() === '' ? '' : `${' '.repeat(by)}${line}`))
    .join('\n');
}

/** The annotation that says how the container of `pod` behaves, to be added to its metadata. */
export function behaving(behavior: object): string {
  return `, annotations: {orrery.sim/behavior.app: '${JSON.stringify(behavior)}'}`;
}

/** A workload `web` whose pods have the label app=web and one container of a known image. */
export function workload(kind: string, spec = '', container = '', podSpec = '', podMetadata = ''): string {
  const isJob = kind === 'Job';
  return `
apiVersion: ${isJob ? 'batch/v1' : 'apps/v1'}
kind: ${kind}
metadata: {name: web}
spec:
${indented(spec, 2)}
${isJob ? '' : '  selector: {matchLabels: {app: web}}'}
  template:
    metadata: {labels: {app: web}${podMetadata}}
    spec:
${indented(podSpec, 6)}
      containers:
      - name: app
        image: nginx
${indented(container, 8)}`;
}
