// What a seed changes: names, UIDs and the jitter of workers. The whole history of a cluster, every object of every kind, is compared with
// those taken out. One node, because which of two equal nodes a pod gets is drawn, too, as on a real scheduler.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openEvents } from '../../support/event-stream.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const manifest = (name: string): string => readFileSync(new URL(`../../seed/${name}.yaml`, import.meta.url), 'utf8');
const MANIFESTS = [manifest('testapp-replica'), manifest('testapp-pod-liveness-404')].join('\n---\n');

let test: TestService;
let count = 0;
beforeAll(async () => {
  test = await startTestService();
});
afterAll(() => test.close());

/** Every change of a cluster of this seed, in order, up to an instant at which every crash loop waits. */
async function historyOf(seed: number, timing: object): Promise<readonly string[]> {
  count += 1;
  const path = `/v1/clusters/c${count}`;
  await test.http
    .post('/v1/clusters')
    .send({ name: `c${count}`, seed, nodes: 1, timing })
    .expect(201);
  await test.http.post(`${path}/manifests`).type('yaml').send(MANIFESTS).expect(200);
  await test.http.post(`${path}/clock/advance`).send({ by: '4m30s' }).expect(200);
  const events = await openEvents(`${test.url}${path}/watch?resourceVersion=1&timeoutSeconds=1`);
  return (await events.rest()).filter((frame) => frame.event !== 'BOOKMARK').map((frame) => frame.data);
}

/** What is drawn: UIDs, the endings of generated names, ids of containers and machines, the cluster's authority. */
const DRAWN =
  /(?<=BEGIN CERTIFICATE-----)[^-]*|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<=testapp-replica-)[a-z0-9]{5}\b|(?<=kube-api-access-)[a-z0-9]{5}\b|(?<=containerd:\/\/)[0-9a-f]{64}|(?<="machineID":")[0-9a-f]{32}/g;

/** Every drawn value becomes the number of its first appearance, so that it still must stand where it stood. */
function withoutDrawn(history: readonly string[]): readonly string[] {
  const numbers = new Map<string, number>();
  const numberOf = (value: string) => {
    if (!numbers.has(value)) numbers.set(value, numbers.size + 1);
    return `<${numbers.get(value)}>`;
  };
  return history.map((line) => line.replace(DRAWN, numberOf));
}

const INSTANTS = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g;

/** What happened to each pod, in the order of their creation, without when: jitter moves the pods against each other. */
function podsOf(history: readonly string[]): readonly (readonly string[])[] {
  const pods = new Map<string, string[]>();
  for (const line of history) {
    const name = /"object":\{"kind":"Pod","apiVersion":"v1","metadata":\{"name":"([^"]*)"/.exec(line)?.[1];
    if (name === undefined) continue;
    const timeless = line.replace(INSTANTS, '<instant>').replace(/"resourceVersion":"\d+"/, '');
    pods.set(name, [...(pods.get(name) ?? []), timeless]);
  }
  return [...pods.values()].map(withoutDrawn);
}

describe('another seed', () => {
  it('changes names and UIDs and nothing else, when nothing jitters', async () => {
    const timing = { workerJitter: 0.5 };
    const histories = [await historyOf(1, timing), await historyOf(2, timing), await historyOf(987_654_321, timing)] as const;
    expect(histories[0].length).toBeGreaterThan(90);
    for (const other of histories.slice(1)) {
      expect(other).not.toEqual(histories[0]);
      expect(withoutDrawn(other)).toEqual(withoutDrawn(histories[0]));
    }
  });

  it('changes instants beside them, and nothing that happens to a pod, when workers jitter', async () => {
    const first = await historyOf(1, {});
    expect(podsOf(first)).toHaveLength(4);
    for (const seed of [2, 3, 4]) {
      const other = await historyOf(seed, {});
      expect(withoutDrawn(other)).not.toEqual(withoutDrawn(first));
      expect(podsOf(other)).toEqual(podsOf(first));
    }
  });
});

describe('the same seed', () => {
  it('changes nothing at all', async () => {
    expect(await historyOf(7, {})).toEqual(await historyOf(7, {}));
  });
});
