// The kind ConfigMap. Upstream: pkg/registry/core/configmap/strategy.go (v1.33). Rules: N8, P10, I9.

import { duplicate, type FieldError, forbidden, invalid } from '../../apimachinery/field-errors.ts';
import { isJsonEqual, type KubeObject, type StringMap } from '../../apimachinery/meta.ts';
import { configKeyProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';

export interface ConfigMap extends KubeObject {
  readonly data?: StringMap;
  readonly binaryData?: StringMap;
  readonly immutable?: boolean;
}

export const configMapKind: Kind<ConfigMap> = {
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  plural: 'configmaps',
  singular: 'configmap',
  shortNames: ['cm'],
  categories: [],
  namespaced: true,
  schema: 'core.v1.ConfigMap',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  applyDefaults: () => {},
  validate(map) {
    const errors: FieldError[] = [];
    for (const field of ['data', 'binaryData'] as const) {
      for (const key of Object.keys(map[field] ?? {})) {
        for (const problem of configKeyProblems(key)) errors.push(invalid(`${field}[${key}]`, key, problem));
        if (field === 'binaryData' && map.data?.[key] !== undefined) errors.push(duplicate(`data[${key}]`, key));
      }
    }
    return errors;
  },
  validateUpdate(map, previous) {
    if (previous.immutable !== true) return [];
    const text = 'field is immutable when `immutable` is set';
    return [
      ...(map.immutable === true ? [] : [forbidden('immutable', text)]),
      ...(isJsonEqual(map.data, previous.data) ? [] : [forbidden('data', text)]),
      ...(isJsonEqual(map.binaryData, previous.binaryData) ? [] : [forbidden('binaryData', text)]),
    ];
  },
  columns: [NAME_COLUMN, column('Data'), AGE_COLUMN],
  cells: (map, nowMs) => [
    map.metadata.name,
    Object.keys(map.data ?? {}).length + Object.keys(map.binaryData ?? {}).length,
    ageOf(map, nowMs),
  ],
};
