// What a pod asks for and what a node offers, as plain numbers: cpu in thousandths, everything else in whole units.
// Upstream: staging/src/k8s.io/component-helpers/resource/helpers.go PodRequests, pkg/scheduler/framework/types.go (v1.33).
// Rules: C812, C831, M6. Omits: pod-level resources (alpha in v1.33).

import { compareQuantities, quantityToMilli, quantityToNumber } from '../apimachinery/quantity.ts';
import type { StringMap } from '../apimachinery/meta.ts';
import type { Container, Pod, ResourceRequirements } from '../kinds/pod/types.ts';
import { isRestartableInitContainer } from '../kinds/shared/pod-state.ts';

/** Amounts by resource; `scalars` holds extended resources and huge pages, absent when there are none. */
export interface Amounts {
  milliCpu: number;
  memory: number;
  ephemeralStorage: number;
  scalars?: Map<string, number>;
}

/** What a pod counts for on a node. */
export interface PodRequests {
  readonly requests: Readonly<Amounts>;
  /** With 100m cpu and 200 MiB for a container that asks for none; only for scoring (C831). */
  readonly nonZeroCpu: number;
  readonly nonZeroMemory: number;
}

const CPU_DEFAULT_MILLI = 100;
const MEMORY_DEFAULT_BYTES = 200 * 1024 * 1024;

/** C812: max(containers + sidecars, peaks of init containers) + overhead. */
export function podRequestsOf(given: Pod): PodRequests {
  const pod = isResizing(given) ? whileResizing(given) : given;
  const { containers, initContainers, overhead } = pod.spec;
  const first = containers[0];
  if (containers.length === 1 && first !== undefined && (initContainers ?? []).length === 0 && overhead === undefined) {
    return { requests: containerAmounts(first), ...nonZeroOf(first) }; // the common case, without sums
  }
  const requests = combine(pod, containerAmounts);
  const nonZero = combine(pod, (container) => {
    const { nonZeroCpu, nonZeroMemory } = nonZeroOf(container);
    return { milliCpu: nonZeroCpu, memory: nonZeroMemory, ephemeralStorage: 0 };
  });
  return { requests, nonZeroCpu: nonZero.milliCpu, nonZeroMemory: nonZero.memory };
}

/** The amounts of the pod change, or are to change. */
export function isResizing({ status }: Pod): boolean {
  return status.conditions?.some(({ type }) => type === 'PodResizePending' || type === 'PodResizeInProgress') === true;
}

/** M6: a container counts with the most of what it asks for, was granted and has; what its node can never give does not count. */
function whileResizing(pod: Pod): Pod {
  const isInfeasible = pod.status.conditions?.some(({ type, reason }) => type === 'PodResizePending' && reason === 'Infeasible') === true;
  const statuses = [...(pod.status.containerStatuses ?? []), ...(pod.status.initContainerStatuses ?? [])];
  const counted = <C extends Container>(container: C): C => {
    const status = statuses.find(({ name }) => name === container.name);
    if (status === undefined) return container;
    const { requests: has = {} } = (status['resources'] ?? {}) as ResourceRequirements;
    const granted = (status['allocatedResources'] ?? {}) as StringMap;
    const requests = [granted, ...(isInfeasible ? [] : [container.resources?.requests ?? {}])].reduce(most, has);
    return { ...container, resources: { ...container.resources, requests } };
  };
  const { containers, initContainers } = pod.spec;
  const spec = {
    ...pod.spec,
    containers: containers.map(counted),
    ...(initContainers === undefined ? {} : { initContainers: initContainers.map(counted) }),
  };
  return { ...pod, spec };
}

function most(a: StringMap, b: StringMap): StringMap {
  const larger = Object.entries(b).filter(([name, value]) => a[name] === undefined || compareQuantities(value, a[name]) > 0);
  return { ...a, ...Object.fromEntries(larger) };
}

/** Amounts of a quantity map: requests of a container, allocatable of a node. */
export function amountsOf(quantities: StringMap | undefined): Amounts {
  const amounts: Amounts = { milliCpu: 0, memory: 0, ephemeralStorage: 0 };
  for (const name in quantities) {
    const text = quantities[name] as string;
    if (name === 'cpu') amounts.milliCpu = quantityToMilli(text);
    else if (name === 'memory') amounts.memory = quantityToNumber(text);
    else if (name === 'ephemeral-storage') amounts.ephemeralStorage = quantityToNumber(text);
    else if (isScalar(name)) scalarsOf(amounts).set(name, quantityToNumber(text));
  }
  return amounts;
}

/** Adds `sign` times `other` to `amounts`. */
export function addAmounts(amounts: Amounts, other: Readonly<Amounts>, sign: 1 | -1): void {
  amounts.milliCpu += sign * other.milliCpu;
  amounts.memory += sign * other.memory;
  amounts.ephemeralStorage += sign * other.ephemeralStorage;
  if (other.scalars === undefined) return;
  const scalars = scalarsOf(amounts);
  for (const [name, value] of other.scalars) scalars.set(name, (scalars.get(name) ?? 0) + sign * value);
}

function combine(pod: Pod, amountsOfContainer: (container: Container) => Amounts): Amounts {
  const total = emptyAmounts();
  for (const container of pod.spec.containers) addAmounts(total, amountsOfContainer(container), 1);
  const sidecars = emptyAmounts();
  const peak = emptyAmounts();
  for (const container of pod.spec.initContainers ?? []) {
    const amounts = amountsOfContainer(container);
    if (isRestartableInitContainer(container)) {
      addAmounts(total, amounts, 1);
      addAmounts(sidecars, amounts, 1);
      raiseAmounts(peak, sidecars);
    } else {
      addAmounts(amounts, sidecars, 1);
      raiseAmounts(peak, amounts);
    }
  }
  raiseAmounts(total, peak);
  addAmounts(total, amountsOf(pod.spec.overhead), 1);
  return total;
}

function containerAmounts(container: Container): Amounts {
  return amountsOf(container.resources?.requests);
}

function nonZeroOf(container: Container): { nonZeroCpu: number; nonZeroMemory: number } {
  const requests = container.resources?.requests;
  return {
    nonZeroCpu: requests?.['cpu'] === undefined ? CPU_DEFAULT_MILLI : quantityToMilli(requests['cpu']),
    nonZeroMemory: requests?.['memory'] === undefined ? MEMORY_DEFAULT_BYTES : quantityToNumber(requests['memory']),
  };
}

function emptyAmounts(): Amounts {
  return { milliCpu: 0, memory: 0, ephemeralStorage: 0 };
}

function raiseAmounts(amounts: Amounts, other: Readonly<Amounts>): void {
  amounts.milliCpu = Math.max(amounts.milliCpu, other.milliCpu);
  amounts.memory = Math.max(amounts.memory, other.memory);
  amounts.ephemeralStorage = Math.max(amounts.ephemeralStorage, other.ephemeralStorage);
  if (other.scalars === undefined) return;
  const scalars = scalarsOf(amounts);
  for (const [name, value] of other.scalars) scalars.set(name, Math.max(scalars.get(name) ?? 0, value));
}

function scalarsOf(amounts: Amounts): Map<string, number> {
  amounts.scalars ??= new Map();
  return amounts.scalars;
}

/** Extended resources have a domain; huge pages and attachable volumes have a prefix. Other names do not count. */
function isScalar(name: string): boolean {
  return (
    (name.includes('/') && !name.startsWith('kubernetes.io/')) || name.startsWith('hugepages-') || name.startsWith('attachable-volumes-')
  );
}
