import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { jobKind } from '../../../src/engine/kinds/job/index.ts';
import type { Job } from '../../../src/engine/kinds/job/types.ts';
import { createTestCluster, START_MS, type TestCluster } from '../../support/engine.ts';
import { job, jobTemplate } from '../../support/workloads.ts';

function refusalOf(cluster: TestCluster, spec: object): string | undefined {
  const body = job('j', spec as Record<string, unknown>);
  return cluster.refusal({ verb: 'create', resource: 'jobs.batch', namespace: 'default', body, options: {} })?.message;
}

function patchRefusal(cluster: TestCluster, body: object): string | undefined {
  const patch = { patchType: 'merge' as const, body: body as JsonObject, options: {} };
  return cluster.refusal({ verb: 'patch', resource: 'jobs.batch', namespace: 'default', name: 'j', ...patch })?.message;
}

describe('C301 defaults', () => {
  it.each<[string, object, object]>([
    ['neither given', {}, { parallelism: 1, completions: 1, backoffLimit: 6, completionMode: 'NonIndexed', suspend: false }],
    ['parallelism only', { parallelism: 3 }, { parallelism: 3, completions: undefined }],
    ['completions only', { completions: 3 }, { parallelism: 1, completions: 3 }],
    ['per index', { completionMode: 'Indexed', completions: 1, backoffLimitPerIndex: 1 }, { backoffLimit: 2_147_483_647 }],
    ['no failure policy', {}, { podReplacementPolicy: 'TerminatingOrFailed' }],
    ['failure policy', { podFailurePolicy: { rules: [] } }, { podReplacementPolicy: 'Failed' }],
  ])('%s', (_name, spec, expected) => {
    const { spec: stored } = createTestCluster().create<Job>(job('j', { suspend: false, ...spec }));
    for (const [field, value] of Object.entries(expected)) expect([field, stored[field as keyof Job['spec']]]).toEqual([field, value]);
  });

  it('C302 labels and selector are made from the uid, unless the selector is manual', () => {
    const cluster = createTestCluster();
    const made = cluster.create<Job>(job('j'));
    const { uid } = made.metadata;
    expect(made.spec.selector).toEqual({ matchLabels: { 'batch.kubernetes.io/controller-uid': uid } });
    expect(made.metadata.labels).toEqual(made.spec.template.metadata.labels);
    const template = { metadata: { labels: { a: 'b' } }, ...jobTemplate() };
    const manual = cluster.create<Job>(job('m', { manualSelector: true, selector: { matchLabels: { a: 'b' } }, template }));
    expect(manual.spec.template.metadata.labels).toEqual({ a: 'b' });
  });
});

const failurePolicy = (rule: object): object => ({ podFailurePolicy: { rules: [{ action: 'Ignore', ...rule }] } });

describe('C302 P8 validation', () => {
  it.each<[string, object, string]>([
    [
      'negative',
      { parallelism: -1, backoffLimit: -2 },
      'spec.parallelism: Invalid value: -1: must be greater than or equal to 0, spec.backoffLimit: Invalid value: -2',
    ],
    [
      'restarts',
      { template: jobTemplate({ restartPolicy: 'Always' }) },
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    ['own selector', { selector: { matchLabels: { a: 'b' } } }, '`selector` not auto-generated'],
    ['mode', { completionMode: 'Foo' }, 'spec.completionMode: Unsupported value: "Foo": supported values: "Indexed", "NonIndexed"'],
    ['no completions', { completionMode: 'Indexed', parallelism: 2 }, 'spec.completions: Required value: when completion mode is Indexed'],
    ['per index', { backoffLimitPerIndex: 1 }, 'spec.backoffLimitPerIndex: Invalid value: 1: requires indexed completion mode'],
    [
      'replacement',
      { podFailurePolicy: { rules: [] }, podReplacementPolicy: 'TerminatingOrFailed' },
      'spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    ],
    [
      'codes of a failure policy out of order, twice',
      failurePolicy({ onExitCodes: { operator: 'In', values: [3, 1, 1] } }),
      'onExitCodes.values[2]: Duplicate value: 1, spec.podFailurePolicy.rules[0].onExitCodes.values: Invalid value: []int32{3, 1, 1}: must be ordered',
    ],
    [
      'a condition of no status',
      failurePolicy({ onPodConditions: [{ type: 'A', status: 'Maybe' }] }),
      'onPodConditions[0].status: Unsupported value: "Maybe": supported values: "False", "True", "Unknown"',
    ],
  ])('%s', (_name, spec, message) => {
    expect(refusalOf(createTestCluster(), spec)).toContain(message);
  });

  it('C303 selector and template stay, unless the Job has never started', () => {
    const cluster = createTestCluster();
    cluster.create(job('j'));
    expect(patchRefusal(cluster, { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } })).toContain('field is immutable');
    expect(patchRefusal(cluster, { spec: { completions: 2 } })).toContain('spec.completions: Invalid value: 2: field is immutable');
    expect(patchRefusal(cluster, { spec: { parallelism: 2, backoffLimit: 1, activeDeadlineSeconds: 9 } })).toBeUndefined();
    const suspended = createTestCluster();
    suspended.create(job('j', { suspend: true }));
    expect(patchRefusal(suspended, { spec: { template: { spec: { nodeSelector: { a: 'b' } } } } })).toBeUndefined();
    expect(patchRefusal(suspended, { spec: { template: { spec: { dnsPolicy: 'Default' } } } })).toContain('field is immutable');
  });

  it('C303 the completions of an Indexed Job move with its parallelism', () => {
    const cluster = createTestCluster();
    cluster.create(job('j', { completionMode: 'Indexed', completions: 2, parallelism: 2 }));
    expect(patchRefusal(cluster, { spec: { completions: 3 } })).toContain('can only be modified in tandem with spec.parallelism');
    expect(patchRefusal(cluster, { spec: { completions: 3, parallelism: 3 } })).toBeUndefined();
  });
});

it('N1 columns: status, completions, duration', () => {
  const stored = createTestCluster().create<Job>(job('j', { suspend: true, parallelism: 2 }));
  const cells = (status: object): unknown[] => jobKind.cells({ ...stored, status: status as Job['status'] }, START_MS + 90_000).slice(1, 4);
  expect(cells({})).toEqual(['Running', '0/1 of 2', '']);
  expect(cells({ startTime: '2026-01-01T00:00:30Z', succeeded: 1 })).toEqual(['Running', '1/1 of 2', '60s']);
  const complete = { type: 'Complete', status: 'True' };
  expect(cells({ startTime: '2026-01-01T00:00:30Z', completionTime: '2026-01-01T00:00:35Z', conditions: [complete] })[2]).toBe('5s');
  expect(cells({ conditions: [{ type: 'Suspended', status: 'True' }] })[0]).toBe('Suspended');
  expect(
    cells({
      conditions: [
        { type: 'FailureTarget', status: 'True' },
        { type: 'Failed', status: 'True' },
      ],
    })[0],
  ).toBe('Failed');
});
