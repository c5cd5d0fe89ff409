// Shapes that several kinds share. Upstream: meta/v1 LabelSelector, core/v1 PodTemplateSpec (v1.33).

import type { StringMap } from '../../apimachinery/meta.ts';
import type { PodSpec } from './pod-spec.ts';

export interface LabelSelectorRequirement {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

export interface LabelSelector {
  readonly matchLabels?: StringMap;
  readonly matchExpressions?: readonly LabelSelectorRequirement[];
}

export interface PodTemplateSpec {
  readonly metadata: {
    readonly creationTimestamp?: null;
    readonly labels?: StringMap;
    readonly annotations?: StringMap;
    readonly finalizers?: readonly string[];
  };
  readonly spec: PodSpec;
}
