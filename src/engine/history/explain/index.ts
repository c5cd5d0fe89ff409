// Why an object is as it is, in sentences, and what would change it: pure functions over the state, one file a group of situations. What has
// nothing to explain gets one finding that says how it is.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { getObject } from '../../apiserver/api.ts';
import { clusterKindByResource } from '../../apiserver/cluster-kinds.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { type Kind, resourceOf, storedResourceOf } from '../../kinds/kind.ts';
import { type Language, LANGUAGE_DEFAULT } from '../words/languages.ts';
import { explainAutoscaler } from './autoscalers.ts';
import { explainClaim } from './claims.ts';
import { explainDeletion } from './deletion.ts';
import { type Finding, findingInWords, type Situation, type Unsaid } from './finding.ts';
import { explainBudget, explainNamespace, explainNode, explainQuota } from './guards.ts';
import { describeHealthy } from './healthy.ts';
import { explainCronJob, explainJob } from './jobs.ts';
import { POD_SITUATIONS } from './pod.ts';
import { explainService } from './services.ts';
import { explainDaemonSet, explainDeployment, explainReplicaSet, explainStatefulSet } from './workloads.ts';

export type { Finding, Unsaid } from './finding.ts';

type AnySituation = Situation<KubeObject>;

function situations<T extends KubeObject>(...list: readonly Situation<T>[]): readonly AnySituation[] {
  return list as readonly AnySituation[];
}

/** By resource; each is asked in this order, and all of them speak. */
const SITUATIONS: Readonly<Record<string, readonly AnySituation[]>> = {
  pods: situations(...POD_SITUATIONS),
  'deployments.apps': situations(explainDeployment),
  'replicasets.apps': situations(explainReplicaSet),
  'statefulsets.apps': situations(explainStatefulSet),
  'daemonsets.apps': situations(explainDaemonSet),
  'jobs.batch': situations(explainJob),
  'cronjobs.batch': situations(explainCronJob),
  services: situations(explainService),
  persistentvolumeclaims: situations(explainClaim),
  'horizontalpodautoscalers.autoscaling': situations(explainAutoscaler),
  'poddisruptionbudgets.policy': situations(explainBudget),
  resourcequotas: situations(explainQuota),
  namespaces: situations(explainNamespace),
  nodes: situations(explainNode),
};

/** The object of a name, and what there is to say of it; undefined when there is none. */
export function explain(
  state: ClusterState,
  served: Kind,
  namespace: string | undefined,
  name: string,
  language: Language = LANGUAGE_DEFAULT,
): { readonly object: KubeObject; readonly findings: readonly Finding[] } | undefined {
  const kind = clusterKindByResource(state, storedResourceOf(served)) ?? served;
  const object = getObject(state, kind, namespace, name);
  return object === undefined ? undefined : { object, findings: explainObject(state, kind, object, language) };
}

/** What there is to say of an object, most important first; at least one finding. */
export function explainObject(
  state: ClusterState,
  kind: Kind,
  object: KubeObject,
  language: Language = LANGUAGE_DEFAULT,
): readonly Finding[] {
  return findingsOf(state, kind, object).map((finding) => findingInWords(finding, language));
}

/** The same, before it is put into words. */
export function findingsOf(state: ClusterState, kind: Kind, object: KubeObject): readonly Unsaid[] {
  const own = SITUATIONS[resourceOf(kind)] ?? [];
  const found = [explainDeletion, ...own].flatMap((situation) => situation(state, object));
  return found.length > 0 ? found : [describeHealthy(state, kind, object)];
}
