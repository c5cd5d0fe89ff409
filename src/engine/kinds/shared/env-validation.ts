// Validation of the environment of a container. Upstream: pkg/apis/core/validation/validation.go ValidateEnv, ValidateEnvFrom (v1.33). Rule: P4.

import { type FieldError, invalid, required } from '../../apimachinery/field-errors.ts';
import { configKeyProblems, envNameProblems, subdomainProblems } from '../../apimachinery/names.ts';
import { eachItem, type Fields, invalidFor } from './field-checks.ts';
import { ENV_FIELD_PATHS, validateFieldRef, validateResourceRef } from './field-ref-validation.ts';
import type { Container, EnvVar } from './pod-spec.ts';

const TOO_MANY = 'may not have more than one field specified at a time';

export function validateEnv(variables: readonly EnvVar[] | undefined, path: string): FieldError[] {
  return eachItem(variables, path, (variable, at) => {
    const { name = '' } = variable;
    return [
      ...(name === '' ? [required(`${at}.name`)] : invalidFor(`${at}.name`, name, envNameProblems(name))),
      ...validateValueFrom(variable, `${at}.valueFrom`),
    ];
  });
}

function validateValueFrom({ value = '', valueFrom }: EnvVar, path: string): FieldError[] {
  if (valueFrom === undefined) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = valueFrom as Readonly<Record<string, Fields | undefined>>;
  const count = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef].filter((source) => source !== undefined).length;
  const errors = [
    ...(fieldRef === undefined ? [] : validateFieldRef(fieldRef, ENV_FIELD_PATHS, `${path}.fieldRef`)),
    ...(resourceFieldRef === undefined ? [] : validateResourceRef(resourceFieldRef, `${path}.resourceFieldRef`, false)),
    ...(configMapKeyRef === undefined ? [] : validateKeyRef(configMapKeyRef, `${path}.configMapKeyRef`)),
    ...(secretKeyRef === undefined ? [] : validateKeyRef(secretKeyRef, `${path}.secretKeyRef`)),
  ];
  if (count === 0)
    return [...errors, invalid(path, '', 'must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`')];
  if (value !== '') return [...errors, invalid(path, '', 'may not be specified when `value` is not empty')];
  return count > 1 ? [...errors, invalid(path, '', TOO_MANY)] : errors;
}

function validateKeyRef(reference: Fields, path: string): FieldError[] {
  const { name = '', key = '' } = reference as { readonly name?: string; readonly key?: string };
  return [
    ...invalidFor(`${path}.name`, name, subdomainProblems(name)),
    ...(key === '' ? [required(`${path}.key`)] : invalidFor(`${path}.key`, key, configKeyProblems(key))),
  ];
}

export function validateEnvFrom(sources: Container['envFrom'], path: string): FieldError[] {
  return eachItem(sources, path, (source, at) => {
    const { prefix = '', configMapRef, secretRef } = source as { readonly prefix?: string; configMapRef?: Fields; secretRef?: Fields };
    const errors = [
      ...(prefix === '' ? [] : invalidFor(`${at}.prefix`, prefix, envNameProblems(prefix))),
      ...validateName(configMapRef, `${at}.configMapRef`),
      ...validateName(secretRef, `${at}.secretRef`),
    ];
    if (configMapRef !== undefined && secretRef !== undefined) return [...errors, invalid(path, '', TOO_MANY)];
    if (configMapRef !== undefined || secretRef !== undefined) return errors;
    return [...errors, invalid(path, '', 'must specify one of: `configMapRef` or `secretRef`')];
  });
}

/** Names of sources may end with a hyphen, as if they were prefixes of names. */
function validateName(reference: Fields | undefined, path: string): FieldError[] {
  if (reference === undefined) return [];
  const { name = '' } = reference as { readonly name?: string };
  if (name === '') return [required(`${path}.name`)];
  return invalidFor(`${path}.name`, name, subdomainProblems(name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name));
}
