// Validation of PersistentVolumes. Upstream: pkg/apis/core/validation/validation.go ValidatePersistentVolume, ...Update (v1.33).
// Omits the details of sources other than hostPath, local, nfs and csi.

import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, isJsonObject } from '../../apimachinery/meta.ts';
import { validateNodeSelector } from '../shared/placement-validation.ts';
import { validateAccessModes, validateClassName, validatePositive, validateVolumeMode } from '../shared/storage.ts';
import type { PersistentVolume, PersistentVolumeSpec } from './types.ts';

/** Members of a spec that are no source. */
const PLAIN: ReadonlySet<string> = new Set([
  'capacity',
  'accessModes',
  'claimRef',
  'persistentVolumeReclaimPolicy',
  'storageClassName',
  'mountOptions',
  'volumeMode',
  'nodeAffinity',
  'volumeAttributesClassName',
]);
const POLICIES = ['Delete', 'Recycle', 'Retain'];
const REQUIRED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  hostPath: ['path'],
  local: ['path'],
  nfs: ['server', 'path'],
  csi: ['driver', 'volumeHandle'],
};

export function validateVolume({ spec }: PersistentVolume): readonly FieldError[] {
  const errors: FieldError[] = [...validateAccessModes(spec.accessModes ?? [], 'spec.accessModes', '')];
  const capacity = spec.capacity ?? {};
  const names = Object.keys(capacity).sort();
  if (names.length === 0) errors.push(required('spec.capacity'));
  if (capacity['storage'] === undefined || names.length > 1) {
    const shown = goText(
      `map[core.ResourceName]resource.Quantity{${names.map((name) => `${JSON.stringify(name)}:${capacity[name]}`).join(', ')}}`,
    );
    errors.push(notSupported('spec.capacity', shown, ['storage']));
  }
  const policy = spec.persistentVolumeReclaimPolicy;
  if (!POLICIES.includes(policy)) errors.push(notSupported('spec.persistentVolumeReclaimPolicy', policy, POLICIES));
  for (const name of names) errors.push(...validatePositive(capacity[name] ?? '', `spec.capacity[${name}]`));
  validateSources(spec, errors);
  if (spec.hostPath?.path === '/' && policy === 'Recycle')
    errors.push(forbidden('spec.persistentVolumeReclaimPolicy', "may not be 'recycle' for a hostPath mount of '/'"));
  errors.push(...validateClassName(spec.storageClassName, 'spec.storageClassName'));
  errors.push(...validateVolumeMode(spec.volumeMode, 'spec.volumeMode'));
  return errors;
}

export function validateVolumeUpdate(volume: PersistentVolume, previous: PersistentVolume, subresource: string): readonly FieldError[] {
  if (subresource === 'status') return [];
  const errors: FieldError[] = [];
  const sources = (spec: PersistentVolumeSpec): object => Object.fromEntries(sourcesOf(spec).map((name) => [name, spec[name]]));
  if (!isJsonEqual(sources(volume.spec), sources(previous.spec)))
    errors.push(forbidden('spec.persistentvolumesource', 'spec.persistentvolumesource is immutable after creation'));
  if (volume.spec.volumeMode !== previous.spec.volumeMode)
    errors.push(invalid('spec.volumeMode', volume.spec.volumeMode ?? '', 'field is immutable'));
  if (previous.spec.nodeAffinity !== undefined && !isJsonEqual(volume.spec.nodeAffinity, previous.spec.nodeAffinity))
    errors.push(forbidden('spec.nodeAffinity', 'node affinity is immutable'));
  return errors;
}

/** The names of the sources of a volume; a valid one has exactly one. */
export function sourcesOf(spec: PersistentVolumeSpec): readonly string[] {
  return Object.keys(spec).filter((name) => !PLAIN.has(name) && spec[name] !== undefined);
}

function validateSources(spec: PersistentVolumeSpec, errors: FieldError[]): void {
  const sources = sourcesOf(spec);
  sources.slice(1).forEach((source) => errors.push(forbidden(`spec.${source}`, 'may not specify more than 1 volume type')));
  const [source] = sources;
  if (source === undefined) {
    errors.push(required('spec', 'must specify a volume type'));
    return;
  }
  const value = spec[source];
  for (const field of REQUIRED_FIELDS[source] ?? [])
    if (!isJsonObject(value) || (value[field] ?? '') === '') errors.push(required(`spec.${source}.${field}`));
  const path = spec.hostPath?.path ?? spec.local?.path ?? '';
  if (path.split('/').includes('..')) errors.push(invalid(`spec.${source}.path`, path, "must not contain '..'"));
  if (spec.nodeAffinity !== undefined && spec.nodeAffinity.required === undefined)
    errors.push(required('spec.nodeAffinity.required', 'must specify required node constraints'));
  errors.push(...validateNodeSelector(spec.nodeAffinity?.required, 'spec.nodeAffinity.required'));
  if (source === 'local' && spec.nodeAffinity?.required === undefined)
    errors.push(required('spec.nodeAffinity', 'Local volume requires node affinity'));
}
