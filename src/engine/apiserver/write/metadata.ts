// Validation of what every object has: name, labels, annotations, owners, finalizers (P2, P3, F1, F11, L7, D9).
// Upstream: apimachinery/pkg/api/validation/objectmeta.go (v1.33).

import { ipProblems } from '../../apimachinery/ip.ts';
import { type FieldError, forbidden, goText, invalid, required, tooLong } from '../../apimachinery/field-errors.ts';
import type { KubeObject, OwnerReference } from '../../apimachinery/meta.ts';
import {
  dns1035Problems,
  labelProblems,
  labelValueProblems,
  pathSegmentProblems,
  qualifiedNameProblems,
  subdomainProblems,
} from '../../apimachinery/names.ts';
import type { Kind, NameFormat } from '../../kinds/kind.ts';

const NAME_CHECKS: Readonly<Record<NameFormat, (text: string) => readonly string[]>> = {
  subdomain: subdomainProblems,
  label: labelProblems,
  dns1035: dns1035Problems,
  'path-segment': pathSegmentProblems,
  ip: ipProblems,
};

const ANNOTATIONS_BYTES_MAX = 262_144;
const STANDARD_FINALIZERS = ['foregroundDeletion', 'orphan', 'kubernetes'];

/** Errors of an object's metadata, in upstream's order. */
export function validateMetadata(kind: Kind, object: KubeObject): FieldError[] {
  const { metadata } = object;
  const errors: FieldError[] = [];
  const check = NAME_CHECKS[kind.nameFormat];
  const { generateName, name } = metadata;
  if (generateName !== undefined && generateName !== '') {
    for (const problem of check(generateName.replace(/[-.]$/, 'x'))) errors.push(invalid('metadata.generateName', generateName, problem));
  }
  if (name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else for (const problem of check(name)) errors.push(invalid('metadata.name', name, problem));
  errors.push(...validateLabels(metadata.labels ?? {}, 'metadata.labels'));
  errors.push(...validateAnnotations(metadata.annotations ?? {}, 'metadata.annotations'));
  validateOwners(metadata.ownerReferences ?? [], errors);
  (metadata.finalizers ?? []).forEach((finalizer, index) => validateFinalizer(finalizer, index, errors));
  return errors;
}

type Texts = Readonly<Record<string, string>>;

export function validateLabels(labels: Texts, path: string): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameProblems(key).map((problem) => invalid(path, key, problem)),
    ...labelValueProblems(value).map((problem) => invalid(path, value, problem)),
  ]);
}

export function validateAnnotations(annotations: Texts, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let bytes = 0;
  for (const [key, value] of Object.entries(annotations)) {
    for (const problem of qualifiedNameProblems(key.toLowerCase())) errors.push(invalid(path, key, problem));
    bytes += key.length + value.length;
  }
  if (bytes > ANNOTATIONS_BYTES_MAX) errors.push(tooLong(path, ANNOTATIONS_BYTES_MAX));
  return errors;
}

/** Errors of a change of metadata (L6, F7). `given` is the metadata that the client wants. */
export function validateMetadataUpdate(
  object: KubeObject,
  previous: KubeObject,
  given: Readonly<Record<string, unknown>> = {},
): FieldError[] {
  return [...validateIdentity(previous, given), ...validateFinalizersUpdate(object, previous)];
}

/** Upstream looks at metadata twice: for every object, and again for the kind. */
function validateIdentity({ metadata }: KubeObject, { uid }: Readonly<Record<string, unknown>>): FieldError[] {
  if (typeof uid !== 'string' || uid === '' || uid === metadata.uid) return [];
  const error = invalid('metadata.uid', uid, 'field is immutable');
  return [error, error];
}

function validateFinalizersUpdate(object: KubeObject, previous: KubeObject): FieldError[] {
  if (previous.metadata.deletionTimestamp === undefined) return [];
  const before = previous.metadata.finalizers ?? [];
  const added = (object.metadata.finalizers ?? []).filter((finalizer) => !before.includes(finalizer));
  if (added.length === 0) return [];
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(', ');
  return [
    forbidden(
      'metadata.finalizers',
      `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`,
    ),
  ];
}

function validateOwners(owners: readonly OwnerReference[], errors: FieldError[]): void {
  const path = 'metadata.ownerReferences';
  owners.forEach((owner) => {
    if ((owner.apiVersion ?? '') === '') errors.push(invalid(`${path}.apiVersion`, '', 'version must not be empty'));
    if ((owner.kind ?? '') === '') errors.push(invalid(`${path}.kind`, '', 'kind must not be empty'));
    if ((owner.name ?? '') === '') errors.push(invalid(`${path}.name`, '', 'name must not be empty'));
    if ((owner.uid ?? '') === '') errors.push(invalid(`${path}.uid`, '', 'uid must not be empty'));
  });
  const [first, second] = owners.filter((owner) => owner.controller === true);
  if (first === undefined || second === undefined) return;
  const text = `Only one reference can have Controller set to true. Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
  errors.push(invalid(path, goText(goOwners(owners)), text));
}

function goOwners(owners: readonly OwnerReference[]): string {
  const items = owners.map((owner) => {
    const flag = (value: boolean | undefined): string => (value === undefined ? '(*bool)(nil)' : '(*bool)(0x0)');
    return `v1.OwnerReference{APIVersion:${JSON.stringify(owner.apiVersion)}, Kind:${JSON.stringify(owner.kind)}, Name:${JSON.stringify(owner.name)}, UID:${JSON.stringify(owner.uid)}, Controller:${flag(owner.controller)}, BlockOwnerDeletion:${flag(owner.blockOwnerDeletion)}}`;
  });
  return `[]v1.OwnerReference{${items.join(', ')}}`;
}

function validateFinalizer(finalizer: string, index: number, errors: FieldError[]): void {
  const path = `metadata.finalizers[${index}]`;
  for (const problem of qualifiedNameProblems(finalizer)) errors.push(invalid('metadata.finalizers', finalizer, problem));
  if (!finalizer.includes('/') && !STANDARD_FINALIZERS.includes(finalizer)) {
    errors.push(invalid(path, finalizer, 'name is neither a standard finalizer name nor is it fully qualified'));
  }
}
