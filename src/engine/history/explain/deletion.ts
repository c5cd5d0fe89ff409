// Objects that are deleted and still there: which finalizers keep them, and whose turn it is.
// Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, pkg/controller/{garbagecollector,volume} (v1.33).

import type { KubeObject } from '../../apimachinery/meta.ts';
import { listByTerm } from '../../apiserver/api.ts';
import { clusterKindByGvk } from '../../apiserver/cluster-kinds.ts';
import { EXPLANATION_REFERENCES_MAX } from '../../kernel/limits.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { KINDS } from '../../kinds/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { claimTerm } from '../../kinds/shared/pod-sources.ts';
import { type Message, say } from '../words/message.ts';
import { NOTHING, page, type Reference, refer, type Unsaid } from './finding.ts';

/** Why a deleted object stays. */
export function explainDeletion(state: ClusterState, object: KubeObject): readonly Unsaid[] {
  const { deletionTimestamp, finalizers = [] } = object.metadata;
  const kind = clusterKindByGvk(state, object.apiVersion, object.kind);
  if (deletionTimestamp === undefined || kind === undefined) return NOTHING;
  return finalizers.map((finalizer): Unsaid => {
    const turn = turnOf(state, object, finalizer);
    return {
      code: turn.code,
      sentence: say('keptByFinalizer', { since: deletionTimestamp, finalizer, turn: turn.text }),
      because: [refer(kind, object, 'metadata.finalizers', finalizer), ...turn.because],
      wouldChange: turn.wouldChange,
      documentation: page('concepts/overview/working-with-objects/finalizers/'),
    };
  });
}

interface Turn {
  readonly code: string;
  readonly text: Message;
  readonly because: readonly Reference[];
  readonly wouldChange: Message;
}

function turnOf(state: ClusterState, object: KubeObject, finalizer: string): Turn {
  if (finalizer === 'foregroundDeletion') {
    const { uid } = object.metadata;
    const dependents = KINDS.flatMap((kind) =>
      listByTerm(state, kind, `owner:${uid}`)
        .filter((item) => isBlocking(item, uid))
        .map((item) => ({ kind, item })),
    );
    const names = dependents.map(({ kind, item }) => `${kind.plural}/${item.metadata.name}`);
    return {
      code: 'waits-for-dependents',
      text: names.length === 0 ? say('collectorAboutToRemove') : say('collectorWaits', { names }),
      because: dependents.slice(0, EXPLANATION_REFERENCES_MAX).map(({ kind, item }) => refer(kind, item, 'metadata.ownerReferences')),
      wouldChange: names[0] === undefined ? say('letTimePass') : say('explainWhatKeeps', { name: names[0] }),
    };
  }
  if (finalizer === 'kubernetes.io/pvc-protection') {
    const users = listByTerm(state, podKind, claimTerm(object.metadata.namespace ?? '', object.metadata.name));
    return {
      code: 'claim-in-use',
      text:
        users.length === 0
          ? say('controllerAboutToRemove')
          : say('claimInUse', { pods: users.map(({ metadata }) => `pods/${metadata.name}`) }),
      because: users.slice(0, EXPLANATION_REFERENCES_MAX).map((pod) => refer(podKind, pod, 'spec.volumes')),
      wouldChange: say(users.length === 0 ? 'letTimePass' : 'deleteUsers'),
    };
  }
  return {
    code: 'finalizer',
    text: say('ownerRemovesFinalizer'),
    because: [],
    wouldChange: say('runFinalizer'),
  };
}

function isBlocking({ metadata }: KubeObject, ownerUid: string): boolean {
  return (metadata.ownerReferences ?? []).some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true);
}
