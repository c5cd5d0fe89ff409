// One reading of selectors: what is chosen, whatever way leads to the objects.

import { describe, expect, it } from 'vitest';
import { selectStored } from '../../../src/engine/apiserver/read/list.ts';
import { parseSelection, type SelectionTarget, type SelectorTexts } from '../../../src/engine/apiserver/read/selection.ts';
import { readSelected } from '../../../src/engine/cluster/index.ts';
import type { Kind } from '../../../src/engine/kinds/kind.ts';
import { podKind } from '../../../src/engine/kinds/pod/index.ts';
import { serviceKind } from '../../../src/engine/kinds/service/index.ts';
import { createTestCluster } from '../../support/engine.ts';

const cluster = createTestCluster();
cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
// Their names are not in the order in which they come.
for (const [namespace, name, of] of [
  ['default', 'b', 'web'],
  ['default', 'a', 'web'],
  ['default', 'c', 'db'],
  ['other', 'a', 'web'],
]) {
  const metadata = { name, namespace, labels: { of } };
  cluster.create({ apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [{ name: 'c', image: 'nginx' }] } });
  cluster.create({ apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ port: 80 }] } });
  cluster.advance(1_000);
}

/** Names of what is listed, and of what somebody waits for. */
function namesOf(target: SelectionTarget, texts: SelectorTexts): readonly [string, string] {
  const selection = parseSelection(target, texts);
  if (!selection.ok) throw new Error(selection.status.message);
  const listed = readSelected(cluster.state, selection.value).map(({ object }) => object.metadata);
  const stored = selectStored(cluster.state, selection.value).map(({ metadata }) => metadata);
  const [one, other] = [listed, stored].map((all) =>
    all
      .filter(({ name }) => name !== 'kubernetes')
      .map(({ namespace, name }) => `${namespace}/${name}`)
      .join(' '),
  );
  return [one as string, other as string];
}

// Pods are found by index terms of their labels, services have other terms, and none of their labels.
describe.each([
  ['pods', podKind as unknown as Kind],
  ['services', serviceKind as unknown as Kind],
])('a selection of %s', (_, kind) => {
  it.each([
    [
      'G3 all of a namespace, by name and by age',
      { namespace: 'default' },
      {},
      'default/a default/b default/c',
      'default/b default/a default/c',
    ],
    ['G4 by a label', { namespace: 'default' }, { labelSelector: 'of=web' }, 'default/a default/b', 'default/b default/a'],
    ['G4 by labels that exclude', { namespace: 'default' }, { labelSelector: 'of!=web' }, 'default/c', 'default/c'],
    ['G4 by a label that none has', { namespace: 'default' }, { labelSelector: 'of=none' }, '', ''],
    ['G4 by a label in all namespaces', {}, { labelSelector: 'of in (web)' }, 'default/a default/b other/a', 'default/b default/a other/a'],
    ['G5 by a name in all namespaces', {}, { fieldSelector: 'metadata.name=a' }, 'default/a other/a', 'default/a other/a'],
    ['G5 by a namespace', {}, { fieldSelector: 'metadata.namespace=other' }, 'other/a', 'other/a'],
    ['H11 of one name with another label', { namespace: 'default', name: 'a' }, { labelSelector: 'of=db' }, '', ''],
  ])('%s', (_name, target, texts, listed, stored) => {
    expect(namesOf({ kind, ...target }, texts)).toEqual([listed, stored]);
  });
});
