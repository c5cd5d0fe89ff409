// The shape of a FlowSchema. Upstream: staging/src/k8s.io/api/flowcontrol/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { FlowCondition, FlowSchemaSpec } from '../shared/flow-control.ts';

export interface FlowSchema extends KubeObject {
  readonly spec: FlowSchemaSpec;
  readonly status: { readonly conditions?: readonly FlowCondition[] };
}
