// Validation of definitions: names, versions, and that schemas are structural.
// Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go, pkg/apiserver/schema/validation.go (v1.33). Rules: P1, I9.
// Omits most of what schemas inside allOf, anyOf, oneOf and not must not say.

import { type FieldError, forbidden, goText, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { dns1035Problems, subdomainProblems } from '../../apimachinery/names.ts';
import type { StructuralSchema } from '../shared/structural-schema.ts';
import { type SeenPatterns, validatePatterns } from './patterns.ts';
import { validateConversion } from './conversion-validation.ts';
import { validateRules } from './rule-validation.ts';
import { validateSelectableFields } from './selectable-fields.ts';
import { CLEANUP_FINALIZER, type CustomResourceDefinition, isConditionTrue, type ResourceNames, type ResourceVersion } from './types.ts';

const APPROVAL = 'api-approved.kubernetes.io';
const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string'];

export function validateDefinition(definition: CustomResourceDefinition): readonly FieldError[] {
  const { metadata, spec } = definition;
  const { names, group = '', scope = '', versions = [], preserveUnknownFields } = spec;
  const wanted = `${names?.plural ?? ''}.${group}`;
  const errors: FieldError[] = [];
  if (metadata.name !== wanted) errors.push(invalid('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  errors.push(...validateGroup(group), ...validateScope(scope), ...validateVersions(versions));
  if (names !== undefined) errors.push(...validateNames(names));
  if (preserveUnknownFields === true) {
    const text = 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead';
    errors.push(invalid('spec.preserveUnknownFields', true, text));
  }
  const patterns: SeenPatterns = { sources: new Set(), size: 0 };
  versions.forEach((version, index) => errors.push(...validateVersion(version, `spec.versions[${index}]`, patterns)));
  errors.push(...validateConversion(spec.conversion, 'spec.conversion'));
  return [...errors, ...validateApproval(definition)];
}

/** What cannot change once the names are established, and versions that are stored must stay. */
export function validateDefinitionUpdate(
  next: CustomResourceDefinition,
  previous: CustomResourceDefinition,
  subresource: string,
): readonly FieldError[] {
  if (subresource === 'status') return [];
  const errors: FieldError[] = [];
  const immutable = (field: string, value: string, before: string): void => {
    if (value !== before) errors.push(invalid(field, value, 'field is immutable'));
  };
  immutable('spec.group', next.spec.group, previous.spec.group);
  immutable('spec.names.plural', next.spec.names.plural, previous.spec.names.plural);
  if (isConditionTrue(previous, 'Established')) {
    immutable('spec.scope', next.spec.scope, previous.spec.scope);
    immutable('spec.names.kind', next.spec.names.kind, previous.spec.names.kind);
  }
  (previous.status.storedVersions ?? []).forEach((name, index) => {
    if ((next.spec.versions ?? []).some((version) => version.name === name)) return;
    errors.push(
      invalid(
        `status.storedVersions[${index}]`,
        name,
        `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
      ),
    );
  });
  const { finalizers = [] } = next.metadata;
  if (
    previous.metadata.deletionTimestamp !== undefined &&
    finalizers.includes(CLEANUP_FINALIZER) &&
    next.metadata.deletionTimestamp === undefined
  )
    errors.push(forbidden('metadata.deletionTimestamp', 'field is immutable'));
  return errors;
}

function validateGroup(group: string): readonly FieldError[] {
  if (group === '') return [required('spec.group')];
  const problems = subdomainProblems(group);
  if (problems.length > 0) return problems.map((problem) => invalid('spec.group', group, problem));
  return group.includes('.') ? [] : [invalid('spec.group', group, 'should be a domain with at least one dot')];
}

function validateScope(scope: string): readonly FieldError[] {
  if (scope === '') return [required('spec.scope')];
  const scopes = ['Cluster', 'Namespaced'];
  return scopes.includes(scope) ? [] : [notSupported('spec.scope', scope, scopes)];
}

function validateVersions(versions: readonly ResourceVersion[]): readonly FieldError[] {
  const errors: FieldError[] = [];
  const names = versions.map((version) => version.name);
  versions.forEach(({ name = '' }, index) => {
    for (const problem of dns1035Problems(name)) errors.push(invalid(`spec.versions[${index}].name`, name, problem));
  });
  const given = goText(JSON.stringify(names));
  if (new Set(names).size !== names.length) errors.push(invalid('spec.versions', given, 'must contain unique version names'));
  if (versions.filter((version) => version.storage).length !== 1)
    errors.push(invalid('spec.versions', given, 'must have exactly one version marked as storage version'));
  return errors;
}

function validateNames(names: ResourceNames): readonly FieldError[] {
  const errors: FieldError[] = [];
  const check = (field: string, text: string | undefined, note = ''): void => {
    for (const problem of dns1035Problems((text ?? '').toLowerCase() === text || note !== '' ? (text ?? '').toLowerCase() : (text ?? '')))
      errors.push(invalid(`spec.names.${field}`, text ?? '', note + problem));
  };
  const mixed = 'may have mixed case, but should otherwise match: ';
  if ((names.plural ?? '') === '') errors.push(required('spec.names.plural'));
  else check('plural', names.plural);
  if ((names.singular ?? '') !== '') check('singular', names.singular);
  if ((names.kind ?? '') === '') errors.push(required('spec.names.kind'));
  else check('kind', names.kind, mixed);
  if ((names.listKind ?? '') !== '') check('listKind', names.listKind, mixed);
  (names.shortNames ?? []).forEach((name, index) => check(`shortNames[${index}]`, name));
  (names.categories ?? []).forEach((name, index) => check(`categories[${index}]`, name));
  if (names.kind !== undefined && names.kind === names.listKind)
    errors.push(invalid('spec.names.listKind', names.listKind, 'kind and listKind may not be the same'));
  return errors;
}

/** Groups of the project's own domains want to know who approved them. */
function validateApproval({ metadata, spec }: CustomResourceDefinition): readonly FieldError[] {
  if (!/(?:^|\.)(?:k8s\.io|kubernetes\.io)$/.test(spec.group ?? '') || metadata.annotations?.[APPROVAL] !== undefined) return [];
  const text = `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`;
  return [required(`metadata.annotations[${APPROVAL}]`, text)];
}

function validateVersion(version: ResourceVersion, path: string, patterns: SeenPatterns): readonly FieldError[] {
  const schema = version.schema?.openAPIV3Schema;
  const at = `${path}.schema.openAPIV3Schema`;
  const errors: FieldError[] = schema === undefined ? [required(at, 'schemas are required')] : [];
  if (schema !== undefined) {
    if (schema.type !== undefined && schema.type !== 'object')
      errors.push(invalid(`${at}.type`, schema.type, 'must be object at the root'));
    const structural = [...validateStructural(schema, at, MISSING_AT_ROOT), ...validatePatterns(schema, at, patterns)];
    errors.push(...structural, ...(structural.length > 0 ? [] : validateRules(schema, at)));
    errors.push(...validateSelectableFields(version.selectableFields, schema, `${path}.selectableFields`));
  }
  (version.additionalPrinterColumns ?? []).forEach((column, index) => {
    const place = `${path}.additionalPrinterColumns[${index}]`;
    if ((column.name ?? '') === '') errors.push(required(`${place}.name`));
    if ((column.type ?? '') === '') errors.push(required(`${place}.type`, `must be one of ${COLUMN_TYPES.join(',')}`));
    else if (!COLUMN_TYPES.includes(column.type))
      errors.push(invalid(`${place}.type`, column.type, `must be one of ${COLUMN_TYPES.join(',')}`));
    if ((column.jsonPath ?? '') === '') errors.push(required(`${place}.JSONPath`));
  });
  const scale = version.subresources?.scale;
  if (scale !== undefined) {
    if (!(scale.specReplicasPath ?? '').startsWith('.spec.'))
      errors.push(
        invalid(`${path}.subresources.scale.specReplicasPath`, scale.specReplicasPath ?? '', 'should be a json path under .spec'),
      );
    if (!(scale.statusReplicasPath ?? '').startsWith('.status.'))
      errors.push(
        invalid(`${path}.subresources.scale.statusReplicasPath`, scale.statusReplicasPath ?? '', 'should be a json path under .status'),
      );
  }
  return errors;
}

const MISSING_AT_ROOT = 'must not be empty at the root';

/** Every field has a type, unless it is anything or a number or text. */
function validateStructural(schema: StructuralSchema, path: string, missing: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  const isFree = schema['x-kubernetes-preserve-unknown-fields'] === true || schema['x-kubernetes-int-or-string'] === true;
  if (schema.type === undefined) {
    if (!isFree) errors.push(required(`${path}.type`, missing));
  } else if (!TYPES.includes(schema.type)) errors.push(notSupported(`${path}.type`, schema.type, TYPES));
  if (schema.type === 'array' && schema.items === undefined) errors.push(required(`${path}.items`, 'must be specified'));
  if (schema.uniqueItems === true)
    errors.push(forbidden(`${path}.uniqueItems`, 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic'));
  const { additionalProperties } = schema;
  if (additionalProperties !== undefined) {
    const hasProperties = Object.keys(schema.properties ?? {}).length > 0;
    if (hasProperties && additionalProperties !== true)
      errors.push(forbidden(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'));
    if (missing === MISSING_AT_ROOT) errors.push(forbidden(`${path}.additionalProperties`, 'must not be used at the root'));
  }
  const listType = schema['x-kubernetes-list-type'];
  if (listType !== undefined && schema.type !== 'array')
    errors.push(invalid(`${path}.type`, schema.type ?? '', 'must be array if x-kubernetes-list-type is specified'));
  if (listType === 'map' && (schema['x-kubernetes-list-map-keys'] ?? []).length === 0)
    errors.push(required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map'));
  for (const [name, property] of Object.entries(schema.properties ?? {}))
    errors.push(...validateStructural(property, `${path}.properties[${name}]`, 'must not be empty for specified object fields'));
  if (schema.items !== undefined)
    errors.push(...validateStructural(schema.items, `${path}.items`, 'must not be empty for specified array items'));
  if (typeof schema.additionalProperties === 'object')
    errors.push(
      ...validateStructural(schema.additionalProperties, `${path}.additionalProperties`, 'must not be empty for specified object fields'),
    );
  return errors;
}
