// The fields of a custom resource that field selectors may name.
// Upstream: apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go ValidateCustomResourceSelectableFields (v1.33). Rule: G5.

import { duplicate, type FieldError, invalid, required, tooMany } from '../../apimachinery/field-errors.ts';
import type { StructuralSchema } from '../shared/structural-schema.ts';
import { schemaAt } from './rule-validation.ts';
import type { SelectableField } from './types.ts';

const FIELDS_MAX = 8;
const TYPES = ['string', 'boolean', 'integer'];

/** Errors of the selectable fields of a version. */
export function validateSelectableFields(
  fields: readonly SelectableField[] = [],
  schema: StructuralSchema,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  fields.forEach(({ jsonPath = '' }, index) => {
    const at = `${path}[${index}].jsonPath`;
    if (jsonPath === '') {
      errors.push(required(at));
      return;
    }
    if (!jsonPath.startsWith('.')) {
      errors.push(invalid(at, jsonPath, 'must be a simple json path starting with .'));
      return;
    }
    if (jsonPath.includes('[')) {
      errors.push(invalid(at, jsonPath, 'is an invalid path: array notation is not allowed'));
      return;
    }
    if (seen.has(jsonPath)) errors.push(duplicate(at, jsonPath));
    seen.add(jsonPath);
    if (jsonPath.startsWith('.metadata')) {
      errors.push(invalid(at, jsonPath, 'must not point to fields in metadata'));
      return;
    }
    const found = schemaAt(schema, jsonPath);
    if (found === undefined) errors.push(invalid(at, jsonPath, 'is an invalid path: does not refer to a valid field'));
    else if (!TYPES.includes(found.type ?? ''))
      errors.push(
        invalid(
          at,
          jsonPath,
          'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
        ),
      );
  });
  return fields.length > FIELDS_MAX ? [tooMany(path, fields.length, FIELDS_MAX), ...errors] : errors;
}
