// What an object counts, as numbers to draw: its replicas, the restarts of its containers, the metrics of an autoscaler with their targets.

import type { KubeObject } from '../objects/kube-objects.ts';

export interface Counted {
  readonly key: string;
  /** What is drawn on one scale: `counts`, `restarts`, or the name of a metric. */
  readonly group: string;
  /** As Kubernetes names it. */
  readonly name: string;
}

type Fields = Readonly<Record<string, unknown>>;

/** Numbers that count nothing. */
const OTHERS = new Set(['observedGeneration', 'collisionCount', 'storageGeneration']);
/** What people ask for is drawn beside what is. */
const WANTED = ['replicas', 'minReplicas', 'maxReplicas', 'parallelism', 'completions'];

export function countsOf(object: KubeObject): readonly (Counted & { readonly value: number })[] {
  const [spec, status] = [fieldsOf(object.spec), fieldsOf(object.status)];
  const numbers = (fields: Fields, path: string, isMeant: (name: string) => boolean) =>
    Object.entries(fields).flatMap(([name, value]) =>
      typeof value === 'number' && isMeant(name) ? [one('counts', `${path}.${name}`, value)] : [],
    );
  const counts = [...numbers(spec, 'spec', (name) => WANTED.includes(name)), ...numbers(status, 'status', (name) => !OTHERS.has(name))];
  return [...counts, ...restartsOf(status), ...metricsOf(spec, status)];
}

function one(group: string, name: string, value: number) {
  return { key: `${group} ${name}`, group, name, value };
}

function restartsOf({ containerStatuses }: Fields) {
  return listOf(containerStatuses).flatMap(({ name, restartCount }) =>
    typeof restartCount === 'number' ? [one('restarts', String(name), restartCount)] : [],
  );
}

/** Each metric has a scale of its own, and on it what it should be. */
function metricsOf({ metrics }: Fields, { currentMetrics }: Fields) {
  const read = (list: unknown, side: 'target' | 'current') =>
    listOf(list).flatMap((metric) => {
      const source = fieldsOf(Object.values(metric).find((value) => typeof value === 'object'));
      const name = typeof source.name === 'string' ? source.name : fieldsOf(source.metric).name;
      const { averageUtilization, averageValue, value } = fieldsOf(source[side]);
      const amounts = [
        ['%', averageUtilization],
        ['', averageValue ?? value],
      ] as const;
      return amounts.flatMap(([unit, amount]) => {
        const number = amountOf(amount);
        return number === undefined ? [] : [one([name, unit].filter(Boolean).join(' '), side, number)];
      });
    });
  const targets = read(metrics, 'target');
  // A metric is told in percent and in amounts; what has a target is what is decided by.
  return [...targets, ...read(currentMetrics, 'current').filter(({ group }) => targets.some((target) => target.group === group))];
}

const SUFFIXES: Readonly<Record<string, number>> = {
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A number, or a quantity as Kubernetes writes it. */
export function amountOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  const [, digits, suffix = ''] = /^([-+]?\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(String(value ?? '')) ?? [];
  const factor = suffix === '' ? 1 : SUFFIXES[suffix];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}
