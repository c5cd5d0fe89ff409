// Deletions that clients ask for: of one object, and of all that a collection has.
// Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, endpoints/handlers/delete.go (v1.33). Rules: L1-L13.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { deletedStatus, forbiddenObject, notFound, ok, type Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Steps } from '../../kernel/steps.ts';
import { apiVersionOf, type Kind } from '../../kinds/kind.ts';
import { deleteObject, getObject } from '../api.ts';
import type { DeleteOptions } from './deletion.ts';
import { shownAgain, storedKind } from './exchanged.ts';
import { selectForDeletion } from '../read/collection.ts';
import { judgeChange } from './judge.ts';
import { type ApiRequest, refuse, type RequestOptions, type RequestOutcome } from '../request-types.ts';
import { mutateByWebhooks } from '../webhooks/index.ts';

/** A DELETE: grace, finalizers, propagation (L1-L9). */
export function remove(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  const { name = '', namespace } = request;
  const protection = kind.protection?.(name);
  if (protection !== undefined) return refuse(forbiddenObject(kind, name, protection));
  const present = getObject(state, kind, namespace, name);
  if (present === undefined) return refuse(notFound(kind, name));
  const warnings = [...propagationWarnings(kind, request.options)];
  const denied = judgeDeletion(state, kind, request, present, warnings);
  if (denied !== undefined) return refuse(denied, warnings);
  const deleted = deleteObject(state, storedKind(kind), namespace, name, deleteOptionsOf(request.options));
  if (!deleted.ok) return refuse(deleted.status);
  const isGone = request.options.dryRun === true ? false : getObject(state, kind, namespace, name)?.metadata.uid !== present.metadata.uid;
  const object =
    isGone && kind.returnsDeletedObject !== true
      ? deletedStatus(kind, name, present.metadata.uid)
      : shownAgain(kind, deleted.value, present);
  return { ok: true, code: 200, object, warnings };
}

/** Kinds whose dependents stay by default say so (C329). */
function propagationWarnings(kind: Kind, options: RequestOptions): readonly string[] {
  const { defaultPropagationWarning } = kind;
  return defaultPropagationWarning === undefined || options.propagationPolicy !== undefined ? [] : [defaultPropagationWarning];
}

function deleteOptionsOf(options: RequestOptions): DeleteOptions {
  const { gracePeriodSeconds, propagationPolicy, preconditions, dryRun } = options;
  return {
    ...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
    ...(propagationPolicy === undefined ? {} : { propagationPolicy }),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(dryRun === undefined ? {} : { dryRun }),
  };
}

/** A DELETE of a collection: each that is selected goes as if it were named (L10), one a step. */
export function* removeCollection(state: ClusterState, kind: Kind, request: ApiRequest): Steps<RequestOutcome> {
  const selected = selectForDeletion(state, kind, request.namespace, request.options);
  if (!selected.ok) return refuse(selected.status);
  const kept = selected.value.find((object) => kind.protection?.(object.metadata.name) !== undefined)?.metadata.name;
  if (kept !== undefined) return refuse(forbiddenObject(kind, kept, kind.protection?.(kept) ?? ''));
  const warnings = [...propagationWarnings(kind, request.options)];
  for (const object of selected.value) {
    const named = { ...request, name: object.metadata.name };
    const denied = judgeDeletion(state, kind, named, object, warnings);
    if (denied !== undefined) return refuse(denied, warnings);
    yield;
  }
  const items: object[] = [];
  for (const object of selected.value) {
    const { namespace, name } = object.metadata;
    const deleted = deleteObject(state, storedKind(kind), namespace, name, deleteOptionsOf(request.options));
    const { kind: _kind, apiVersion: _version, ...item } = deleted.ok ? shownAgain(kind, deleted.value, object) : object;
    items.push(item);
    yield;
  }
  const list = { kind: `${kind.kind}List`, apiVersion: apiVersionOf(kind), metadata: { resourceVersion: String(state.revision) }, items };
  return { ok: true, code: 200, object: list as unknown as KubeObject, warnings };
}

/** The same for a deletion, of which webhooks that change objects are told, too. */
function judgeDeletion(
  state: ClusterState,
  kind: Kind,
  request: ApiRequest,
  oldObject: KubeObject,
  warnings: string[],
): Status | undefined {
  const change = { operation: 'DELETE', object: undefined, oldObject } as const;
  const told = mutateByWebhooks(state, kind, request, change, warnings, ok);
  return told.ok ? judgeChange(state, kind, request, change, warnings) : told.status;
}
