// Client requests: who carries out which write of the Kubernetes API (write/). A request that fails leaves no trace, not even in the random streams.
// Upstream: staging/src/k8s.io/apiserver/pkg/registry/generic/registry/store.go, endpoints/handlers (v1.33). Rules: I1-I9, J1, L1-L13, M1-M4.

import { isJsonObject, type Json } from '../apimachinery/meta.ts';
import { methodNotAllowed, ok, resourceNotFound } from '../apimachinery/status.ts';
import type { Kind } from '../kinds/kind.ts';
import { bindingKind } from '../kinds/binding/index.ts';
import { markRandom, restoreRandom } from '../kernel/random.ts';
import type { ClusterState } from '../kernel/state.ts';
import { finish, type Steps } from '../kernel/steps.ts';
import { admitNamespace } from './admission/index.ts';
import { requestToken, TOKEN_IDS } from './authentication/token-request.ts';
import { bindPod } from './binding.ts';
import { clusterKindByResource } from './cluster-kinds.ts';
import { connect } from './connect.ts';
import { requestConverted } from './conversion.ts';
import { type ApiRequest, refuse, type RequestOutcome } from './request-types.ts';
import { writeScale } from './subresources.ts';
import { asksOf } from './webhooks/calls.ts';
import { mutateByWebhooks } from './webhooks/index.ts';
import { create } from './write/create.ts';
import { evictPod } from './write/eviction.ts';
import { exchangedKind } from './write/exchange.ts';
import { judgeChange } from './write/judge.ts';
import { patch } from './write/patch-request.ts';
import { removeCollection, remove } from './write/remove.ts';
import { update } from './write/update.ts';

/** Handles one write. */
export function handleRequest(state: ClusterState, request: ApiRequest): RequestOutcome {
  return finish(requestSteps(state, request));
}

/** The same in steps, where it is about many objects; in between nobody may read or write the state. */
export function* requestSteps(state: ClusterState, request: ApiRequest): Steps<RequestOutcome> {
  const found = clusterKindByResource(state, request.resource, request.version);
  if (found === undefined) return refuse(resourceNotFound());
  const ready = exchangedKind(state, found, request);
  if (!ready.ok) return asking(refuse(ready.status));
  const kind = ready.value;
  const generateName = readName(request.body, 'generateName');
  const purposes = ['uids', TOKEN_IDS, 'volume-names', `names:${request.namespace ?? ''}/${generateName}`];
  const mark = markRandom(state, purposes);
  const isOfMany = request.verb === 'deletecollection' && kind.conversion === undefined && !lacksVerb(kind, request);
  const outcome = isOfMany ? yield* removeCollection(state, kind, request) : dispatch(state, kind, request);
  if (!outcome.ok || request.options.dryRun === true) restoreRandom(state, mark);
  return asking(outcome);
}

/** A refusal for now says what must be asked. */
function asking(outcome: RequestOutcome): RequestOutcome {
  const asks = outcome.ok ? undefined : asksOf(outcome.status);
  return outcome.ok || asks === undefined ? outcome : { ...outcome, asks };
}

function dispatch(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  if (lacksVerb(kind, request)) return refuse(methodNotAllowed());
  if (kind.conversion !== undefined) return requestConverted(state, kind, kind.conversion, request, dispatch);
  switch (request.verb) {
    case 'connect':
      return connect(state, kind, request);
    case 'create':
      return kind === bindingKind || request.subresource !== undefined
        ? createUnstored(state, kind, request)
        : create(state, kind, request);
    case 'update':
      return request.subresource === 'scale' ? writeScale(state, kind, request) : update(state, kind, request);
    case 'patch':
      return patch(state, kind, request);
    case 'delete':
      return remove(state, kind, request);
    case 'deletecollection':
      return finish(removeCollection(state, kind, request));
  }
}

function lacksVerb(kind: Kind, { subresource, verb }: ApiRequest): boolean {
  return subresource === undefined && kind.withoutVerbs?.includes(verb) === true;
}

function readName(body: Json | undefined, member: 'name' | 'generateName' = 'name'): string {
  const metadata = isJsonObject(body) ? body['metadata'] : undefined;
  const name = isJsonObject(metadata) ? metadata[member] : undefined;
  return typeof name === 'string' ? name : '';
}

/** What is created and not stored needs a namespace that takes new content, too (I2, C915). */
function createUnstored(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  const outside = admitNamespace(state, kind, request.namespace, request.name ?? readName(request.body));
  if (outside !== undefined) return refuse(outside);
  return kind === bindingKind ? bindPod(state, kind, request) : createSubresource(state, kind, request);
}

function createSubresource(state: ClusterState, kind: Kind, request: ApiRequest): RequestOutcome {
  if (request.resource === 'serviceaccounts' && request.subresource === 'token')
    return requestToken(state, request, {
      mutate: (change, warnings) => mutateByWebhooks(state, kind, request, change, warnings, ok),
      judge: (change, warnings) => judgeChange(state, kind, request, change, warnings),
    });
  if (request.resource !== 'pods') return refuse(methodNotAllowed());
  if (request.subresource === 'binding') return bindPod(state, kind, request);
  return request.subresource === 'eviction'
    ? evictPod(state, request)
    : refuse(kind.subresources?.[request.subresource ?? ''] === undefined ? resourceNotFound() : methodNotAllowed());
}
