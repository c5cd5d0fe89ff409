// What a pod asks for as a whole: the sum over its containers, or what one of its init containers needs beside the sidecars before it.
// Upstream: component-helpers/resource/helpers.go PodRequests, PodLimits (v1.33). Omits resources of the pod as such.

import type { StringMap } from '../../apimachinery/meta.ts';
import { addQuantities, compareQuantities } from '../../apimachinery/quantity.ts';
import type { Container, PodSpec } from './pod-spec.ts';
import { isRestartableInitContainer } from './pod-state.ts';

/** Quantities by resource. */
export type Amounts = Record<string, string>;

export function podAmounts(spec: PodSpec, list: 'requests' | 'limits'): Amounts {
  const total: Amounts = {};
  const of = (container: Container): StringMap => container.resources?.[list] ?? {};
  for (const container of spec.containers) addAmounts(total, of(container));
  const sidecars: Amounts = {};
  const peaks: Amounts = {};
  for (const container of spec.initContainers ?? []) {
    const needed: Amounts = { ...sidecars };
    addAmounts(needed, of(container));
    raiseAmounts(peaks, needed);
    if (!isRestartableInitContainer(container)) continue;
    addAmounts(total, of(container));
    addAmounts(sidecars, of(container));
  }
  raiseAmounts(total, peaks);
  const overhead = (spec['overhead'] ?? {}) as StringMap;
  for (const [name, quantity] of Object.entries(overhead))
    if (list === 'requests' || total[name] !== undefined) addAmounts(total, { [name]: quantity });
  return total;
}

/** Adds in place. */
export function addAmounts(total: Amounts, amounts: StringMap): void {
  for (const [name, quantity] of Object.entries(amounts)) total[name] = addQuantities(total[name] ?? '0', quantity);
}

function raiseAmounts(total: Amounts, amounts: StringMap): void {
  for (const [name, quantity] of Object.entries(amounts)) {
    const present = total[name];
    if (present === undefined || compareQuantities(quantity, present) > 0) total[name] = quantity;
  }
}
