// Manifests as users hand them in: all of them or none, one after the other, so that an object may use what comes before it. `apply` is what `kubectl apply`
// does: create with the last-applied annotation, or a three-way merge of it, the live object and the new manifest.
// Upstream of the merge: kubectl/pkg/cmd/apply/patcher.go, jsonmergepatch (v1.33).

import { isJsonEqual, isJsonObject, type Json, type JsonObject, type KubeObject } from '../apimachinery/meta.ts';
import { badRequest, failure, ok, type Result, type Status } from '../apimachinery/status.ts';
import { getObject } from '../apiserver/api.ts';
import type { ApiRequest, RequestOutcome } from '../apiserver/request-types.ts';
import { asksOf, type WebhookAnswer, type WebhookCall } from '../apiserver/webhooks/calls.ts';
import { clusterKindByGvk } from '../apiserver/cluster-kinds.ts';
import { type Kind, resourceOf } from '../kinds/kind.ts';
import type { ClusterState } from '../kernel/state.ts';
import { finish as runSteps, type Steps } from '../kernel/steps.ts';
import { readWithWebhooks, requestWithWebhooks } from './simulated-webhooks.ts';
import { transact } from '../kernel/transaction.ts';
import { diffFields, type FieldDifference } from './difference.ts';

export interface ManifestResult {
  readonly action: 'created' | 'configured' | 'unchanged' | 'deleted';
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** Of a trial: what would be different in an object that is there. */
  readonly fields?: FieldDifference[];
}

export interface ManifestsCommand {
  readonly mode: 'apply' | 'create' | 'delete';
  readonly namespace: string;
  readonly objects: readonly JsonObject[];
  readonly dryRun?: boolean;
  /** What webhooks answered (U8). */
  readonly webhooks?: readonly WebhookAnswer[];
}

export type ManifestsOutcome = RequestOutcome & {
  readonly results?: readonly ManifestResult[];
  readonly failures?: readonly ManifestFailure[];
};

/** What is wrong with one object; `index` counts from 0. */
export interface ManifestFailure {
  readonly index: number;
  readonly status: Status;
}

export const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

interface Planned {
  readonly kind: Kind;
  readonly name: string;
  readonly namespace: string | undefined;
  readonly object: JsonObject;
}

interface Trial {
  readonly results: ManifestResult[];
  readonly failures: ManifestFailure[];
  readonly warnings: string[];
  /** Webhooks that must be asked before it can be said whether the manifests are good. */
  readonly asks: WebhookCall[];
}

/** Applies, creates or deletes the objects in their order, one a step, or changes nothing and says what is wrong with each. */
export function* applyManifests(state: ClusterState, command: ManifestsCommand): Steps<ManifestsOutcome> {
  const isGood = ({ failures }: Trial): boolean => failures.length === 0 && command.dryRun !== true;
  const { results, failures, warnings, asks } = yield* transact(state, tryOut(state, command), isGood);
  if (asks.length > 0) return { ...refusal(failures), asks };
  return failures.length > 0 ? refusal(failures) : { ok: true, code: 200, warnings, results };
}

/** What is wrong with one object keeps none of the others from being tried: all mistakes are told. */
function* tryOut(state: ClusterState, command: ManifestsCommand): Steps<Trial> {
  const { objects, namespace, webhooks, dryRun } = command;
  const passed = { ...(webhooks === undefined ? {} : { webhooks }), ...(dryRun === true ? { isTrial: true } : {}) };
  const trial: Trial = { results: [], failures: [], warnings: [], asks: [] };
  for (const [index, object] of objects.entries()) {
    const plan = planObject(state, object, namespace);
    const outcome: Performed = isStatus(plan) ? { ok: false, status: plan, warnings: [] } : perform(state, plan, command.mode, passed);
    trial.warnings.push(...outcome.warnings);
    if (outcome.ok) trial.results.push(outcome.result);
    else {
      trial.failures.push({ index, status: outcome.status });
      trial.asks.push(...(outcome.asks ?? []));
    }
    yield;
  }
  return trial;
}

function isStatus(plan: Planned | Status): plan is Status {
  return 'status' in plan;
}

function refusal(failures: readonly ManifestFailure[]): ManifestsOutcome & { readonly ok: false } {
  const [first] = failures;
  const text = failures.map(({ index, status }) => `document ${index}: ${status.message ?? ''}`).join('; ');
  return { ok: false, status: failure(first?.status.code ?? 400, first?.status.reason ?? 'BadRequest', text), warnings: [], failures };
}

function planObject(state: ClusterState, object: JsonObject, fallback: string): Planned | Status {
  const { apiVersion, kind: kindName, metadata } = object;
  if (typeof apiVersion !== 'string' || apiVersion === '') return badRequest('apiVersion not set');
  if (typeof kindName !== 'string' || kindName === '') return badRequest('kind not set');
  const kind = clusterKindByGvk(state, apiVersion, kindName);
  if (kind === undefined) return badRequest(`no matches for kind ${JSON.stringify(kindName)} in version ${JSON.stringify(apiVersion)}`);
  if (!isJsonObject(metadata)) return badRequest('metadata is required');
  const name = typeof metadata['name'] === 'string' ? metadata['name'] : '';
  const own = metadata['namespace'];
  if (own !== undefined && typeof own !== 'string') return badRequest('metadata.namespace must be a string');
  const namespace = kind.namespaced ? (own ?? fallback) : undefined;
  return { kind, name, namespace, object };
}

type Performed =
  | { readonly ok: true; readonly result: ManifestResult; readonly warnings: readonly string[] }
  | (RequestOutcome & { readonly ok: false });

type Passed = Pick<ApiRequest, 'webhooks' | 'isTrial'>;

function perform(state: ClusterState, plan: Planned, mode: ManifestsCommand['mode'], passed: Passed): Performed {
  const handle = (verb: ApiRequest['verb'], body?: Json, uid?: string): RequestOutcome =>
    runSteps(requestWithWebhooks(state, { ...requestOf(plan, verb, body, uid), ...passed }));
  const { kind, name, namespace } = plan;
  const stored = name === '' ? undefined : getObject(state, kind, namespace, name);
  const read = stored === undefined ? undefined : presentOf(state, kind, stored, passed.webhooks);
  if (read?.ok === false) return refusedFor(read.status);
  const present = read?.value;
  if (mode === 'delete') return finish(plan, present, handle('delete', undefined, present?.metadata.uid), 'deleted');
  if (mode === 'create' || present === undefined) {
    if (mode === 'apply' && name === '')
      return { ok: false, status: badRequest('metadata.name is required to apply an object'), warnings: [] };
    const body = withoutVersion(mode === 'apply' ? withLastApplied(plan) : plan.object);
    return finish(plan, undefined, handle('create', body), 'created');
  }
  const body = threeWayMerge(plan, present);
  const outcome = handle('update', body);
  const isSame =
    outcome.ok &&
    outcome.object !== undefined &&
    outcome.object.kind !== 'Status' &&
    (outcome.object as KubeObject).metadata.resourceVersion === present.metadata.resourceVersion &&
    isJsonEqual(outcome.object, present);
  const finished = finish(plan, present, outcome, isSame ? 'unchanged' : 'configured');
  if (passed.isTrial !== true || isSame || !outcome.ok || !finished.ok) return finished;
  const fields = diffFields(present as Json, outcome.object as Json);
  return { ...finished, result: { ...finished.result, fields } };
}

/** The object as the version of the manifest has it. */
function presentOf(state: ClusterState, kind: Kind, stored: KubeObject, answers: readonly WebhookAnswer[] = []): Result<KubeObject> {
  if (kind.structure?.webhook !== undefined) return readWithWebhooks(state, kind, stored, answers);
  return ok(kind.conversion?.fromStored(stored) ?? stored);
}

function refusedFor(status: Status): RequestOutcome & { readonly ok: false } {
  const asks = asksOf(status);
  return { ok: false, status, warnings: [], ...(asks === undefined ? {} : { asks }) };
}

function requestOf(plan: Planned, verb: ApiRequest['verb'], body: Json | undefined, uid?: string): ApiRequest {
  return {
    verb,
    resource: resourceOf(plan.kind),
    ...(plan.kind.conversion === undefined && plan.kind.structure === undefined ? {} : { version: plan.kind.version }),
    ...(plan.namespace === undefined ? {} : { namespace: plan.namespace }),
    ...(verb === 'create' ? {} : { name: plan.name }),
    ...(body === undefined ? {} : { body }),
    options: {
      fieldValidation: 'Strict',
      fieldManager: 'orrery',
      ...(verb === 'delete' ? { propagationPolicy: 'Background' as const } : {}),
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    },
  };
}

function finish(plan: Planned, present: KubeObject | undefined, outcome: RequestOutcome, action: ManifestResult['action']): Performed {
  if (!outcome.ok) return outcome;
  const object = outcome.object !== undefined && outcome.object.kind !== 'Status' ? (outcome.object as KubeObject) : present;
  const metadata = object?.metadata;
  const result: ManifestResult = {
    action,
    apiVersion: plan.object['apiVersion'] as string,
    kind: plan.kind.kind,
    ...(plan.namespace === undefined ? {} : { namespace: plan.namespace }),
    name: metadata?.name ?? plan.name,
    uid: metadata?.uid ?? '',
    resourceVersion: metadata?.resourceVersion ?? '',
  };
  return { ok: true, result, warnings: outcome.warnings };
}

function withLastApplied({ object, namespace }: Planned): JsonObject {
  const metadata = isJsonObject(object['metadata']) ? object['metadata'] : {};
  const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
  const { [LAST_APPLIED]: _old, ...others } = annotations;
  const named = { ...metadata, annotations: others, ...(namespace === undefined ? {} : { namespace }) };
  const text = `${JSON.stringify({ ...object, metadata: named })}\n`;
  return { ...object, metadata: { ...named, annotations: { ...others, [LAST_APPLIED]: text } } };
}

/** Fields of the last manifest that the new one lacks are removed; everything the new one says is set; the rest stays. */
function threeWayMerge(plan: Planned, present: KubeObject): Json {
  const wanted = withLastApplied(plan);
  const last = readLastApplied(present);
  const { managedFields: _managed, ...metadata } = present.metadata;
  const merged = mergeObject(last, { ...present, metadata } as JsonObject, wanted);
  // The manifest may name the version that it is meant for; the present one is no condition.
  const { resourceVersion } = isJsonObject(plan.object['metadata']) ? plan.object['metadata'] : {};
  const { resourceVersion: _present, ...rest } = merged['metadata'] as Record<string, Json>;
  return { ...merged, metadata: { ...rest, ...(resourceVersion === undefined ? {} : { resourceVersion }) } };
}

/** A new object has no version yet: kubectl takes that of an export away before it creates (cli-runtime/pkg/resource/helper.go). */
function withoutVersion(object: JsonObject): JsonObject {
  if (!isJsonObject(object['metadata'])) return object;
  const { resourceVersion: _version, ...metadata } = object['metadata'];
  return { ...object, metadata };
}

function readLastApplied(present: KubeObject): JsonObject {
  const text = present.metadata.annotations?.[LAST_APPLIED];
  if (text === undefined) return {};
  // A client may have written anything into the annotation; what is not JSON counts as empty.
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}

function mergeObject(last: JsonObject, live: JsonObject, wanted: JsonObject): JsonObject {
  const result: Record<string, Json> = { ...live };
  for (const name of Object.keys(last)) if (wanted[name] === undefined) delete result[name];
  for (const [name, value] of Object.entries(wanted)) {
    const before = last[name];
    result[name] = mergeValue(before, live[name], value);
  }
  return result;
}

function mergeValue(last: Json | undefined, live: Json | undefined, wanted: Json): Json {
  if (isJsonObject(wanted) && isJsonObject(live)) return mergeObject(isJsonObject(last) ? last : {}, live, wanted);
  if (!Array.isArray(wanted) || !Array.isArray(live)) return wanted;
  return wanted.map((item: Json) => {
    if (!isJsonObject(item) || typeof item['name'] !== 'string') return item;
    const same = (other: Json): boolean => isJsonObject(other) && other['name'] === item['name'];
    const old = Array.isArray(last) ? last.find(same) : undefined;
    return mergeValue(old, live.find(same), item);
  });
}
