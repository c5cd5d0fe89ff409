// The kind Secret. Upstream: pkg/registry/core/secret/strategy.go, pkg/apis/core/v1/conversion.go (v1.33). Rules: O13, P10, I9, N8, G5.

import { encodeBase64 } from '../../apimachinery/base64.ts';
import type { Draft, Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import type { Secret } from './types.ts';
import { validateSecret, validateSecretUpdate } from './validation.ts';

export const secretKind: Kind<Secret> = {
  group: '',
  version: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  singular: 'secret',
  shortNames: [],
  categories: [],
  namespaced: true,
  schema: 'core.v1.Secret',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  applyDefaults(draft) {
    mergeStringData(draft);
    draft.type ||= 'Opaque';
  },
  validate: validateSecret,
  validateUpdate: validateSecretUpdate,
  selectableFields: (secret) => ({ type: secret.type ?? '' }),
  columns: [NAME_COLUMN, column('Type'), column('Data'), AGE_COLUMN],
  cells: (secret, nowMs) => [secret.metadata.name, secret.type ?? '', Object.keys(secret.data ?? {}).length, ageOf(secret, nowMs)],
};

/** O13: `stringData` wins over `data` and is never stored. */
function mergeStringData(draft: Draft<Secret>): void {
  const { stringData } = draft;
  delete draft.stringData;
  if (stringData === undefined || Object.keys(stringData).length === 0) return;
  const encoded = Object.entries(stringData).map(([key, text]) => [key, encodeBase64(text)] as const);
  draft.data = { ...draft.data, ...Object.fromEntries(encoded) };
}
