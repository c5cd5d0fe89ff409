// What the page computes without a browser: YAML, the timeline's rows, forks as a tree, addresses of events.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EventParser } from '../../src/web/api/event-parser.ts';
import { treeOf } from '../../src/web/clusters/fork-tree.ts';
import { toYaml } from '../../src/web/objects/yaml.ts';
import { formatAge, sortRows, TableStore } from '../../src/web/objects/table-store.ts';
import { barsOf, linesOf, ticksOf } from '../../src/web/timeline/layout.ts';
import { type Step, TimelineModel } from '../../src/web/timeline/model.ts';
import { formatObject, objectOfRow, parseObject, rowIdOf } from '../../src/web/timeline/objects.ts';

describe('YAML', () => {
  it.each([
    [{ a: 'plain', b: 'true', c: '1e3', d: '', e: null, f: 0, g: [] }, 'a: plain\nb: "true"\nc: "1e3"\nd: ""\ne: null\nf: 0\ng: []'],
    [{ list: [{ a: 1, b: [2] }, 'x'] }, 'list:\n- a: 1\n  b:\n  - 2\n- x'],
    [{ text: 'one\n\n  two\n' }, 'text: |\n  one\n\n    two'],
    [{ 'key: odd': '- item' }, '"key: odd": "- item"'],
  ])('%j', (value, expected) => {
    expect(toYaml(value)).toBe(expected);
  });

  it('says the same as the object, whatever is in it', () => {
    const key = fc.string({ minLength: 1, unit: 'grapheme' }).filter((text) => text !== '__proto__');
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'grapheme' }),
        fc.stringMatching(/^[\s\w:#'"\-?&*|>%@`!,[\]{}]*$/),
        fc.integer(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree'), { maxLength: 4 }),
        fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
      ),
    }));
    fc.assert(
      fc.property(fc.dictionary(key, tree, { minKeys: 1, maxKeys: 4 }), (object) => {
        expect(parse(toYaml(object))).toEqual({ ...object });
      }),
      { numRuns: 500 },
    );
  });
});

describe('a fault', () => {
  it('that is ended before its time leaves no mark, and one that struck does', () => {
    const model = new TimelineModel();
    model.apply({ type: 'row', row: { id: 'nodes/n', kind: 'node', resource: 'nodes', name: 'n' } });
    const mark = (atMs: number, fault: string, row?: string): Step => ({
      type: 'mark',
      ...(row === undefined ? {} : { row }),
      mark: { atMs, type: 'fault', text: '', fault },
    });
    for (const step of [mark(10, 'fault-1', 'nodes/n'), mark(20, 'fault-2', 'nodes/n'), mark(15, 'fault-2'), mark(30, 'fault-1')])
      model.apply(step);
    expect(model.rows.get('nodes/n')?.marks.map(({ fault }) => fault)).toEqual(['fault-1']);
    expect(model.marks.map(({ atMs }) => atMs)).toEqual([15, 30]);
  });
});

describe('a timeline that runs for long', () => {
  const stepsOf = (pods: number): Step[] => {
    const steps: Step[] = [{ type: 'row', row: { id: 'nodes/n', kind: 'node', resource: 'nodes', name: 'n' } }];
    steps.push({ type: 'span', row: 'nodes/n', fromMs: 0, state: 'NodeReady' });
    for (let pod = 1; pod <= pods; pod += 1) {
      const [id, atMs] = [`pods/default/${pod}`, pod * 10];
      steps.push({ type: 'row', row: { id, kind: 'pod', resource: 'pods', namespace: 'default', name: String(pod) } });
      steps.push({ type: 'row', row: { id: `${id}/c`, kind: 'container', resource: 'pods', namespace: 'default', name: 'c', parent: id } });
      for (const [after, state] of ['Pending', 'Running', 'Ready'].entries())
        steps.push({ type: 'span', row: id, fromMs: atMs + after, state } as Step);
      steps.push({ type: 'mark', row: `${id}/c`, mark: { atMs: atMs + 3, type: 'restart', text: '' } });
      steps.push({ type: 'mark', mark: { atMs, type: 'command', text: '' } });
      // One of ten stays.
      if (pod % 10 > 0) for (const row of [`${id}/c`, id]) steps.push({ type: 'end', row, toMs: atMs + 9 });
    }
    return steps;
  };

  it('forgets what is oldest, and says of what it has the same as before', () => {
    const [all, bounded] = [new TimelineModel(), new TimelineModel(300)];
    for (const step of stepsOf(500)) {
      all.apply(step);
      bounded.apply(step);
    }
    const { fromMs } = bounded;
    expect(fromMs).toBeGreaterThanOrEqual(4_000);
    expect(bounded.rows.size).toBeLessThan(300);
    expect(bounded.marks.length).toBeLessThan(120);
    expect(bounded.marks.every(({ atMs }) => atMs >= fromMs)).toBe(true);
    for (const [id, row] of all.rows) {
      const known = bounded.rows.get(id);
      const isOver = row.endMs !== undefined && row.endMs < fromMs;
      expect([id, known === undefined]).toEqual([id, isOver]);
      for (const atMs of isOver ? [] : [fromMs, fromMs + 1, 4_500, 5_010])
        expect([id, atMs, bounded.stateAt(known as never, atMs)]).toEqual([id, atMs, all.stateAt(row, atMs)]);
    }
    const linesAt = (model: TimelineModel) => linesOf(model, { fromMs: fromMs + 1, toMs: 6_000 }, new Map()).map(({ row }) => row.id);
    expect(linesAt(bounded)).toEqual(linesAt(all));
  });

  it('looks seldom, even where everything holds', () => {
    const model = new TimelineModel(100);
    for (let row = 0; row < 20_000; row += 1) {
      model.apply({ type: 'row', row: { id: `nodes/${row}`, kind: 'node', resource: 'nodes', name: String(row) } });
      model.apply({ type: 'span', row: `nodes/${row}`, fromMs: 5, state: 'NodeReady' });
    }
    expect(model.rows.size).toBe(20_000);
  });
});

describe('the timeline', () => {
  const model = new TimelineModel();
  const row = (id: string, kind: 'node' | 'workload' | 'pod' | 'container', parent?: string): Step => ({
    type: 'row',
    row: {
      id,
      kind,
      resource: id.split('/')[0] ?? '',
      namespace: 'default',
      name: id.split('/').at(-1) ?? '',
      ...(parent === undefined ? {} : { parent }),
    },
  });
  const span = (id: string, fromMs: number, state: 'Pending' | 'Ready' | 'Available'): Step => ({ type: 'span', row: id, fromMs, state });
  const steps: readonly Step[] = [
    row('deployments.apps/default/web', 'workload'),
    span('deployments.apps/default/web', 0, 'Available'),
    row('pods/default/one', 'pod', 'deployments.apps/default/web'),
    span('pods/default/one', 0, 'Pending'),
    span('pods/default/one', 100, 'Ready'),
    row('pods/default/one/app', 'container', 'pods/default/one'),
    span('pods/default/one/app', 50, 'Ready'),
    { type: 'end', row: 'pods/default/one', toMs: 300 },
    row('pods/default/alone', 'pod'),
    span('pods/default/alone', 250, 'Ready'),
  ];
  for (const step of steps) model.apply(step);
  const namesOf = (fromMs: number, toMs: number, folds = new Map<string, boolean>()) =>
    linesOf(model, { fromMs, toMs }, folds).map(
      ({ row: { name }, depth, isFolded }) => `${'.'.repeat(depth)}${name}${isFolded === true ? '+' : ''}`,
    );

  it('has workloads before pods, and pods folded', () => {
    expect(namesOf(0, 1000)).toEqual(['web', '.one+', 'alone']);
    expect(namesOf(0, 1000, new Map([['pods/default/one', false]]))).toEqual(['web', '.one', '..app', 'alone']);
    expect(namesOf(0, 1000, new Map([['deployments.apps/default/web', true]]))).toEqual(['web+', 'alone']);
  });

  it('leaves out what is not there yet, or any more', () => {
    expect(namesOf(0, 200)).toEqual(['web', '.one+']);
    expect(namesOf(400, 500)).toEqual(['web', 'alone']);
  });

  it('knows the state at an instant', () => {
    const pod = model.rows.get('pods/default/one');
    const statesOf = [0, 99, 100, 299, 300].map((atMs) => pod && model.stateAt(pod, atMs)?.state);
    expect(statesOf).toEqual(['Pending', 'Pending', 'Ready', 'Ready', undefined]);
  });

  it('draws of spans that share a pixel only one', () => {
    const busy = new TimelineModel();
    busy.apply(row('pods/default/busy', 'pod'));
    for (let atMs = 0; atMs < 100_000; atMs += 1) busy.apply(span('pods/default/busy', atMs, atMs % 2 === 0 ? 'Ready' : 'Pending'));
    const pod = busy.rows.get('pods/default/busy');
    expect(pod && barsOf(pod, { fromMs: 0, toMs: 100_000 }, 100_000, 100).length).toBeLessThanOrEqual(1001);
    expect(pod && barsOf(pod, { fromMs: 500, toMs: 510 }, 100_000, 0.01).map(({ fromMs }) => fromMs)).toEqual([
      500, 501, 502, 503, 504, 505, 506, 507, 508, 509, 510,
    ]);
  });

  it('has ticks that can be read', () => {
    expect(ticksOf({ fromMs: 1000, toMs: 61_000 }, 1000, 600)).toEqual([1000, 11_000, 21_000, 31_000, 41_000, 51_000, 61_000]);
  });

  it('names objects as addresses do', () => {
    const container = model.rows.get('pods/default/one/app');
    expect(container && objectOfRow(container)).toBe('pods/default/one');
    expect(rowIdOf('nodes//node-1')).toBe('nodes/node-1');
    expect(parseObject('clusterroles.rbac.authorization.k8s.io//system:a/b')?.name).toBe('system:a/b');
    expect(formatObject({ resource: 'nodes', namespace: undefined, name: 'node-1' })).toBe('nodes//node-1');
    expect(parseObject('pods')).toBeUndefined();
  });
});

describe('events', () => {
  it('are the same however they are cut', () => {
    const stream = 'id: 7\nevent: ADDED\ndata: {"a":1}\n\n: comment\n\ndata: x\ndata: y\n\n';
    fc.assert(
      fc.property(fc.array(fc.nat(stream.length), { maxLength: 6 }), (cuts) => {
        const parser = new EventParser();
        const places = [0, ...[...cuts].sort((one, other) => one - other), stream.length];
        const events = places.slice(1).flatMap((end, index) => parser.push(stream.slice(places[index], end)));
        expect(events).toEqual([
          { id: '7', type: 'ADDED', data: '{"a":1}' },
          { id: undefined, type: 'message', data: 'x\ny' },
        ]);
      }),
    );
  });
});

describe('tables', () => {
  it.each([
    [0, '0s'],
    [119.9, '119s'],
    [120, '2m'],
    [185, '3m5s'],
    [600, '10m'],
    [3 * 3600, '3h'],
    [3 * 3600 + 60, '3h1m'],
    [9 * 3600, '9h'],
    [50 * 3600, '2d2h'],
    [9 * 86_400, '9d'],
    [800 * 86_400, '2y70d'],
  ])('%d seconds are %s', (seconds, expected) => {
    expect(formatAge(seconds)).toBe(expected);
  });

  it('sort numbers by their size, and take what the watch says', () => {
    const store = new TableStore();
    const event = (type: string, name: string, cell: string) => ({
      type,
      id: undefined,
      data: JSON.stringify({ object: { columnDefinitions: null, rows: [{ cells: [name, cell], object: { metadata: { name } } }] } }),
    });
    store.take([
      event('ADDED', 'a', '10'),
      event('ADDED', 'b', '9'),
      event('ADDED', 'c', '1'),
      event('DELETED', 'c', '1'),
      event('BOOKMARK', 'd', '0'),
    ]);
    expect(sortRows(store.rows.values(), 1, false).map(({ cells }) => cells[0])).toEqual(['b', 'a']);
    expect(sortRows(store.rows.values(), undefined, true).map(({ cells }) => cells[0])).toEqual(['b', 'a']);
  });
});

it('forks stand below what they came from, or by themselves when it is gone', () => {
  const grandchild = { name: 'c', forks: [] };
  const child = { name: 'b', forks: [grandchild] };
  const tree = treeOf([{ name: 'a', forks: [child] }, child, grandchild, { name: 'd', forks: [] }]);
  expect(tree).toMatchObject([
    { name: 'a', forks: [{ name: 'b', parent: 'a', forks: [{ name: 'c', parent: 'b', forks: [] }] }] },
    { name: 'd' },
  ]);
  expect(treeOf([grandchild])).toMatchObject([{ name: 'c', parent: undefined }]);
});
