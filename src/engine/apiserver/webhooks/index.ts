// Admission webhooks: those that change an object, one after the other and again where others changed it after them, then those that judge it.
// Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/{mutating,validating}/dispatcher.go, pkg/admission/reinvocation.go (v1.33). Rule: U8.
// Omits: reviews of rights and of users, which change nothing; and audit annotations, for which there is no log.
// Deviation: what components make is sent to no webhook, because the engine can wait for nobody.

import { cloneJson, isJsonEqual, type Json, type KubeObject } from '../../apimachinery/meta.ts';
import { applyJsonPatch } from '../../apimachinery/patch/json.ts';
import { fail, internalError, ok, type Result, type Status } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { apiVersionOf, type Kind } from '../../kinds/kind.ts';
import type { AdmissionAttributes, ObjectKind } from '../admission/policies/matching.ts';
import { authorizeFor, attributesOf, type Change } from '../admission/policies/requests.ts';
import { decodeBody } from '../write/decode.ts';
import { draftObject } from '../write/draft.ts';
import type { ApiRequest } from '../request-types.ts';
import { askFirst, type WebhookCall } from './calls.ts';
import { cleanUrl, type Hook, hooksOf, isExempt, locateHook, serviceUrl, viewFor } from './hooks.ts';
import { reviewOf } from './review.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { convert, requestedKind } from './views.ts';

export const MUTATING = 'mutatingwebhookconfigurations.admissionregistration.k8s.io';
export const VALIDATING = 'validatingwebhookconfigurations.admissionregistration.k8s.io';

const TIMEOUT_SECONDS_DEFAULT = 10;

/** One request on its way past the webhooks. */
interface Passage {
  readonly state: ClusterState;
  readonly kind: Kind;
  /** The version that the client used. */
  readonly requested: Kind;
  readonly request: ApiRequest;
  readonly warnings: string[];
}

function passageOf(state: ClusterState, kind: Kind, request: ApiRequest, warnings: string[]): Passage {
  return { state, kind, requested: requestedKind(state, kind, request), request, warnings };
}

/**
 * U8: the object as webhooks want it; `between` completes it again after the first round, as other plug-ins do. Undefined where none has changed it. Fails: with
 * the refusal of a webhook, or InternalError where one cannot be asked.
 */
export function mutateByWebhooks(
  state: ClusterState,
  kind: Kind,
  request: ApiRequest,
  change: Change,
  warnings: string[],
  between: (object: KubeObject) => Result<KubeObject>,
): Result<KubeObject | undefined> {
  const hooks = isExempt(kind) ? [] : hooksOf(state, MUTATING);
  if (hooks.length === 0 || (change.object ?? change.oldObject) === undefined) return ok(undefined);
  const passage = passageOf(state, kind, request, warnings);
  const mutation = new Mutation(passage, change);
  for (const hook of hooks) {
    const refusal = mutation.call(hook, 0);
    if (refusal !== undefined) return fail(refusal);
  }
  if (!mutation.isChanged || mutation.object === undefined) return ok(undefined);
  const completed = between(mutation.object);
  if (!completed.ok) return completed;
  if (!isJsonEqual(completed.value, mutation.object)) mutation.callAgainAll();
  mutation.object = completed.value;
  for (const hook of hooks) {
    const refusal = mutation.isDueAgain(hook) ? mutation.call(hook, 1) : undefined;
    if (refusal !== undefined) return fail(refusal);
  }
  return ok(mutation.object);
}

/** The object on its way through the mutating webhooks. */
class Mutation {
  object: KubeObject | undefined;
  isChanged = false;
  private readonly passage: Passage;
  private readonly change: Change;
  /** Called before the last change, and willing to be called again. */
  private readonly called = new Set<string>();
  private readonly due = new Set<string>();

  constructor(passage: Passage, change: Change) {
    this.passage = passage;
    this.change = change;
    this.object = change.object;
  }

  isDueAgain({ id }: Hook): boolean {
    return this.due.has(id);
  }

  callAgainAll(): void {
    for (const id of this.called) this.due.add(id);
    this.called.clear();
  }

  /** The refusal that follows from asking a webhook, if any. */
  call(hook: Hook, round: number): Status | undefined {
    const { kind, request, warnings } = this.passage;
    const attributes = attributesOf(kind, request, { ...this.change, object: this.object });
    const asked = ask(this.passage, hook, attributes, round);
    if (asked === undefined) return undefined;
    if ('refusal' in asked) return asked.refusal;
    if ('call' in asked) return askFirst([asked.call]);
    const { verdict, view } = asked;
    const refusal = refusalOf(hook, verdict, warnings);
    if (refusal !== undefined) return refusal;
    const patch = verdict.type === 'allowed' ? verdict.patch : [];
    if (patch.length > 0) {
      const patched =
        attributes.objectKind === undefined
          ? patchedObject(kind, view, request, hook, this.object, patch)
          : patchedOrder(attributes.objectKind, hook, this.object, patch);
      if (!patched.ok) return patched.status;
      if (!isJsonEqual(patched.value, this.object)) {
        this.object = patched.value;
        this.isChanged = true;
        this.callAgainAll();
      }
    }
    if (hook.webhook.reinvocationPolicy === 'IfNeeded') this.called.add(hook.id);
    return undefined;
  }
}

/** U8, U9: the refusal of a request by the webhooks of a resource, or undefined; warnings are added. All are asked at a time, and none changes anything. */
export function refuseByWebhooks(
  state: ClusterState,
  kind: Kind,
  request: ApiRequest,
  change: Change,
  warnings: string[],
  resource: typeof MUTATING | typeof VALIDATING,
): Status | undefined {
  const hooks = isExempt(kind) ? [] : hooksOf(state, resource);
  if (hooks.length === 0) return undefined;
  const passage = passageOf(state, kind, request, warnings);
  const attributes = attributesOf(kind, request, change);
  const answers: { readonly hook: Hook; readonly verdict: Verdict }[] = [];
  const calls: WebhookCall[] = [];
  for (const hook of hooks) {
    const asked = ask(passage, hook, attributes, 0);
    if (asked === undefined) continue;
    if ('refusal' in asked) return asked.refusal;
    if ('call' in asked) calls.push(asked.call);
    else answers.push({ hook, verdict: asked.verdict });
  }
  if (calls.length > 0) return askFirst(calls);
  const refusals = answers.map(({ hook, verdict }) => refusalOf(hook, verdict, warnings));
  return refusals.find((refusal) => refusal !== undefined);
}

type AskedHook = { readonly refusal: Status } | { readonly call: WebhookCall } | { readonly verdict: Verdict; readonly view: Kind };

/** What a webhook says of a request, or the call that would tell; undefined where it is not about the request. */
function ask(passage: Passage, hook: Hook, attributes: AdmissionAttributes, round: number): AskedHook | undefined {
  const { state, requested, request } = passage;
  const { webhook } = hook;
  const matched = viewFor(state, hook, attributes, requested, authorizeFor(state, request));
  if (matched === undefined || 'refusal' in matched) return matched;
  const { view } = matched;
  const { name = '', clientConfig = {}, timeoutSeconds = TIMEOUT_SECONDS_DEFAULT, admissionReviewVersions = [] } = webhook;
  const version = admissionReviewVersions.find((item) => item === 'v1' || item === 'v1beta1') ?? 'v1';
  const inView = (given: KubeObject | undefined): Result<KubeObject | undefined> =>
    attributes.objectKind === undefined ? convert(passage.kind, view, given) : ok(given);
  const [object, oldObject] = [inView(attributes.object), inView(attributes.oldObject)];
  if (!object.ok) return { refusal: object.status };
  if (!oldObject.ok) return { refusal: oldObject.status };
  const seen = { ...attributes, object: object.value, oldObject: oldObject.value };
  const review = reviewOf({ attributes: seen, view, requested, options: request.options, asker: `${hook.id}|${round}`, version });
  const { service, url: given = '', caBundle } = clientConfig;
  const url = cleanUrl(service === undefined ? given : serviceUrl(service));
  const isMutating = hook.id.startsWith(MUTATING);
  const asked = { webhook: name, url, timeoutSeconds, uid: review.uid, version, isMutating };
  const place = service === undefined ? undefined : locateHook(state, service);
  if (place !== undefined && 'failure' in place) return { view, verdict: verdictOf({ key: review.key, failure: place.failure }, asked) };
  const answer = request.webhooks?.find(({ key }) => key === review.key);
  if (answer !== undefined) return { view, verdict: verdictOf(answer, asked) };
  const trusted = caBundle === undefined || caBundle === '' ? {} : { caBundle };
  const inside = place === undefined ? {} : { service: place };
  return { call: { key: review.key, url, ...inside, ...trusted, timeoutSeconds, review: review.body } };
}

function refusalOf({ webhook }: Hook, verdict: Verdict, warnings: string[]): Status | undefined {
  const { name = '', failurePolicy } = webhook;
  if (verdict.type === 'failed') {
    if (failurePolicy === 'Ignore') return undefined;
    return internalError(`failed calling webhook ${JSON.stringify(name)}: ${verdict.reason}`);
  }
  warnings.push(...verdict.warnings);
  return verdict.type === 'denied' ? verdict.status : undefined;
}

/** The object after the patch of a webhook. */
function patchedJson({ webhook }: Hook, object: KubeObject | undefined, patch: readonly Json[]): Result<KubeObject> {
  const { name = '' } = webhook;
  if (object === undefined) {
    const text = `admission webhook ${JSON.stringify(name)} attempted to modify the object, which is not supported for this operation`;
    return fail(internalError(text));
  }
  const patched = applyJsonPatch(cloneJson(object) as Json, patch);
  return patched.ok ? ok(patched.value as KubeObject) : fail(internalError(patched.error));
}

/** The same of what a subresource takes, decoded as its type, in which null is nothing. */
function patchedOrder(
  { group, version, kind }: ObjectKind,
  hook: Hook,
  object: KubeObject | undefined,
  patch: readonly Json[],
): Result<KubeObject> {
  const patched = patchedJson(hook, object, patch);
  if (!patched.ok) return patched;
  const [place = ''] = group.split('.');
  const decoded = decodeBody(patched.value as Json, `${place === '' ? 'core' : place}.${version}.${kind}`);
  if (!decoded.ok) return fail(internalError(decoded.error));
  const typed = decoded.value.value as Partial<KubeObject>;
  return ok({ ...typed, kind, apiVersion: patched.value.apiVersion, metadata: (typed.metadata ?? {}) as KubeObject['metadata'] });
}

/** The same of an object of a kind, decoded and with its defaults. */
function patchedObject(
  kind: Kind,
  view: Kind,
  request: ApiRequest,
  hook: Hook,
  object: KubeObject | undefined,
  patch: readonly Json[],
): Result<KubeObject> {
  const shown = convert(kind, view, object);
  if (!shown.ok) return fail(shown.status);
  const patched = patchedJson(hook, shown.value, patch);
  if (!patched.ok) return patched;
  const drafted = draftObject(view, { ...request, options: { ...request.options, fieldValidation: 'Ignore' } }, patched.value as Json);
  if (!drafted.ok) return fail(internalError(drafted.problem ?? drafted.status.message ?? ''));
  view.applyDefaults(drafted.draft);
  const decoded = drafted.draft as KubeObject;
  if (kind.exchange !== undefined) return kind.exchange.convert(decoded, apiVersionOf(kind));
  return ok(view.conversion === undefined ? decoded : view.conversion.toStored(decoded));
}
