// Validation of references from a container or a volume to fields of its pod and to amounts of a container.
// Upstream: pkg/apis/core/validation/validation.go validateObjectFieldSelector, validateContainerResourceFieldSelector,
// pkg/apis/core/pods/helpers.go, pkg/fieldpath/fieldpath.go (v1.33). Rule: P4.

import { type FieldError, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import { canonicalQuantity, compareQuantities } from '../../apimachinery/quantity.ts';
import { type Fields, invalidFor } from './field-checks.ts';

export const ENV_FIELD_PATHS: readonly string[] = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

export const VOLUME_FIELD_PATHS: readonly string[] = [
  'metadata.annotations',
  'metadata.labels',
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
];

/** Fields that have a name in the API, whether or not a reference may use them. */
const KNOWN = new Set([...ENV_FIELD_PATHS, ...VOLUME_FIELD_PATHS, 'spec.restartPolicy', 'spec.schedulerName', 'status.phase']);

export function validateFieldRef(reference: Fields, paths: readonly string[], path: string): FieldError[] {
  const { apiVersion = '', fieldPath = '' } = reference as { readonly apiVersion?: string; readonly fieldPath?: string };
  if (apiVersion === '') return [required(`${path}.apiVersion`)];
  if (fieldPath === '') return [required(`${path}.fieldPath`)];
  const unknown = (problem: string): FieldError[] => [invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${problem}`)];
  if (apiVersion !== 'v1') return unknown(`unsupported pod version: ${apiVersion}`);
  const opening = fieldPath.indexOf("['");
  if (opening > 0 && fieldPath.endsWith("']")) {
    const holder = fieldPath.slice(0, opening);
    const subscript = fieldPath.slice(opening + 2, -2);
    if (holder === 'metadata.annotations') return invalidFor(path, subscript.toLowerCase(), qualifiedNameProblems(subscript.toLowerCase()));
    if (holder === 'metadata.labels') return invalidFor(path, subscript, qualifiedNameProblems(subscript));
    return unknown(`field label does not support subscript: ${fieldPath}`);
  }
  const found = fieldPath === 'spec.host' ? 'spec.nodeName' : fieldPath;
  if (!KNOWN.has(found)) return unknown(`field label not supported: ${fieldPath}`);
  return paths.includes(found) ? [] : [notSupported(`${path}.fieldPath`, found, paths)];
}

const RESOURCES = [
  'limits.cpu',
  'limits.ephemeral-storage',
  'limits.memory',
  'requests.cpu',
  'requests.ephemeral-storage',
  'requests.memory',
];
const SIZES = ['1', ...['k', 'M', 'G', 'T', 'P', 'E', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'].map((suffix) => `1${suffix}`)];
const CPU_SIZES = ['1m', '1'];

/** A volume has to say which container it means. */
export function validateResourceRef(reference: Fields, path: string, isVolume: boolean): FieldError[] {
  const {
    containerName = '',
    resource = '',
    divisor = '0',
  } = reference as {
    readonly containerName?: string;
    readonly resource?: string;
    readonly divisor?: string;
  };
  return [...validateResource(resource, isVolume && containerName === '', path), ...validateDivisor(resource, divisor, `${path}.divisor`)];
}

function validateResource(resource: string, lacksContainer: boolean, path: string): FieldError[] {
  if (lacksContainer) return [required(`${path}.containerName`)];
  if (resource === '') return [required(`${path}.resource`)];
  if (RESOURCES.includes(resource) || isHugePages(resource)) return [];
  return [notSupported(`${path}.resource`, resource, RESOURCES)];
}

function isHugePages(resource: string): boolean {
  return resource.startsWith('requests.hugepages-') || resource.startsWith('limits.hugepages-');
}

/** Upstream shows the resource where the divisor is wrong. */
function validateDivisor(resource: string, divisor: string, field: string): FieldError[] {
  const canonical = canonicalQuantity(divisor) ?? divisor;
  if (compareQuantities(divisor, '0') === 0) return [];
  const [, name = ''] = /^(?:limits|requests)\.(.*)$/.exec(resource) ?? [];
  if (name === 'cpu') {
    const text = "only divisor's values 1m and 1 are supported with the cpu resource";
    return CPU_SIZES.includes(canonical) ? [] : [invalid(field, resource, text)];
  }
  const noun = isHugePages(resource) ? 'hugepages' : name === 'ephemeral-storage' ? 'local ephemeral storage' : name;
  if ((!RESOURCES.includes(resource) && !isHugePages(resource)) || SIZES.includes(canonical)) return [];
  return [invalid(field, resource, `only divisor's values ${SIZES.join(', ')} are supported with the ${noun} resource`)];
}
