// Why an object is as it is, in sentences, and what would change it: pure functions over the state, one file a group of situations. What has
// nothing to explain gets one finding that says how it is.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { getObject } from '../../apiserver/api.ts';
import { clusterKindByResource } from '../../apiserver/cluster-kinds.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Kind, resourceOf, storedResourceOf } from '../../kinds/kind.ts';
import type { Finding, Situation } from './finding.ts';
import { describeHealthy } from './healthy.ts';
import { explainDeletion } from './deletion.ts';
import { explainDisruption, explainTermination } from './pod-ending.ts';
import { explainReadiness } from './pod-readiness.ts';
import { explainRestarts } from './pod-restarts.ts';
import { explainScheduling } from './pod-scheduling.ts';
import { explainStartup } from './pod-startup.ts';

export type { Finding, Reference } from './finding.ts';

type AnySituation = Situation<KubeObject>;

function situations<T extends KubeObject>(...list: readonly Situation<T>[]): readonly AnySituation[] {
  return list as unknown as readonly AnySituation[];
}

/** By resource; each is asked in this order, and all of them speak. */
const SITUATIONS: Readonly<Record<string, readonly AnySituation[]>> = {
  pods: situations(explainDisruption, explainTermination, explainScheduling, explainStartup, explainRestarts, explainReadiness),
};

/** The object of a name, and what there is to say of it; undefined when there is none. */
export function explain(
  state: ClusterState,
  served: Kind,
  namespace: string | undefined,
  name: string,
): { readonly object: KubeObject; readonly findings: readonly Finding[] } | undefined {
  const kind = clusterKindByResource(state, storedResourceOf(served)) ?? served;
  const object = getObject(state, kind, namespace, name);
  return object === undefined ? undefined : { object, findings: explainObject(state, kind, object) };
}

/** What there is to say of an object, most important first; at least one finding. */
export function explainObject(state: ClusterState, kind: Kind, object: KubeObject): readonly Finding[] {
  const own = SITUATIONS[resourceOf(kind)] ?? [];
  const found = [explainDeletion, ...own].flatMap((situation) => situation(state, object));
  return found.length > 0 ? found : [describeHealthy(state, kind, object)];
}
