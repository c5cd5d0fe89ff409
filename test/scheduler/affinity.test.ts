// Affinity and anti-affinity between pods, as conditions and as preferences.

import { describe, expect, it } from 'vitest';
import { normalizeBetween } from '../../src/engine/scheduler/affinity-score.ts';
import { clusterOf, filterPart, place, placeOf, podOf } from '../support/scheduling.ts';

const NODES = `
  name | labels
  a1   | zone=a
  a2   | zone=a
  b1   | zone=b
  none |`;

const term = (app: string, key = 'zone', rest = ''): string => `{topologyKey: ${key}, labelSelector: {matchLabels: {app: ${app}}}${rest}}`;
const required = (kind: string, ...terms: string[]): string =>
  `affinity: {${kind}: {requiredDuringSchedulingIgnoredDuringExecution: [${terms.join(', ')}]}}`;
const preferred = (kind: string, weight: number, text: string): string =>
  `affinity: {${kind}: {preferredDuringSchedulingIgnoredDuringExecution: [{weight: ${weight}, podAffinityTerm: ${text}}]}}`;

const NO_AFFINITY = "node(s) didn't match pod affinity rules";
const ANTI_AFFINITY = "node(s) didn't match pod anti-affinity rules";
const EXISTING = "node(s) didn't satisfy existing pods anti-affinity rules";

describe('C811 conditions: with a pod of app x on a1', () => {
  it.each<[string, string, string | readonly string[]]>([
    ['affinity: a node of the same domain', `{${required('podAffinity', term('x'))}}`, ['a1', 'a2']],
    ['affinity: the very node', `{${required('podAffinity', term('x', 'kubernetes.io/hostname'))}}`, ['a1']],
    ['affinity to nobody', `{${required('podAffinity', term('z'))}}`, `0/4 nodes are available: 4 ${NO_AFFINITY}.`],
    [
      'the first of a series needs nobody but a node with the label',
      `{labels: {app: z}, ${required('podAffinity', term('z'))}}`,
      ['a1', 'a2', 'b1'],
    ],
    [
      'all terms must be met by one and the same kind of pod',
      `{${required('podAffinity', term('x'), term('z'))}}`,
      `0/4 nodes are available: 4 ${NO_AFFINITY}.`,
    ],
    ['anti-affinity: another domain, or none', `{${required('podAntiAffinity', term('x'))}}`, ['b1', 'none']],
    ['anti-affinity to a name', `{${required('podAntiAffinity', term('x', 'kubernetes.io/hostname'))}}`, ['a2', 'b1', 'none']],
    [
      'anti-affinity that leaves nothing',
      `{nodeSelector: {zone: a}, ${required('podAntiAffinity', term('x'))}}`,
      `0/4 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 2 ${ANTI_AFFINITY}.`,
    ],
    [
      'another namespace has no such pods',
      `{${required('podAffinity', term('x', 'zone', ', namespaces: [other]'))}}`,
      `0/4 nodes are available: 4 ${NO_AFFINITY}.`,
    ],
    ['every namespace has', `{${required('podAffinity', term('x', 'zone', ', namespaceSelector: {}'))}}`, ['a1', 'a2']],
    [
      'namespaces by label',
      `{${required('podAffinity', term('x', 'zone', ', namespaceSelector: {matchLabels: {team: red}}'))}}`,
      `0/4 nodes are available: 4 ${NO_AFFINITY}.`,
    ],
    [
      'matchLabelKeys: only pods of the same version',
      `{labels: {version: v2}, ${required('podAntiAffinity', term('x', 'zone', ', matchLabelKeys: [version]'))}, nodeSelector: {zone: a}}`,
      ['a1', 'a2'],
    ],
  ])('%s', (_title, pod, expected) => {
    const cluster = clusterOf(NODES);
    cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    place(cluster, 'x', '{labels: {app: x, version: v1}, nodeName: a1}');
    const seen = place(cluster, 'p', pod);
    if (typeof expected === 'string') expect(filterPart(seen)).toBe(expected);
    else expect(expected).toContain(seen);
  });

  it('the anti-affinity of a pod that is there concerns those that come', () => {
    const cluster = clusterOf(NODES);
    place(cluster, 'x', `{nodeName: a1, ${required('podAntiAffinity', term('y'))}}`);
    expect(place(cluster, 'p', '{labels: {app: y}, nodeSelector: {zone: a}}')).toBe(
      `0/4 nodes are available: 2 node(s) didn't match Pod's node affinity/selector, 2 ${EXISTING}. ` +
        'preemption: 0/4 nodes are available: 2 No preemption victims found for incoming pod, 2 Preemption is not helpful for scheduling.',
    );
    expect(['b1', 'none']).toContain(place(cluster, 'q', '{labels: {app: y}}'));
    expect(place(cluster, 'r', '{labels: {app: z}, nodeSelector: {zone: a}}')).toMatch(/^a/);
  });

  it('replicas that shun each other take a node each', () => {
    const cluster = clusterOf(NODES);
    const shy = `{labels: {app: x}, ${required('podAntiAffinity', term('x', 'kubernetes.io/hostname'))}}`;
    const seen = ['p1', 'p2', 'p3', 'p4', 'p5'].map((name) => place(cluster, name, shy));
    expect(seen.slice(0, 4).sort()).toEqual(['a1', 'a2', 'b1', 'none']);
    expect(filterPart(seen[4] ?? '')).toBe(`0/4 nodes are available: 4 ${ANTI_AFFINITY}.`);
  });
});

describe('C803 what lets a refused pod be tried again', () => {
  it('a wanted pod comes', () => {
    const cluster = clusterOf(NODES);
    place(cluster, 'p', `{${required('podAffinity', term('x'))}}`);
    place(cluster, 'x', '{labels: {app: x}, nodeName: b1}');
    expect(placeOf(cluster, 'p')).toBe('b1');
  });

  it('a pod becomes a wanted one', () => {
    const cluster = clusterOf(NODES);
    place(cluster, 'x', '{nodeName: b1}');
    place(cluster, 'p', `{${required('podAffinity', term('x'))}}`);
    cluster.patch('pods/x', { metadata: { labels: { app: 'x' } } });
    expect(placeOf(cluster, 'p')).toBe('b1');
  });

  it('a shunned or shunning pod goes', () => {
    for (const [there, coming] of [
      ['labels: {app: x}', required('podAntiAffinity', term('x'))],
      [required('podAntiAffinity', term('y')), 'labels: {app: y}'],
    ]) {
      const cluster = clusterOf('name | labels\n a | zone=a');
      place(cluster, 'x', `{nodeName: a, ${there}}`);
      expect(place(cluster, 'p', `{${coming}}`)).toContain('0/1 nodes');
      cluster.remove('pods/x', { gracePeriodSeconds: 0 });
      expect(placeOf(cluster, 'p')).toBe('a');
    }
  });

  it('a node gets into another domain', () => {
    const cluster = clusterOf('name | labels\n a | zone=a\n b | zone=a');
    place(cluster, 'x', '{labels: {app: x}, nodeName: a}');
    expect(place(cluster, 'p', `{${required('podAntiAffinity', term('x'))}}`)).toContain('0/2 nodes');
    cluster.patch('nodes/b', { metadata: { labels: { zone: 'b' } } });
    expect(placeOf(cluster, 'p')).toBe('b');
  });
});

describe('C837 preferences', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['towards the pods of a domain', '{labels: {app: x}, nodeName: b1}', `{${preferred('podAffinity', 100, term('x'))}}`, ['b1']],
    [
      'away from them',
      '{labels: {app: x}, nodeName: a1}',
      `{nodeSelector: {in: "yes"}, ${preferred('podAntiAffinity', 100, term('x'))}}`,
      ['b1'],
    ],
    [
      'what a pod that is there prefers counts too',
      `{nodeName: b1, ${preferred('podAffinity', 100, term('y'))}}`,
      '{labels: {app: y}}',
      ['b1'],
    ],
    [
      'and what it would rather avoid',
      `{nodeName: a1, ${preferred('podAntiAffinity', 100, term('y'))}}`,
      '{labels: {app: y}, nodeSelector: {in: "yes"}}',
      ['b1'],
    ],
    [
      'and what it requires, with weight 1',
      `{nodeName: b1, labels: {app: y}, ${required('podAffinity', term('y'))}}`,
      '{labels: {app: y}}',
      ['b1'],
    ],
  ])('%s', (_title, there, coming, expected) => {
    const cluster = clusterOf('name | labels\n a1 | zone=a in=yes\n a2 | zone=a in=yes\n b1 | zone=b in=yes\n none |');
    place(cluster, 'x', there);
    expect(expected).toContain(place(cluster, 'p', coming));
  });

  it('the least is 0 and the greatest 100', () => {
    expect(normalizeBetween([-3, 0, 1, 3])).toEqual([0, 50, 66, 100]);
    expect(normalizeBetween([7, 7])).toEqual([0, 0]);
  });

  it('pods with terms in all namespaces do not disturb others', () => {
    const cluster = clusterOf(NODES);
    cluster.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'other' } });
    cluster.create(
      podOf(
        'x',
        `{nodeName: a1, ${required('podAntiAffinity', term('y', 'zone', ', namespaceSelector: {matchLabels: {team: blue}}'))}}`,
        'other',
      ),
    );
    expect(place(cluster, 'p', '{labels: {app: y}, nodeSelector: {zone: a}}')).toMatch(/^a/);
    cluster.patch('namespaces/default', { metadata: { labels: { team: 'blue' } } });
    expect(place(cluster, 'q', '{labels: {app: y}, nodeSelector: {zone: a}}')).toContain(EXISTING);
  });
});
