// Field selectors: `f=v`, `f==v`, `f!=v`, joined by commas. Values are compared as strings; an absent field is the empty one.
// Upstream: apimachinery/pkg/fields/selector.go (v1.33). Rules G5, C1020-C1024.

import type { KubeObject } from './meta.ts';

export interface FieldRequirement {
  readonly field: string;
  readonly operator: '=' | '!=';
  readonly value: string;
}

export type FieldSelector = readonly FieldRequirement[];

export type ParsedFieldSelector = { readonly ok: true; readonly value: FieldSelector } | { readonly ok: false; readonly error: string };

const OPERATORS = ['!=', '==', '='] as const;

/** Parses a field selector; the error is the text of the 400 Status. */
export function parseFieldSelector(text: string): ParsedFieldSelector {
  const requirements: FieldRequirement[] = [];
  for (const term of splitTerms(text)) {
    if (term === '') continue;
    const split = splitTerm(term);
    if (split === undefined)
      return {
        ok: false,
        error: `invalid selector: '${text}'; can't understand '${term}'`,
      };
    const value = unescapeValue(split.value);
    if (!value.ok) return value;
    requirements.push({
      field: split.field,
      operator: split.operator,
      value: value.value,
    });
  }
  return { ok: true, value: requirements };
}

/** Cuts at commas that no backslash escapes. */
function splitTerms(text: string): string[] {
  const terms: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === '\\') i += 1;
    else if (text[i] === ',') {
      terms.push(text.slice(start, i));
      start = i + 1;
    }
  }
  terms.push(text.slice(start));
  return terms;
}

function splitTerm(term: string): FieldRequirement | undefined {
  for (let i = 0; i < term.length; i += 1) {
    const operator = OPERATORS.find((candidate) => term.startsWith(candidate, i));
    if (operator === undefined) continue;
    return {
      field: term.slice(0, i),
      operator: operator === '!=' ? '!=' : '=',
      value: term.slice(i + operator.length),
    };
  }
  return undefined;
}

function unescapeValue(text: string): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly error: string } {
  let value = '';
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] as string;
    if (character === '\\') {
      const next = text[i + 1] ?? '';
      if (next === '' || !'\\,='.includes(next))
        return {
          ok: false,
          error: `invalid field selector: invalid escape sequence: \\${next}`,
        };
      value += next;
      i += 1;
    } else if (character === '=' || character === ',') {
      // Upstream prints the character's number here.
      return {
        ok: false,
        error: `invalid field selector: unescaped character in value: ${character.charCodeAt(0)}`,
      };
    } else {
      value += character;
    }
  }
  return { ok: true, value };
}

/**
 * The text of the 400 Status when the selector names a field that the kind does not offer. `labels` are the kind's own fields; undefined
 * for kinds that offer only name and namespace (C1021).
 */
export function unsupportedField(selector: FieldSelector, labels: readonly string[] | undefined): string | undefined {
  for (const { field } of selector) {
    if (field === 'metadata.name' || field === 'metadata.namespace' || labels?.includes(field) === true) continue;
    return labels === undefined
      ? `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${field}`;
  }
  return undefined;
}

/** True when the object meets every requirement; `values` are the kind's own selectable fields. */
export function matchesFields(selector: FieldSelector, object: KubeObject, values: Readonly<Record<string, string>> | undefined): boolean {
  return selector.every(({ field, operator, value }) => (fieldOf(object, values, field) === value) === (operator === '='));
}

function fieldOf(object: KubeObject, values: Readonly<Record<string, string>> | undefined, field: string): string {
  if (field === 'metadata.name') return object.metadata.name;
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  return values?.[field] ?? '';
}

/** The value that `field` must have, when the selector says so with `=`. */
export function requiredFieldValue(selector: FieldSelector, field: string): string | undefined {
  return selector.find((requirement) => requirement.field === field && requirement.operator === '=')?.value;
}
