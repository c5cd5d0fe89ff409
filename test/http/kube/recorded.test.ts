// Replays cases that were recorded on a real v1.33 cluster through the HTTP layer, as far as their kinds exist here.

import { describe, expect, it } from 'vitest';
import { recordedCases } from './recorded-case.ts';
import { replay } from './recorded-replay.ts';

const CONTROLLERS_FIRST = 'controllers and scheduler are done before the next request';

const RETRIES = 'how often the scheduler has tried by then';

/** Differences that are meant, by case; a pattern matches the whole difference. */
const TOLERATED: Readonly<Record<string, readonly [pattern: RegExp, reason: string][]>> = {
  'auth-anonymous-version': [[/^step 0: (?:gitVersion|goVersion|buildDate): /, 'another patch release of the same minor version']],
  'deployment-paused': [[/^step 3: sameRV: /, CONTROLLERS_FIRST]],
  'deployment-rolling-update-stuck': [
    [
      /^step 9: events: /,
      'here the Deployment is done with its two steps before its ReplicaSets have their turn, so that they write less often',
    ],
    [/^step 10: events\[[34]\]\.object\.status\.(?:replicas|updatedReplicas): /, 'so that it counts their pods later'],
  ],
  'service-nodeport': [[/^step 0: spec\.ports\[\d\]\.nodePort: \d+, not 3[0-2]\d{3}$/, 'drawn at random']],
  'field-selector-other-kinds': [[/^step 3: count: /, 'another number of namespaces']],
  'node-with-status': [[/^step 0: spec\.taints: /, 'the taint of new nodes belongs to a controller that is not here']],
  'replicaset-delete-foreground': [[/^step 8: events: /, 'how often the status is written while pods go depends on who is faster']],
  'replicaset-ready-status': [[/^step 9: events: (ADDED(?: MODIFIED)*) MODIFIED, not \1$/, RETRIES]],
  'replicaset-scale-up-down': [[/^step 11: items\[\d\]\.series: /, RETRIES]],
  'scale-subresource': [[/^step 5: status\.replicas: 0, not 2$/, CONTROLLERS_FIRST]],
  'status-subresource': [[/^step [34]: status\.conditions/, CONTROLLERS_FIRST]],
  'job-complete': [
    [/containerStatuses\[0\]\.(?:lastState|state\.terminated\.startedAt): /, 'a container status that a client writes is kept as it is'],
  ],
  'cluster-persistentvolumes': [[/^step 1: rows\[0\]\.cells\[4\]: "Pending", not "Available"$/, CONTROLLERS_FIRST]],
  daemonsets: [
    [/rows\[0\]\.object\.metadata\.annotations: /, 'upstream makes the metadata in tables from an internal form without this annotation'],
  ],
  'body-yaml-bad': [[/^step 0: message: .*: yaml: line \d+: /, 'where and how another YAML library words a mistake']],
  'immutable-pod-spec': [
    [
      /^step 3: (?:message|details\.causes\[0\]\.message): .*was previously negative\)"$/,
      'the diff after the rule is for humans and not given (I7)',
    ],
  ],
};

/** The same for all cases of a topic. */
const TOLERATED_IN: Readonly<Record<string, readonly [pattern: RegExp, reason: string][]>> = {
  patch: [
    [/^step \d+: status\.(?:observedGeneration|conditions): undefined, not /, CONTROLLERS_FIRST],
    [/^step \d+: metadata\.annotations\.deployment\.kubernetes\.io\/revision: undefined, not "1"$/, CONTROLLERS_FIRST],
    [/^step \d+: metadata\.annotations: undefined, not \{"deployment\.kubernetes\.io\/revision":"1"\}$/, CONTROLLERS_FIRST],
  ],
};

const ONE_TOKEN = 'there are no users: one token, checked before this layer, may do everything';

/** Cases that ask for more than this layer has, with the reason. */
const NOT_REPLAYED: Readonly<Record<string, string>> = {
  'apply-conflict': 'server-side apply asks for managedFields, which has tests of its own',
  'auth-anonymous': ONE_TOKEN,
  'auth-bad-token': ONE_TOKEN,
  'auth-forbidden-cluster-list': ONE_TOKEN,
  'auth-forbidden-create': ONE_TOKEN,
  'auth-forbidden-get-named': ONE_TOKEN,
  'auth-forbidden-patch-scale': ONE_TOKEN,
  'auth-impersonation-forbidden': ONE_TOKEN,
  'expired-410': 'asks for the history of one certain server',
  'replicaset-scale-down-order': 'names the pods of the recording',
  'watch-expired-rv':
    'a cluster keeps its history from revision 1 until retention cuts it, and no earlier states for lists; what is cut is tested in watch.test.ts',
};

const TOPICS = ['errors', 'lists', 'table', 'defaults', 'patch', 'selectors', 'generation', 'gc', 'watch'];

describe.each(TOPICS)('recorded on a real cluster: %s', (topic) => {
  it.each(
    recordedCases(topic)
      .filter((item) => !Object.hasOwn(NOT_REPLAYED, item.case))
      .map((item) => [item.case, item] as const),
  )('%s', async (name, recorded) => {
    const differences = await replay(recorded);
    const tolerated = [...(TOLERATED[name] ?? []), ...(TOLERATED_IN[topic] ?? [])];
    const left = differences.filter((difference) => !tolerated.some(([pattern]) => pattern.test(difference)));
    expect(left, left.join('\n')).toEqual([]);
  });
});
