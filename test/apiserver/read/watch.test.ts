import { describe, expect, it } from 'vitest';
import { parseFieldSelector } from '../../../src/engine/apimachinery/fields.ts';
import { parseSelector } from '../../../src/engine/apimachinery/labels.ts';
import type { KubeObject } from '../../../src/engine/apimachinery/meta.ts';
import type { Selection } from '../../../src/engine/apiserver/read/selection.ts';
import { type SelectableChange, selectChange } from '../../../src/engine/apiserver/read/watch.ts';
import { TEST_KINDS } from '../../http/kube/kinds.ts';

function selectionOf(labels: string, fields = '', namespace?: string): Selection {
  const labelSelector = parseSelector(labels);
  const fieldSelector = parseFieldSelector(fields);
  if (!labelSelector.ok || !fieldSelector.ok) throw new Error('the test has a wrong selector');
  const [kind] = TEST_KINDS;
  if (kind === undefined) throw new Error('the test has no kinds');
  return { kind, resource: 'pods', namespace, labels: labelSelector.value, fields: fieldSelector.value };
}

function pod(revision: number, name: string, label: string, data: string): KubeObject {
  const metadata = {
    name,
    namespace: 'default',
    uid: name,
    resourceVersion: String(revision),
    creationTimestamp: '2025-01-01T00:00:00Z',
    labels: { l: label },
  };
  return { kind: 'Pod', apiVersion: 'v1', metadata, data };
}

function change(type: SelectableChange['type'], object: KubeObject, previous?: KubeObject): SelectableChange {
  const revision = Number(object.metadata.resourceVersion);
  return { type, revision, timeMs: revision, resource: 'pods', object, previous, json: JSON.stringify(object) };
}

function seen(selection: Selection, changes: readonly SelectableChange[]): readonly string[] {
  return changes.flatMap((item) => {
    const selected = selectChange(selection, item);
    if (selected === undefined) return [];
    const { type, object, json } = selected.event;
    expect(JSON.parse(json)).toEqual(object);
    return [`${type} ${object.metadata.name} rv=${object.metadata.resourceVersion} l=${object.metadata.labels?.['l']} ${object['data']}`];
  });
}

const HISTORY = [
  change('MODIFIED', pod(1501, 'x', 'a', 'one')),
  change('MODIFIED', pod(1502, 'x', 'b', 'one'), pod(1501, 'x', 'a', 'one')),
  change('MODIFIED', pod(1503, 'x', 'b', 'two')),
  change('MODIFIED', pod(1504, 'x', 'a', 'two'), pod(1503, 'x', 'b', 'two')),
  change('DELETED', pod(1505, 'y', 'a', 'end')),
  change('ADDED', pod(1506, 'z', 'b', 'new')),
];

describe('what a watcher with selectors sees', () => {
  it('X3 H4 C1016 turns leaving into DELETED with the old object and entering into ADDED', () => {
    expect(seen(selectionOf('l=a'), HISTORY)).toEqual([
      'MODIFIED x rv=1501 l=a one',
      'DELETED x rv=1502 l=a one',
      'ADDED x rv=1504 l=a two',
      'DELETED y rv=1505 l=a end',
    ]);
  });

  it('H2 passes everything without selectors', () => {
    expect(seen(selectionOf(''), HISTORY).map((line) => line.split(' ')[0])).toEqual([
      'MODIFIED',
      'MODIFIED',
      'MODIFIED',
      'MODIFIED',
      'DELETED',
      'ADDED',
    ]);
  });

  it('H5 selects by field and namespace', () => {
    expect(seen(selectionOf('', 'metadata.name=z'), HISTORY)).toEqual(['ADDED z rv=1506 l=b new']);
    expect(seen(selectionOf('', '', 'other'), HISTORY)).toEqual([]);
  });

  it('H13 shares the bytes of a change only when the event is the change itself', () => {
    const shared = HISTORY.map((item) => selectChange(selectionOf('l=a'), item)?.isShared);
    expect(shared).toEqual([true, false, undefined, true, true, undefined]);
  });
});
