// Types of CustomResourceDefinitions. Upstream: apiextensions-apiserver/pkg/apis/apiextensions/v1/types.go (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { StructuralSchema } from '../shared/structural-schema.ts';
import type { WebhookClient } from '../shared/webhook-client.ts';

export interface ResourceNames {
  readonly plural: string;
  readonly singular?: string;
  readonly shortNames?: readonly string[];
  readonly kind: string;
  readonly listKind?: string;
  readonly categories?: readonly string[];
}

export interface PrinterColumn {
  readonly name: string;
  readonly type: string;
  readonly format?: string;
  readonly description?: string;
  readonly priority?: number;
  readonly jsonPath: string;
}

export interface ScalePaths {
  readonly specReplicasPath: string;
  readonly statusReplicasPath: string;
  readonly labelSelectorPath?: string;
}

/** A field that selectors may name. */
export interface SelectableField {
  readonly jsonPath: string;
}

export interface ResourceVersion {
  readonly name: string;
  readonly served: boolean;
  readonly storage: boolean;
  readonly deprecated?: boolean;
  readonly deprecationWarning?: string;
  readonly schema?: { readonly openAPIV3Schema?: StructuralSchema };
  readonly subresources?: { readonly status?: object; readonly scale?: ScalePaths };
  readonly additionalPrinterColumns?: readonly PrinterColumn[];
  readonly selectableFields?: readonly SelectableField[];
}

/** How objects become those of another version (O15). */
export interface DefinitionConversion {
  /** `None` or `Webhook`. */
  readonly strategy: string;
  readonly webhook?: { readonly clientConfig?: WebhookClient; readonly conversionReviewVersions?: readonly string[] };
}

export interface DefinitionCondition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly names: ResourceNames;
    readonly scope: string;
    readonly versions: readonly ResourceVersion[];
    readonly conversion?: DefinitionConversion;
    readonly preserveUnknownFields?: boolean;
  };
  readonly status: {
    readonly conditions: readonly DefinitionCondition[] | null;
    readonly acceptedNames: ResourceNames;
    readonly storedVersions?: readonly string[];
  };
}

/** Waits until the instances of a deleted definition are gone. */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** Whether a condition holds. */
export function isConditionTrue({ status }: CustomResourceDefinition, type: string): boolean {
  return (status.conditions ?? []).some((condition) => condition.type === type && condition.status === 'True');
}

/** The conditions with one set; its time is kept while its status is the same. */
export function withCondition(
  conditions: readonly DefinitionCondition[] | null,
  condition: Omit<DefinitionCondition, 'lastTransitionTime'>,
  now: string,
): readonly DefinitionCondition[] {
  const { type, status, reason, message } = condition;
  const before = (conditions ?? []).find((item) => item.type === type);
  const lastTransitionTime = before?.status === status ? (before.lastTransitionTime ?? now) : now;
  const next: DefinitionCondition = {
    type,
    status,
    lastTransitionTime,
    ...(reason === undefined ? {} : { reason }),
    ...(message === undefined ? {} : { message }),
  };
  return before === undefined ? [...(conditions ?? []), next] : (conditions ?? []).map((item) => (item === before ? next : item));
}
