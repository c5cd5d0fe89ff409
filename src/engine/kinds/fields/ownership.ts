// The field table as ownership of fields reads it: types whose values are owned as a whole, fields that Go keeps as structs of their own or writes when they are
// empty, and defaults of list keys (K4, K11).

import type { TypeTable } from '../../apimachinery/managed-fields/index.ts';
import { fieldsOf, isAtomicType, isStruct } from './index.ts';

/** Times that Go writes as null when they are not set: `omitempty` means nothing for a struct. */
const TIMES: readonly string[] = ['time', 'micro-time'];

export const OWNERSHIP_TYPES = {
  fields: fieldsOf,
  isAtomic: isAtomicType,
  isPlainStruct(type, name) {
    const field = fieldsOf(type)?.get(name);
    return field !== undefined && isStruct(field);
  },
  isAlwaysWritten(type, name) {
    const field = fieldsOf(type)?.get(name);
    if (field === undefined || field.numbers.length === 0) return false;
    return !field.omitsEmpty || (TIMES.includes(field.type) && !field.isPointer);
  },
  keyDefault: (itemType, key) => fieldsOf(itemType)?.get(key)?.defaultValue,
} satisfies TypeTable;
