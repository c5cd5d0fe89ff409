// Bindings: a pod gets its node, by its subresource or by the older resource whose body names the pod (M4). Policies and webhooks judge them (U10).
// Upstream: pkg/registry/core/pod/storage/storage.go, pkg/apis/core/validation (ValidatePodBinding), v1.33.

import { aggregate, type FieldError, notSupported, required } from '../apimachinery/field-errors.ts';
import type { KubeObject } from '../apimachinery/meta.ts';
import { badRequest, conflict, CREATED, notFound, ok, plainFailure, type Status } from '../apimachinery/status.ts';
import { formatTime } from '../apimachinery/time.ts';
import { type Binding, bindingKind } from '../kinds/binding/index.ts';
import { podKind } from '../kinds/pod/index.ts';
import type { Pod } from '../kinds/pod/types.ts';
import type { Kind } from '../kinds/kind.ts';
import type { ClusterState } from '../kernel/state.ts';
import { getObject, writeObject } from './storage.ts';
import { type ApiRequest, refuse, type RequestOutcome } from './request-types.ts';
import { mutateByWebhooks } from './webhooks/index.ts';
import { draftObject } from './write/draft.ts';
import { judgeChange } from './write/judge.ts';
import { preconditionFailure } from './write/preconditions.ts';

const SUBRESOURCE = { ...bindingKind, plural: 'pods/binding' };

/** M4, K102: node, annotations and PodScheduled in one write. The kind is that of the resource that was asked: pods, or bindings. */
export function bindPod(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  const drafted = draftObject(bindingKind as Kind, request, request.body ?? null);
  if (!drafted.ok) return refuse(drafted.status);
  const warnings = [...drafted.warnings];
  const change = { operation: 'CREATE', objectKind: bindingKind, object: bindingOf(drafted.draft, request), oldObject: undefined } as const;
  const mutated = mutateByWebhooks(state, kind, request, change, warnings, ok);
  if (!mutated.ok) return refuse(mutated.status, warnings);
  const binding: Binding = mutated.value ?? change.object;
  const { name } = binding.metadata;
  // The body of the older resource says which pod it is about.
  const isOther = request.name !== undefined && request.name !== name;
  if (isOther) return refuse(badRequest('name in URL does not match name in Binding object'), warnings);
  const errors = validateBinding(binding);
  if (errors.length > 0) return refuse(plainFailure(aggregate(errors)), warnings);
  const denied = judgeChange(state, kind, request, { ...change, object: binding }, warnings);
  if (denied !== undefined) return refuse(denied, warnings);
  if (name === '') return refuse(badRequest('Name parameter required.'), warnings);
  const pod = getObject(state, podKind, request.namespace, name);
  if (pod === undefined) return refuse(notFound(podKind, name), warnings);
  const refusal = refuseAssignment(pod, binding);
  if (refusal !== undefined) return refuse(refusal, warnings);
  if (request.options.dryRun !== true) writeObject(state, podKind, boundPod(pod, binding, state.nowMs), { keepsGeneration: true });
  return { ok: true, code: 201, object: CREATED, warnings };
}

/** The Binding of a request; without a name it has none, as a Go type would. That of the older resource is new, so that a uid in it says nothing. */
function bindingOf(draft: KubeObject, { subresource }: ApiRequest): Binding {
  const { uid, ...metadata } = draft.metadata as Partial<KubeObject['metadata']>;
  const named = { name: '', ...metadata, ...(subresource === undefined || uid === undefined ? {} : { uid }) };
  return { ...draft, metadata: named } as Binding;
}

function validateBinding({ target: { kind = '', name = '' } = {} }: Binding): readonly FieldError[] {
  return [
    ...(kind === '' || kind === 'Node' ? [] : [notSupported('target.kind', kind, ['Node', '<empty>'])]),
    ...(name === '' ? [required('target.name')] : []),
  ];
}

/** Why a pod cannot be given to a node. */
function refuseAssignment(pod: Pod, { metadata: { uid, resourceVersion } }: Binding): Status | undefined {
  const { name, deletionTimestamp } = pod.metadata;
  const { nodeName = '', schedulingGates = [] } = pod.spec;
  const failed = preconditionFailure(podKind, pod, { uid, resourceVersion });
  if (failed !== undefined) return failed;
  if (deletionTimestamp !== undefined) return conflict(SUBRESOURCE, name, `pod ${name} is being deleted, cannot be assigned to a host`);
  if (nodeName !== '') return conflict(SUBRESOURCE, name, `pod ${name} is already assigned to node ${JSON.stringify(nodeName)}`);
  return schedulingGates.length === 0 ? undefined : conflict(SUBRESOURCE, name, `pod ${name} has non-empty .spec.schedulingGates`);
}

function boundPod(pod: Pod, binding: Binding, nowMs: number): Pod {
  const others = (pod.status.conditions ?? []).filter((condition) => condition.type !== 'PodScheduled');
  const scheduled = { type: 'PodScheduled', status: 'True' as const, lastProbeTime: null, lastTransitionTime: formatTime(nowMs) };
  const annotations = { ...pod.metadata.annotations, ...binding.metadata.annotations };
  return {
    ...pod,
    metadata: { ...pod.metadata, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { ...pod.spec, nodeName: binding.target?.name ?? '' },
    status: { ...pod.status, conditions: [...others, scheduled] },
  };
}
