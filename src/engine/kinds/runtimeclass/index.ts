// The kind RuntimeClass. Upstream: pkg/registry/node/runtimeclass/strategy.go, pkg/apis/node/validation/validation.go, printers.go
// printRuntimeClass (v1.33). Rules: I9, N8, P1. All pods run alike here, whatever their class.
// What a class does to new pods is in apiserver/admission/runtime-class.ts.

import { invalid } from '../../apimachinery/field-errors.ts';
import type { KubeObject, StringMap } from '../../apimachinery/meta.ts';
import { labelProblems } from '../../apimachinery/names.ts';
import type { Kind } from '../kind.ts';
import { AGE_COLUMN, ageOf, column, NAME_COLUMN } from '../shared/columns.ts';
import { warnAboutNodeLabels } from '../shared/node-label-warnings.ts';
import type { Toleration } from '../shared/pod-spec.ts';

export interface RuntimeClass extends KubeObject {
  readonly handler?: string;
  readonly overhead?: { readonly podFixed?: StringMap };
  readonly scheduling?: { readonly nodeSelector?: StringMap; readonly tolerations?: readonly Toleration[] };
}

export const runtimeClassKind: Kind<RuntimeClass> = {
  group: 'node.k8s.io',
  version: 'v1',
  kind: 'RuntimeClass',
  plural: 'runtimeclasses',
  singular: 'runtimeclass',
  shortNames: [],
  categories: [],
  namespaced: false,
  schema: 'node.v1.RuntimeClass',
  nameFormat: 'subdomain',
  generation: 'none',
  hasStatus: false,
  applyDefaults: () => {},
  validate: ({ handler = '' }) => labelProblems(handler).map((problem) => invalid('handler', handler, problem)),
  validateUpdate: ({ handler = '' }, previous) => (handler === previous.handler ? [] : [invalid('handler', handler, 'field is immutable')]),
  warnings: ({ scheduling }) => warnAboutNodeLabels(scheduling?.nodeSelector, () => 'scheduling.nodeSelector'),
  columns: [NAME_COLUMN, column('Handler'), AGE_COLUMN],
  cells: (object, nowMs) => [object.metadata.name, object.handler ?? '', ageOf(object, nowMs)],
};
