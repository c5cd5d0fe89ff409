// The shape of a ValidatingAdmissionPolicy. Upstream: staging/src/k8s.io/api/admissionregistration/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { MatchCondition, MatchResources } from '../shared/admission-match.ts';

export interface Validation {
  readonly expression: string;
  readonly message?: string;
  readonly messageExpression?: string;
  readonly reason?: string;
}

export interface AuditAnnotation {
  readonly key: string;
  readonly valueExpression: string;
}

export interface ValidatingAdmissionPolicy extends KubeObject {
  readonly spec: {
    readonly paramKind?: { readonly apiVersion?: string; readonly kind?: string };
    readonly matchConstraints?: MatchResources;
    readonly validations?: readonly Validation[];
    readonly failurePolicy?: string;
    readonly auditAnnotations?: readonly AuditAnnotation[];
    readonly matchConditions?: readonly MatchCondition[];
    readonly variables?: readonly { readonly name: string; readonly expression: string }[];
  };
  readonly status: {
    readonly observedGeneration?: number;
    readonly typeChecking?: object;
    readonly conditions?: readonly object[];
  };
}
