// Reading a map that a client filled: names such as `constructor` are keys like any other.

import type { StringMap } from '../../apimachinery/meta.ts';

/** The value of a key, or undefined. */
export function ownValue(map: StringMap | undefined, key: string): string | undefined {
  return map !== undefined && Object.hasOwn(map, key) ? map[key] : undefined;
}
