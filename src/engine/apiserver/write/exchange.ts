// Requests about custom resources that a webhook converts: they are carried out in their own version, on objects that were converted to it; what they leave
// is converted to the version in which it is stored, and back for the answer. Where the webhook must be asked first, nothing has been changed by then.
// Upstream: apiserver/pkg/storage/etcd3/store.go, apiextensions-apiserver/pkg/apiserver/customresource_handler.go (v1.33). Rule: O15.
// Deviation: a deletion that waits for finalizers changes metadata alone, so that the webhook is not asked how to store it.

import type { KubeObject } from '../../apimachinery/meta.ts';
import { fail, ok, type Result } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { apiVersionOf, type Exchange, type Exchanged, type Kind, type Structure } from '../../kinds/kind.ts';
import { getObject, listObjects } from '../api.ts';
import { convertCustom, readCustom } from '../custom-conversion.ts';
import type { ApiRequest } from '../request-types.ts';
import { asksOf, askFirst, type WebhookAnswer, type WebhookCall } from '../webhooks/calls.ts';

/** The kind that a request is carried out with: its objects are of the request's version. Fails: until all are converted, and where one cannot be. */
export function exchangedKind(state: ClusterState, kind: Kind, request: ApiRequest): Result<Kind> {
  const { structure } = kind;
  if (structure?.webhook === undefined) return ok(kind);
  const answers = request.webhooks ?? [];
  const shown = showAll(state, kind, concerned(state, kind, request), answers);
  return shown.ok ? ok({ ...kind, exchange: new RequestExchange(state, kind, structure, shown.value, answers) }) : shown;
}

/** The stored objects that a request is about. */
function concerned(state: ClusterState, kind: Kind, { verb, namespace, name }: ApiRequest): readonly KubeObject[] {
  if (verb === 'deletecollection') return listObjects(state, kind, namespace);
  const object = name === undefined ? undefined : getObject(state, kind, namespace, name);
  return object === undefined ? [] : [object];
}

/** By uid. */
type Shown = ReadonlyMap<string, KubeObject>;

/** All are asked about at a time. */
function showAll(state: ClusterState, kind: Kind, stored: readonly KubeObject[], answers: readonly WebhookAnswer[]): Result<Shown> {
  const shown = new Map<string, KubeObject>();
  const calls: WebhookCall[] = [];
  for (const object of stored) {
    const read = readCustom(state, kind, object, answers);
    const asks = read.ok ? undefined : asksOf(read.status);
    if (read.ok) shown.set(object.metadata.uid, read.value);
    else if (asks === undefined) return read;
    else calls.push(...asks);
  }
  return calls.length === 0 ? ok(shown) : fail(askFirst(calls));
}

class RequestExchange implements Exchange {
  private readonly state: ClusterState;
  private readonly kind: Kind;
  private readonly structure: Structure;
  private readonly seen: Shown;
  private readonly answers: readonly WebhookAnswer[];

  constructor(state: ClusterState, kind: Kind, structure: Structure, seen: Shown, answers: readonly WebhookAnswer[]) {
    this.state = state;
    this.kind = kind;
    this.structure = structure;
    this.seen = seen;
    this.answers = answers;
  }

  shown(stored: KubeObject): KubeObject {
    return this.seen.get(stored.metadata.uid) ?? stored;
  }

  convert(object: KubeObject, apiVersion: string): Result<KubeObject> {
    return convertCustom(this.state, this.structure, object, apiVersion, this.answers);
  }

  store(object: KubeObject): Result<Exchanged> {
    const stored = this.convert(object, this.structure.storedApiVersion);
    if (!stored.ok) return stored;
    const shown = this.convert(stored.value, apiVersionOf(this.kind));
    return shown.ok ? ok({ stored: stored.value, shown: shown.value }) : shown;
  }
}
