// Small checks that validation of many fields is made of. Upstream: pkg/apis/core/validation/validation.go (v1.33). Rules: P4, P5.

import { type FieldError, invalid, notSupported, required } from '../../apimachinery/field-errors.ts';
import { labelValueProblems, qualifiedNameProblems } from '../../apimachinery/names.ts';

/** A part of a manifest that no type describes. */
export type Fields = Readonly<Record<string, unknown>>;

/** One error for each thing that is wrong with a value. */
export function invalidFor(field: string, value: string | number, problems: readonly string[]): FieldError[] {
  return problems.map((problem) => invalid(field, value, problem));
}

/** The errors of the items of a list, each with its own path. */
export function eachItem<T>(
  items: readonly T[] | undefined,
  path: string,
  check: (item: T, at: string, index: number) => readonly FieldError[],
): FieldError[] {
  return (items ?? []).flatMap((item, index) => check(item, `${path}[${index}]`, index));
}

/** Members that must not be empty. */
export function requireMembers(fields: Fields, path: string, ...members: readonly string[]): FieldError[] {
  return members.filter((member) => (fields[member] ?? '') === '').map((member) => required(`${path}.${member}`));
}

export function checkChoice(field: string, value: string | undefined, choices: readonly string[]): FieldError[] {
  return value === undefined || choices.includes(value) ? [] : [notSupported(field, value, choices)];
}

/** A choice that the defaults fill in, so that only the empty text is none. */
export function requireChoice(field: string, value: string | undefined, choices: readonly string[]): FieldError[] {
  return (value ?? '') === '' ? [required(field)] : checkChoice(field, value, choices);
}

export function checkRange(field: string, value: number | undefined, min: number, max: number): FieldError[] {
  return value === undefined || (value >= min && value <= max)
    ? []
    : [invalid(field, value, `must be between ${min} and ${max}, inclusive`)];
}

const MODE_MAX = 0o777;

/** Permission bits of a file. */
export function checkMode(field: string, mode: unknown): FieldError[] {
  if (typeof mode !== 'number' || (mode >= 0 && mode <= MODE_MAX)) return [];
  return [invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive')];
}

/** A path that leads down from where it begins. */
export function checkDescendingPath(field: string, path: string): FieldError[] {
  const errors = path.startsWith('/') ? [invalid(field, path, 'must be a relative path')] : [];
  return [...errors, ...checkBacksteps(field, path)];
}

export function checkBacksteps(field: string, path: string): FieldError[] {
  return path.split('/').includes('..') ? [invalid(field, path, "must not contain '..'")] : [];
}

/** A descending path that is none of those which the kubelet keeps for itself. */
export function checkFreePath(field: string, path: string): FieldError[] {
  const isReserved = path.startsWith('..') && !path.startsWith('../');
  return [...checkDescendingPath(field, path), ...(isReserved ? [invalid(field, path, "must not start with '..'")] : [])];
}

/** Keys and values of labels. */
export function checkLabels(field: string, labels: Readonly<Record<string, string>> | undefined): FieldError[] {
  return Object.entries(labels ?? {}).flatMap(([key, value]) => [
    ...invalidFor(field, key, qualifiedNameProblems(key)),
    ...invalidFor(field, value, labelValueProblems(value)),
  ]);
}

/** A list of texts in Go syntax (E4). */
export function goTexts(texts: readonly string[]): string {
  return `[]string{${texts.map((text) => JSON.stringify(text)).join(', ')}}`;
}

/** A pointer in Go syntax. Deviation: upstream prints the address, which differs from run to run; here it is always the same. */
export function goPointer(type: string, value: unknown): string {
  return value === undefined ? `(*${type})(nil)` : `(*${type})(0xc000000000)`;
}
