// Replays recorded writes of a real v1.33 cluster, and compares the managedFields that were answered.

import { describe, expect, it } from 'vitest';
import { type Answer, send } from '../../support/kube-client.ts';
import { fillIn, type RecordedCase, recordedCases, type RecordedRequest } from './recorded-case.ts';
import { createTestCluster, type TestCluster } from './server.ts';

/** Writers of the control plane, which are not tracked (decision 0006). */
const INTERNAL = /^(kube-|simkubelet)/;

/** Cases whose owners differ because the objects do. */
const NOT_REPLAYED: Readonly<Record<string, string>> = {
  'node-with-status': 'podCIDRs do not follow podCIDR',
  tokenrequest: 'a TokenRequest is answered, not stored, and has no owners',
  'status-subresource': 'conditions that a client sends keep no null times',
};

const NO_OWNERS = '[]';

/** How many answers with entries the kinds that exist allow to compare, at least. */
const COMPARISONS_MIN = 45;

const TOPICS = ['apply', 'errors', 'patch', 'defaults', 'gc', 'lists'];

describe.each(TOPICS)('K3 owners as recorded on a real cluster: %s', (topic) => {
  const cases = recordedCases(topic).filter((item) => hasOwners(item) && !Object.hasOwn(NOT_REPLAYED, item.case));
  it.each(cases.map((item) => [item.case, item] as const))('%s', async (_name, recorded) => {
    const differences = await replay(recorded);
    expect(differences, differences.join('\n')).toEqual([]);
  });
});

/** Answers with entries that were compared so far. A case whose kind does not exist here ends before its first one and proves nothing. */
let comparisons = 0;

describe('K3 owners as recorded on a real cluster', () => {
  it('K3 enough answers with entries were compared', () => {
    expect(comparisons).toBeGreaterThanOrEqual(COMPARISONS_MIN);
  });
});

/** Whether an answer that is compared has entries of a client. */
function hasOwners({ steps }: RecordedCase): boolean {
  return steps.some(({ role, response }) => role === 'check' && ownersOf(response?.body) !== NO_OWNERS);
}

/** Runs a case in a cluster of its own; ends where a kind is asked for that does not exist here. */
async function replay(recorded: RecordedCase): Promise<readonly string[]> {
  const cluster = createTestCluster({ nodes: 0, startMs: Date.UTC(2026, 10, 23, 17, 15) });
  const answers: unknown[] = [];
  const differences: string[] = [];
  try {
    await sendRecorded(cluster, { method: 'POST', path: '/api/v1/namespaces', body: NAMESPACE });
    for (const [index, step] of recorded.steps.entries()) {
      const isRequest = step.request !== undefined && (step.role === 'setup' || step.role === 'check');
      const answer = isRequest ? await sendRecorded(cluster, fillIn(step.request, answers)) : undefined;
      answers.push(answer?.body);
      if (answer === undefined || step.role !== 'check') continue;
      if (answer.status !== step.response?.status) break;
      const wanted = ownersOf(step.response.body);
      const given = ownersOf(answer.body);
      if (wanted !== NO_OWNERS) comparisons += 1;
      if (wanted !== given) differences.push(`step ${index}:\n  recorded ${wanted}\n  answered ${given}`);
    }
  } finally {
    await cluster.remove();
  }
  return differences;
}

const NAMESPACE = { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'golden' } };

function sendRecorded(cluster: TestCluster, request: RecordedRequest): Promise<Answer> {
  const { method, path, body, contentType = 'application/json', accept } = request;
  const headers = { 'Content-Type': contentType, 'User-Agent': '', ...(accept === undefined ? {} : { Accept: accept }) };
  return send(cluster, method, path, body, headers);
}

interface Entry {
  readonly manager: string;
  readonly time?: string;
}

/** The entries of an object, without times and without those of the control plane. */
function ownersOf(body: unknown): string {
  const { metadata } = (body ?? {}) as { readonly metadata?: { readonly managedFields?: readonly Entry[] } };
  const entries = (metadata?.managedFields ?? []).filter(({ manager }) => !INTERNAL.test(manager));
  return JSON.stringify(entries.map(({ time: _time, ...entry }) => entry));
}
