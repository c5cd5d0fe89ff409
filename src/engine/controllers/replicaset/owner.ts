// What a ReplicaSet and a ReplicationController have in common, and the few data in which they differ (C163).

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { Selector } from '../../apimachinery/labels.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { ReplicaSetStatus } from '../../kinds/replicaset/types.ts';
import type { PodTemplateSpec } from '../../kinds/shared/types.ts';

/** An object that keeps a number of pods. */
export interface ReplicaOwner extends KubeObject {
  readonly spec: {
    readonly replicas: number;
    readonly minReadySeconds?: number;
    readonly selector?: unknown;
    readonly template: PodTemplateSpec;
  };
  readonly status: ReplicaSetStatus;
}

/** One instance of the engine: which kind it serves and under which names. */
export interface ReplicaControllerData<T extends ReplicaOwner = ReplicaOwner> {
  /** Name of the component and of its queue. */
  readonly name: string;
  /** Name in Events (C021). */
  readonly eventComponent: string;
  readonly kind: Kind<T>;
  selectorOf(owner: T): Selector;
}
