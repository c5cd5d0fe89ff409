// Moments of the past for who reads objects: they are those of the whole state there, and what is no object is refused, never made up.

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clockOf, type Command, nextChangeMs, ObjectsOnlyError, readList } from '../../src/engine/cluster/index.ts';
import type { ClusterState } from '../../src/engine/kernel/state.ts';
import { foundAll, keysByTerm, keysInNamespace, storedOf } from '../../src/engine/kernel/store.ts';
import { kindByResource } from '../../src/engine/kinds/index.ts';
import type { Kind } from '../../src/engine/kinds/kind.ts';
import type { History } from '../../src/service/history.ts';
import { newRow } from '../../src/service/new-row.ts';
import { readObjectsAt } from '../../src/service/past-view.ts';
import type { ClusterService, Instant } from '../../src/service/ports.ts';
import { configOf, createPod, createReplicaSet, patchPod, ServiceFixture, START_MS } from './fixtures.ts';

const at = (seconds: number): Command => ({ type: 'advance', toMs: START_MS + seconds * 1000 });
const remove = (resource: string, name: string, namespace?: string): Command => ({
  type: 'request',
  request: { verb: 'delete', resource, ...(namespace === undefined ? {} : { namespace }), name, options: {} },
});

const COMMANDS: readonly Command[] = [
  createPod('a', { app: 'a' }),
  createReplicaSet('web', 5),
  at(40),
  remove('clusterroles.rbac.authorization.k8s.io', 'view'),
  patchPod('a', { metadata: { labels: { app: 'b' } } }),
  at(300),
  remove('replicasets.apps', 'web', 'default'),
  at(301),
  { type: 'fault', fault: { type: 'node-down', node: 'node-1' } as never, afterMs: 0, forMs: null },
  createPod('b'),
  at(3_600),
];

const limits = { checkpointChangesMax: 40, sliceMs: 0 };
let fixture: ServiceFixture;
/** The same of a cluster that retains few changes. */
let forgetful: ServiceFixture;

beforeAll(() => {
  fixture = new ServiceFixture(limits);
  fixture.service.create(configOf('a'));
  forgetful = new ServiceFixture(limits);
  forgetful.service.create(configOf('a', { retention: { watchEvents: 1 } }));
  for (const each of [fixture, forgetful]) for (const command of COMMANDS) expect(each.service.execute('a', command).outcome.ok).toBe(true);
});
afterAll(async () => {
  await fixture.remove();
  await forgetful.remove();
});

const ALL = { labelSelector: '', fieldSelector: '', limit: 0, continue: '', resourceVersion: '', resourceVersionMatch: '' };

/** Drops the states of the past that are in memory. */
const forget = ({ history }: ClusterService) => (history as History).dropUnused(Number.POSITIVE_INFINITY);

const pods = kindByResource('pods') as Kind;

/** All that a state says of objects: what they are, and how they are found. */
function describeObjects(state: ClusterState): object {
  foundAll(state);
  const resources = [...state.tables.keys()].filter((name) => name.startsWith('objects/')).map((name) => name.slice('objects/'.length));
  const objects = resources.flatMap((resource) => [...storedOf(state, resource)].map(([key, { json }]) => `${resource} ${key} ${json}`));
  return {
    nowMs: state.nowMs,
    revision: state.revision,
    objects: objects.sort(),
    found: [...keysByTerm(state, 'pods', 'label:default/app=b'), ...keysByTerm(state, 'events', 'orphan')].sort(),
    inNamespace: [...keysInNamespace(state, 'pods', 'default')].sort(),
  };
}

const instants = (last: number): fc.Arbitrary<Instant> =>
  fc.oneof(
    fc.integer({ min: 1, max: last }).map((revision) => ({ kind: 'revision' as const, revision })),
    fc.integer({ min: 0, max: 3_600_000 }).map((ms) => ({ kind: 'time' as const, ms: START_MS + ms })),
    fc.integer({ min: 0, max: 50 }).map((seconds) => ({ kind: 'time' as const, ms: START_MS + seconds * 1000 })),
    fc.integer({ min: 1, max: COMMANDS.length + 1 }).map((number) => ({ kind: 'command' as const, number })),
  );

describe('the objects of a moment of the past', () => {
  it.each([
    ['from the changes that are retained', () => fixture],
    ['by a replay where they are not', () => forgetful],
  ])('are those of the whole state, %s, whatever was looked at before', async (_, of) => {
    const { service } = of();
    const other = of().copy();
    const last = Number(service.get('a').resourceVersion);
    await fc.assert(
      fc.asyncProperty(instants(last), fc.boolean(), async (instant, isAlone) => {
        if (isAlone) forget(service);
        const { state } = await service.history.objectsAt('a', instant);
        const whole = await other.service.history.at('a', instant);
        expect(describeObjects(state)).toEqual(describeObjects(whole.state));
      }),
      { numRuns: 60 },
    );
  });

  it('are those of a revision at the time at which it was made, also when a later time without a change was looked at before', async () => {
    const { service } = fixture;
    forget(service);
    const nowMs = START_MS + 2_500;
    const later = (await service.history.objectsAt('a', { kind: 'time', ms: nowMs })).state;
    const { state } = await service.history.objectsAt('a', { kind: 'revision', revision: later.revision });
    expect(later.nowMs).toBe(nowMs);
    expect(state.revision).toBe(later.revision);
    expect(state.nowMs).toBeLessThan(nowMs);
  });

  it('are those of a fork, too, before it began and behind', async () => {
    const { service } = fixture;
    await service.fork('a', { row: newRow(configOf('f'), {}, false), at: { kind: 'command', number: 8 } });
    service.execute('f', createPod('c'));
    await service.advance('f', { kind: 'to', toMs: START_MS + 400_000 });
    for (const instant of [
      { kind: 'time', ms: START_MS + 350_000 },
      { kind: 'command', number: 5 },
      { kind: 'time', ms: START_MS + 7_000 },
    ] as const) {
      forget(service);
      const { state } = await service.history.objectsAt('f', instant);
      expect(state.derived.isObjectsOnly).toBe(true);
      expect(describeObjects(state)).toEqual(describeObjects((await service.history.at('f', instant)).state));
    }
    service.remove('f');
  });

  it('come with nothing else', async () => {
    const { service } = fixture;
    forget(service);
    const { state, info } = await service.history.objectsAt('a', { kind: 'time', ms: START_MS + 200_000 });
    expect(state.derived.isObjectsOnly).toBe(true);
    // Nor is an index made that nobody looks into.
    expect(['pods', 'events'].filter((resource) => state.derived.terms.has(resource))).toEqual([]);
    for (const ask of [info, () => nextChangeMs(state), () => clockOf(state)]) expect(ask).toThrow(ObjectsOnlyError);
    expect(state.derived.refusedCount).toBe(3);
  });
});

describe('a read of objects', () => {
  const instant = { kind: 'time', ms: START_MS + 200_000 } as const;
  /** Which kinds of states a read was given. */
  const given: boolean[] = [];
  const readAt = async <T>(read: (state: ClusterState, view: ClusterService) => T): Promise<T> => {
    given.length = 0;
    forget(fixture.service);
    return readObjectsAt(fixture.service, 'a', instant, async (view) =>
      view.read('a', (state) => {
        given.push(state.derived.isObjectsOnly);
        return read(state, view);
      }),
    );
  };
  const names = (state: ClusterState, kind: Kind) => {
    const found = readList(state, kind, undefined, ALL);
    return found.ok ? found.value.items.map(({ json }) => json) : [found.status.message];
  };

  it('is given objects only', async () => {
    expect(await readAt((state) => names(state, pods))).toHaveLength(6);
    expect(given).toEqual([true]);
  });

  it('is done again with the whole state when it asks for more', async () => {
    const nodes = kindByResource('nodes') as Kind;
    const whole = await fixture.service.history.at('a', instant);
    expect(await readAt((state) => names(state, nodes))).toEqual(names(whole.state, nodes));
    expect(given).toEqual([true, false]);
    expect(await readAt((_, view) => view.get('a').digest)).toBe(whole.info.digest);
    expect(given).toEqual([true, false]);
  });

  it('is done again also when it did not say that it was refused', async () => {
    const quietly = (state: ClusterState): string => {
      try {
        return String(nextChangeMs(state));
      } catch {
        return 'never';
      }
    };
    expect(await readAt(quietly)).not.toBe('never');
    expect(given).toEqual([true, false]);
  });

  it('fails as it fails', async () => {
    const failing = readAt(() => {
      throw new RangeError('mine');
    });
    await expect(failing).rejects.toThrow('mine');
    expect(given).toEqual([true]);
  });
});
