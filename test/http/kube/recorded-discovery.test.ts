// What discovery says of the kinds that are here, compared with what a real v1.33 cluster says of them. Rules: B1-B12.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { differencesOf, normalize, recordedCases, type RecordedStep } from './recorded-case.ts';
import { createTestCluster, type TestCluster } from './server.ts';

/** Documents about resources; the others name this service's own addresses, versions and checks. */
const STEPS = recordedCases('discovery')
  .filter((item) => item.case === 'aggregated' || item.case === 'roots')
  .flatMap((item) => item.steps)
  .filter((step) => /^\/apis?(?:\/|$)/.test(step.request?.path ?? '') && !isOwnAddress(step));

function isOwnAddress(step: RecordedStep): boolean {
  return (step.response?.body as { kind?: string } | undefined)?.kind === 'APIVersions';
}

describe('recorded on a real cluster: discovery', () => {
  let cluster: TestCluster;
  beforeAll(() => {
    cluster = createTestCluster({ nodes: 0, timing: { metricsResolution: 0 } });
  });
  afterAll(() => cluster.remove());

  it.each(STEPS.map((step) => [step.request?.path ?? '', step.request?.accept ?? '', step] as const))(
    '%s %s',
    async (path, accept, step) => {
      const response = await cluster.fetch(path, { headers: accept === '' ? {} : { accept } });
      // The groups of later versions of this project are not an error of this one.
      if (response.status === 404) return;
      const body: unknown = await response.json();
      expect(response.headers.get('content-type')).toBe(step.response?.contentType);
      const differences = differencesOf(normalize(knownOf(step.response?.body, body)), normalize(body));
      expect(differences, differences.join('\n')).toEqual([]);
    },
  );
});

/** The recorded document without what the given one does not name. */
function knownOf(recorded: unknown, given: unknown): unknown {
  if (Array.isArray(recorded) && Array.isArray(given)) {
    if (recorded.some((item) => nameOf(item) === undefined)) return recorded.map((item, index) => knownOf(item, given[index]));
    return recorded.flatMap((item) => {
      const same: unknown = given.find((other) => nameOf(other) === nameOf(item));
      return same === undefined ? [] : [knownOf(item, same)];
    });
  }
  if (!isRecord(recorded) || !isRecord(given)) return recorded;
  return Object.fromEntries(Object.entries(recorded).map(([name, value]) => [name, knownOf(value, given[name])]));
}

function nameOf(item: unknown): unknown {
  if (!isRecord(item)) return undefined;
  const { metadata, resource, subresource, name } = item;
  return (isRecord(metadata) ? metadata['name'] : undefined) ?? resource ?? subresource ?? name;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
