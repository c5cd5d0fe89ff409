// Validation of the spec of a claim, for claims and for the claims that pods bring with them.
// Upstream: pkg/apis/core/validation/validation.go ValidatePersistentVolumeClaimSpec, ValidatePersistentVolumeClaimTemplate (v1.33). Rule: P4.

import { type FieldError, forbidden, goText, invalid, required } from '../../apimachinery/field-errors.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import { labelProblems, qualifiedNameProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { checkLabels, type Fields, goPointer, invalidFor, requireMembers } from './field-checks.ts';
import { validateLabelSelector } from './selector-validation.ts';
import { validateAccessModes, validateClassName, validatePositive, validateVolumeMode } from './storage.ts';
import type { LabelSelector } from './types.ts';

/** What validation reads of a claim's spec. */
export interface ClaimSpec {
  readonly accessModes?: readonly string[];
  readonly selector?: LabelSelector;
  readonly resources?: { readonly requests?: StringMap };
  readonly storageClassName?: string;
  readonly volumeMode?: string;
  readonly [field: string]: unknown;
}

const NO_MODES = 'at least 1 access mode is required';
const DEFAULT_GROUP = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";

export function validateClaimSpec(spec: ClaimSpec, path: string): FieldError[] {
  const modes = validateAccessModes(spec.accessModes ?? [], `${path}.accessModes`, NO_MODES);
  const isMissing = (spec.accessModes ?? []).length === 0;
  const selector = spec.selector === undefined ? [] : validateLabelSelector(spec.selector, `${path}.selector`);
  const at = `${path}.resources[storage]`;
  const storage = spec.resources?.requests?.['storage'];
  return [
    ...(isMissing ? [...modes, ...selector] : [...selector, ...modes]),
    ...(storage === undefined ? [required(at)] : validatePositive(storage, at)),
    ...validateClassName(spec.storageClassName, `${path}.storageClassName`),
    ...validateVolumeMode(spec.volumeMode, `${path}.volumeMode`),
    ...validateSources(spec, path),
  ];
}

const TEMPLATE_META = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
];

/** The claim that a pod makes for itself: only labels and annotations are its own to say. */
export function validateClaimTemplate(template: { readonly metadata?: Fields; readonly spec?: ClaimSpec }, path: string): FieldError[] {
  const { metadata = {} } = template;
  const at = `${path}.metadata`;
  const annotations = Object.keys((metadata['annotations'] ?? {}) as object);
  return [
    ...annotations.flatMap((key) => invalidFor(`${at}.annotations`, key, qualifiedNameProblems(key.toLowerCase()))),
    ...checkLabels(`${at}.labels`, metadata['labels'] as StringMap | undefined),
    ...TEMPLATE_META.filter((member) => (metadata[member] ?? '') !== '').map((member) =>
      forbidden(`${at}.${member === 'uid' ? 'uID' : member}`, 'cannot be set'),
    ),
    ...validateClaimSpec(template.spec ?? {}, `${path}.spec`),
  ];
}

function validateSources(spec: ClaimSpec, path: string): FieldError[] {
  const source = spec['dataSource'] as Fields | undefined;
  const reference = spec['dataSourceRef'] as Fields | undefined;
  const errors = [
    ...(source === undefined ? [] : validateSource(source, `${path}.dataSource`)),
    ...(reference === undefined ? [] : validateSource(reference, `${path}.dataSourceRef`)),
  ];
  if (source === undefined || reference === undefined) return errors;
  const isElsewhere = (reference['namespace'] ?? '') !== '';
  if (isElsewhere) return [...errors, differs(path, 'may not be specified when dataSourceRef.namespace is specified')];
  const isSame = ['apiGroup', 'kind', 'name'].every((member) => source[member] === reference[member]);
  return isSame ? errors : [...errors, differs(path, 'must match dataSourceRef')];
}

/** Upstream prints the path of the source as the value, as Go prints it. */
function differs(path: string, text: string): FieldError {
  const dump = `field.Path{name:"dataSource", index:"", parent:${goPointer('field.Path', path)}}`;
  return invalid(path, goText(dump), text);
}

function validateSource(source: Fields, path: string): FieldError[] {
  const { kind = '', apiGroup = '', namespace = '' } = source as { kind?: string; apiGroup?: string; namespace?: string };
  return [
    ...requireMembers(source, path, 'name', 'kind'),
    ...(apiGroup === '' && kind !== 'PersistentVolumeClaim' ? [invalid(path, kind, DEFAULT_GROUP)] : []),
    ...(apiGroup === '' ? [] : invalidFor(`${path}.apiGroup`, apiGroup, subdomainProblems(apiGroup))),
    ...(namespace === '' ? [] : invalidFor(`${path}.namespace`, namespace, labelProblems(namespace))),
  ];
}
