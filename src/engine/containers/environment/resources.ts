// `resourceFieldRef`: requests and limits of a container as numbers. Upstream: pkg/api/v1/resource/helpers.go, pkg/kubelet/kubelet_resources.go (v1.33).

import { parseQuantity } from '../../apimachinery/quantity.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import type { Container, Pod } from '../../kinds/pod/types.ts';
import { findContainer } from '../container-lists.ts';
import type { Outcome } from './outcome.ts';
import { ownValue } from './own.ts';

export interface ResourceSelector {
  readonly containerName?: string;
  readonly resource: string;
  readonly divisor?: string;
}

const NANO = 1_000_000_000n;
const NANO_PER_MILLI = 1_000_000n;

const NAMES = ['cpu', 'memory', 'ephemeral-storage'];

/** The value of a selector for a container, in units of the divisor, rounded up. A limit that is not set is what the node can allocate. */
export function resourceValue(selector: ResourceSelector, pod: Pod, container: Container, allocatable: StringMap): Outcome<string> {
  const name = selector.containerName ?? '';
  const target = name === '' ? container : findContainer(pod, name)?.container;
  if (target === undefined) return { ok: false, error: `container ${name} not found` };
  const [list = '', ...rest] = selector.resource.split('.');
  const resource = rest.join('.');
  const isKnown = (list === 'limits' || list === 'requests') && (NAMES.includes(resource) || resource.startsWith('hugepages-'));
  if (!isKnown) return { ok: false, error: `unsupported container resource : ${selector.resource}` };
  const given = list === 'limits' ? ownValue(target.resources?.limits, resource) : ownValue(target.resources?.requests, resource);
  const isOpen = list === 'limits' && NAMES.includes(resource) && nanoOf(given) === 0n;
  const amount = nanoOf(isOpen ? ownValue(allocatable, resource) : given);
  return { ok: true, value: divide(amount, selector.divisor, resource === 'cpu' ? NANO_PER_MILLI : NANO).toString() };
}

/** Both numbers are first rounded up to the unit of the resource, thousandths for cpu and ones for the rest. */
function divide(nano: bigint, divisor: string | undefined, unit: bigint): bigint {
  const wanted = nanoOf(divisor);
  const parts = roundUp(wanted === 0n ? NANO : wanted, unit);
  return roundUp(roundUp(nano, unit), parts);
}

function roundUp(value: bigint, unit: bigint): bigint {
  return (value + unit - 1n) / unit;
}

function nanoOf(text: string | undefined): bigint {
  const parsed = text === undefined ? undefined : parseQuantity(text);
  return parsed?.ok === true ? parsed.value.nano : 0n;
}
