import { describe, expect, it } from 'vitest';
import { formatTime } from '../../../src/engine/apimachinery/time.ts';
import {
  ageBucket,
  choosePodsToDelete,
  compareForDeletion,
  deletionCandidate,
  planScale,
} from '../../../src/engine/controllers/replicaset/plan.ts';
import { slowStartBatches } from '../../../src/engine/controllers/shared/pod-control.ts';
import type { Pod } from '../../../src/engine/kinds/pod/types.ts';
import { parseTable } from '../../support/text-table.ts';

const NOW_MS = 1_800_000_000_000;

describe('C121 C122 the scaling decision', () => {
  const rows = parseTable(`
    rule | claimed | replicas | plan
    C121 | 3       | 3        | none
    C121 | 0       | 0        | none
    C122 | 0       | 3        | create 3
    C122 | 5       | 2        | delete 3
    C122 | 0       | 500      | create 500
    C122 | 0       | 501      | create 500
    C122 | 10000   | 0        | delete 500
  `);
  it.each(rows)('$rule claimed $claimed of $replicas: $plan', ({ claimed, replicas, plan }) => {
    const result = planScale(Number(claimed), Number(replicas));
    expect(result.kind === 'none' ? 'none' : `${result.kind} ${result.count}`).toBe(plan);
  });
});

describe('C123 slow start', () => {
  const rows = parseTable(`
    rule | count | batches
    C123 | 0     | -
    C123 | 1     | 1
    C123 | 4     | 1 2 1
    C123 | 7     | 1 2 4
    C123 | 8     | 1 2 4 1
    C123 | 500   | 1 2 4 8 16 32 64 128 245
  `);
  it.each(rows)('$rule creates $count pods in batches $batches', ({ count, batches }) => {
    expect(slowStartBatches(Number(count)).join(' ') || '-').toBe(batches);
  });
});

describe('C133 C134 buckets of age', () => {
  // The edges in seconds that C134 prints, each just below and just above.
  const rows = parseTable(`
    rule | age ms   | bucket
    C133 | -5       | -1
    C133 | 0        | -1
    C133 | 1        | 19
    C134 | 1073     | 29
    C134 | 1074     | 30
    C134 | 2147     | 30
    C134 | 2148     | 31
    C134 | 68719    | 35
    C134 | 68720    | 36
    C134 | 98000    | 36
    C134 | 502000   | 38
    C134 | 549755   | 38
    C134 | 549756   | 39
    C134 | 600000   | 39
    C134 | 1000000  | 39
    C134 | 1099511  | 39
    C134 | 1099512  | 40
    C134 | 35184372 | 44
    C134 | 35184373 | 45
  `);
  it.each(rows)('$rule an age of $age-ms ms lies in bucket $bucket', (row) => {
    expect(ageBucket(NOW_MS, NOW_MS - Number(row['age ms']))).toBe(Number(row['bucket']));
  });
});

describe('C130-C135 the order of deletion', () => {
  // A pod is `name[:fact...]`; its UID is its name. Facts: u unassigned, @node, P pending, K unknown, n not ready, r<seconds ready>,
  // x<restarts>, s<sidecar restarts>, i<restarts of an init container>,
  // o without init containers, a<seconds of age>, c<deletion cost>. Without facts: on node n1, Running, Ready for 1000 s, age 1000 s.
  const rows = parseTable(`
    rule   | pods                     | ranks     | count | deleted | why
    C130   | c b a                    |           | 3     | c b a   | all go: list order
    C131.1 | a b:u                    |           | 1     | b       | unassigned first
    C131.1 | a:u:n b:u                |           | 1     | a       | both unassigned: next rule
    C131.2 | a b:K c:P                |           | 2     | c b     | Pending, Unknown, Running
    C131.2 | a:n b:K                  |           | 1     | b       | phase precedes readiness
    C131.3 | a b:n                    |           | 1     | b       | not ready first
    C131.4 | a b:c-1                  |           | 1     | b       | lower cost first
    C131.4 | a:c5 b c:c-3             |           | 2     | c b     | absent cost is 0
    C131.4 | a:r1 b:c-1:r9999         |           | 1     | b       | cost precedes age
    C131.4 | a b:cx                   |           | 1     | a       | a malformed cost counts 0
    C131.4 | a b:c-99999999999        |           | 1     | a       | beyond int32 counts 0
    C131.4 | a b:c-2147483648         |           | 1     | b       | the least int32 counts
    C131.4 | a:c-1 b:c-2147483649     |           | 1     | a       | one less counts 0
    C131.4 | a:c2147483647 b          |           | 1     | b       | the greatest int32 counts
    C131.4 | a:c2147483648 b:c1       |           | 1     | a       | one more counts 0
    C131.4 | b a:c+1                  |           | 1     | a       | a plus sign is malformed, so UID decides
    C131.5 | a:@n1 b:@n2              | n1=1 n2=3 | 1     | b       | fuller node first
    C132   | a:@n1 b:@n2              |           | 1     | a       | without ranks the UID decides
    C131.6 | a:r600 b:r100            |           | 1     | b       | ready for less time first
    C131.6 | a:r10:x9 b:r900          |           | 1     | a       | ready time precedes restarts
    C133   | b:r600 a:r1000           |           | 1     | a       | one bucket: smaller UID
    C133   | b:r600:x9 a:r1000        |           | 1     | a       | one bucket: restarts are not consulted
    C133   | b:a100:r700 a:a900:r701  |           | 1     | a       | one bucket: creation is not consulted
    C135   | b:r50 a:r50:x1           |           | 1     | a       | equal times fall through to restarts
    C131.7 | a b:x3                   |           | 1     | b       | more restarts first
    C131.7 | a:x1:s9 b:x2             |           | 1     | b       | regular containers before sidecars
    C131.7 | a b:s2                   |           | 1     | b       | then sidecars
    C131.7 | a b:i2                   |           | 1     | a       | other init containers do not count
    C131.7 | a b:o                    |           | 1     | a       | nor a pod that has none
    C131.8 | a:a900 b:a100            |           | 1     | b       | younger first
    C131.8 | a:n:a900 b:n:a100        |           | 1     | b       | also when not ready
    C133   | b:a600 a:a1000           |           | 1     | a       | creation in one bucket: smaller UID
    C131.9 | c b a                    |           | 2     | a b     | ties by UID, whatever the list order
    C131   | a b:r100:c5 c:u d:n e:P  |           | 4     | c e d a | all rules in one list
  `);
  it.each(rows)('$rule $pods: $why', ({ pods, ranks, count, deleted }) => {
    const list = (pods as string).split(' ').map(parsePod);
    const rankMap = new Map((ranks === '' ? [] : (ranks as string).split(' ')).map((item) => rankEntry(item)));
    const chosen = choosePodsToDelete(list, Number(count), rankMap, NOW_MS);
    expect(chosen.map((pod) => pod.metadata.name).join(' ')).toBe(deleted);
  });

  it('C131.9 the choice does not depend on the order of the list', () => {
    const pods = ['d:x2', 'a:r100', 'c:n', 'b', 'e:P:u', 'f:a50', 'g:r700'].map(parsePod);
    const forwards = choosePodsToDelete(pods, 4, new Map(), NOW_MS).map((pod) => pod.metadata.name);
    const backwards = choosePodsToDelete([...pods].reverse(), 4, new Map(), NOW_MS).map((pod) => pod.metadata.name);
    expect(backwards).toEqual(forwards);
  });
});

describe('C131 what the order of deletion reads from a pod', () => {
  const read = (pod: Pod, ranks = new Map<string, number>()) => deletionCandidate(pod, ranks);

  it('C131.1 a pod whose node name is empty is assigned to none', () => {
    const pod = parsePod('a');
    expect(read(pod).isAssigned).toBe(true);
    expect(read({ ...pod, spec: { ...pod.spec, nodeName: '' } }).isAssigned).toBe(false);
  });

  it('C131.7 counts the most restarts of any container, not the last', () => {
    const pod = parsePod('a');
    const status = { ...pod.status, containerStatuses: [1, 4, 2].map((count) => containerStatus(`c${count}`, count)) } as Pod['status'];
    expect(read({ ...pod, status }).restarts).toBe(4);
  });

  it('C131.7 a pod that has reported no containers counts 0', () => {
    const { containerStatuses: _, initContainerStatuses: __, ...status } = parsePod('a').status;
    expect(read({ ...parsePod('a'), status })).toMatchObject({ restarts: 0, sidecarRestarts: 0 });
  });

  it('C132 the rank is that of its node', () => {
    const ranks = new Map([['n1', 4]]);
    expect(read(parsePod('a:@n1'), ranks).rank).toBe(4);
    expect(read(parsePod('a:@n2'), ranks).rank).toBe(0);
  });

  it('C133 a time that is unknown comes first', () => {
    const [known, unknown] = [read(parsePod('a:r100')), { ...read(parsePod('b')), readyMs: 0 }];
    expect(compareForDeletion(unknown, known, NOW_MS)).toBeLessThan(0);
    expect(compareForDeletion(known, unknown, NOW_MS)).toBeGreaterThan(0);
  });

  it('C135 nothing precedes itself', () => {
    const pod = read(parsePod('a'));
    expect(compareForDeletion(pod, pod, NOW_MS)).toBe(0);
  });
});

function rankEntry(text: string): [string, number] {
  const [node = '', rank = ''] = text.split('=');
  return [node, Number(rank)];
}

function parsePod(text: string): Pod {
  const [name = '', ...facts] = text.split(':');
  const of = (letter: string): string | undefined => facts.find((fact) => fact.startsWith(letter))?.slice(1);
  const seconds = (letter: string, fallback: number): string => formatTime(NOW_MS - Number(of(letter) ?? fallback) * 1000);
  const isReady = of('n') === undefined;
  const cost = of('c');
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: {
      name,
      namespace: 'default',
      uid: name,
      resourceVersion: '1',
      creationTimestamp: seconds('a', 1000),
      ...(cost === undefined
        ? {}
        : {
            annotations: { 'controller.kubernetes.io/pod-deletion-cost': cost },
          }),
    },
    spec: {
      containers: [],
      ...(of('o') === undefined
        ? {
            initContainers: [
              { name: 'side', image: 'i', imagePullPolicy: 'Always', restartPolicy: 'Always' },
              { name: 'init', image: 'i', imagePullPolicy: 'Always' },
            ],
          }
        : {}),
      restartPolicy: 'Always',
      ...(of('u') === undefined ? { nodeName: of('@') ?? 'n1' } : {}),
    },
    status: {
      phase: of('P') !== undefined ? 'Pending' : of('K') !== undefined ? 'Unknown' : 'Running',
      conditions: [
        {
          type: 'Ready',
          status: isReady ? 'True' : 'False',
          lastTransitionTime: seconds('r', 1000),
        },
      ],
      containerStatuses: [containerStatus('main', Number(of('x') ?? 0))],
      initContainerStatuses: [containerStatus('side', Number(of('s') ?? 0)), containerStatus('init', Number(of('i') ?? 50))],
    },
  } as Pod;
}

function containerStatus(name: string, restartCount: number): object {
  return {
    name,
    state: {},
    lastState: {},
    ready: true,
    restartCount,
    image: 'i',
    imageID: '',
  };
}
