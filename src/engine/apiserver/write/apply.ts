// Field ownership of client requests: what a write does to metadata.managedFields, and server-side apply up to the merged object.
// Upstream: apimachinery/pkg/util/managedfields/fieldmanager.go, apiserver/pkg/endpoints/handlers/{fieldmanager,patch}.go (v1.33). Rules: K1-K10.
// Deviation: only requests are tracked, not the writes of controllers, scheduler and kubelets; see docs/decisions.

import {
  applyConfig,
  configProblems,
  conflictStatus,
  decodeEntries,
  EMPTY_SET,
  encodeEntries,
  type FieldSet,
  isSameOwnership,
  type ManagedEntries,
  setOfPaths,
  trackUpdate,
  type TrackedWrite,
  type TypeTable,
} from '../../apimachinery/managed-fields/index.ts';
import { isJsonEqual, isJsonObject, type Json, type JsonObject, type KubeObject } from '../../apimachinery/meta.ts';
import { badRequest, conflict, fail, ok, type Result, unknownFailure } from '../../apimachinery/status.ts';
import { formatTime } from '../../apimachinery/time.ts';
import { OWNERSHIP_TYPES } from '../../kinds/fields/ownership.ts';
import { apiVersionOf, type Kind } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { OwnerVersions } from './owner-versions.ts';
import type { ApiRequest } from '../request-types.ts';

const STATUS_FIELDS = setOfPaths([['f:status']]);
const SPEC_FIELDS = setOfPaths([['f:spec']]);
const NO_ENTRIES: ManagedEntries = new Map();

/** What the registry resets for a subresource, a manager of it cannot own. */
function ignoredFields(kind: Kind, subresource: string): FieldSet {
  if (subresource === 'status') return SPEC_FIELDS;
  return kind.hasStatus ? STATUS_FIELDS : EMPTY_SET;
}

function tableOf(kind: Kind): TypeTable {
  return kind.structure?.types ?? OWNERSHIP_TYPES;
}

function writeOf(state: ClusterState, kind: Kind, request: ApiRequest, operation: 'Apply' | 'Update'): TrackedWrite {
  const subresource = request.subresource ?? '';
  const name = request.options.fieldManager ?? '';
  return {
    table: tableOf(kind),
    type: kind.schema,
    manager: { name, operation, apiVersion: apiVersionOf(kind), subresource },
    time: formatTime(state.nowMs),
    ignored: ignoredFields(kind, subresource),
  };
}

/** The entries a write starts from: those it sends, unless they are none or not readable; `[{}]` takes all away. */
function entriesBefore(request: ApiRequest, given: unknown, live: unknown): ManagedEntries {
  const known = decodeEntries(live) ?? NO_ENTRIES;
  if (request.subresource !== undefined || !Array.isArray(given)) return known;
  const [first, ...more] = given as readonly unknown[];
  if (isJsonObject(first) && Object.keys(first).length === 0 && more.length === 0) return NO_ENTRIES;
  const sent = decodeEntries(given);
  return sent === undefined || sent.size === 0 ? known : sent;
}

/** managedFields of an object about to be created, with its defaults but before admission. A request without a manager is not tracked. */
export function ownersOfNew(state: ClusterState, kind: Kind, request: ApiRequest, draft: JsonObject): readonly Json[] | undefined {
  const metadata = draft['metadata'] as JsonObject;
  const entries = entriesBefore(request, metadata['managedFields'], undefined);
  const tracked =
    request.options.fieldManager === undefined ? entries : trackUpdate(writeOf(state, kind, request, 'Update'), undefined, draft, entries);
  return encodeEntries(tracked);
}

/** The changed object with the managedFields it has after the request; `applied` are the owners after an apply. Fails: as `Exchange.convert`. */
export function withOwners(
  state: ClusterState,
  kind: Kind,
  request: ApiRequest,
  change: {
    readonly next: KubeObject;
    readonly present: KubeObject;
    readonly given?: unknown;
    readonly applied?: ManagedEntries | undefined;
  },
): Result<KubeObject> {
  const { next, present, given, applied } = change;
  const known = decodeEntries(present.metadata.managedFields) ?? NO_ENTRIES;
  const before = applied ?? entriesBefore(request, given, present.metadata.managedFields);
  const isTracked = applied === undefined && request.options.fieldManager !== undefined;
  const versions = new OwnerVersions(kind);
  const write = { ...writeOf(state, kind, request, 'Update'), versions: versions.find };
  const entries = isTracked ? trackUpdate(write, asJson(present), asJson(next), before) : before;
  const refusal = versions.refusal();
  if (refusal !== undefined) return fail(refusal);
  if (entries === known || (entries.size === 0 && known.size === 0)) return ok(next);
  // F5: times alone are no change.
  if (isSameOwnership(entries, known) && isJsonEqual(next, present)) return ok(next);
  const { managedFields: _old, ...metadata } = next.metadata;
  const encoded = encodeEntries(entries);
  return ok({ ...next, metadata: encoded === undefined ? metadata : { ...metadata, managedFields: encoded } } as KubeObject);
}

function asJson(object: KubeObject): JsonObject {
  return object as JsonObject;
}

export interface AppliedObject {
  readonly body: JsonObject;
  readonly owners: ManagedEntries;
}

/** Merges the configuration of an apply into the live object. Fails: BadRequest, Conflict, and 500 without reason (K5-K9). */
export function applyRequest(state: ClusterState, kind: Kind, request: ApiRequest, present: KubeObject | undefined): Result<AppliedObject> {
  const checked = checkConfig(kind, request, present);
  if (!checked.ok) return checked;
  const { managedFields, ...metadata } = present?.metadata ?? {};
  const live = present === undefined ? {} : ({ ...asJson(present), metadata } as JsonObject);
  const versions = new OwnerVersions(kind);
  const applied = applyConfig(
    { ...writeOf(state, kind, request, 'Apply'), versions: versions.find },
    {
      live,
      exists: present !== undefined,
      config: request.subresource === 'scale' ? replicasOnly(checked.value) : checked.value,
      entries: decodeEntries(managedFields) ?? NO_ENTRIES,
      force: request.options.force === true,
    },
  );
  const refusal = versions.refusal();
  if (refusal !== undefined) return fail(refusal);
  return applied.ok ? ok({ body: applied.object, owners: applied.entries }) : fail(conflictStatus(applied.conflicts));
}

const SCALE = { schema: 'autoscaling.v1.Scale', apiVersion: 'autoscaling/v1', kind: 'Scale' };

/** What an applied Scale says of its parent. */
function replicasOnly({ spec }: JsonObject): JsonObject {
  const replicas = isJsonObject(spec) ? spec['replicas'] : undefined;
  return { spec: replicas === undefined ? {} : { replicas } };
}

function checkConfig(kind: Kind, request: ApiRequest, present: KubeObject | undefined): Result<JsonObject> {
  const { body = null, namespace = '', name = '' } = request;
  if (!isJsonObject(body)) return fail(badRequest('error decoding YAML: error unmarshaling JSON: while decoding JSON: not an object'));
  const metadata = isJsonObject(body['metadata']) ? body['metadata'] : {};
  if (metadata['managedFields'] !== undefined && metadata['managedFields'] !== null) {
    return fail(badRequest('metadata.managedFields must be nil'));
  }
  const target = request.subresource === 'scale' ? SCALE : { schema: kind.schema, apiVersion: apiVersionOf(kind), kind: kind.kind };
  const gvk = gvkText(body);
  if (gvk !== gvkText(target)) return fail(badRequest(`invalid object type: ${gvk}`));
  const { uid } = metadata;
  if (present === undefined && typeof uid === 'string' && uid !== '') {
    const text = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    return fail(conflict(kind, name, text));
  }
  const given = metadata['name'];
  const problems = configProblems(request.subresource === 'scale' ? OWNERSHIP_TYPES : tableOf(kind), target.schema, body);
  if (problems.length > 0) {
    const place = `${kind.namespaced ? namespace : ''}/${typeof given === 'string' ? given : ''}; ${gvk}`;
    const list = problems.length === 1 ? problems[0] : `errors:\n${problems.map((problem) => `  ${problem}`).join('\n')}`;
    return fail(unknownFailure(`failed to create typed patch object (${place}): ${list}`));
  }
  if (typeof given === 'string' && given !== name) {
    return fail(badRequest(`the name of the object (${given}) does not match the name on the URL (${name})`));
  }
  return ok(body);
}

/** `apps/v1, Kind=ReplicaSet`, `/v1, Kind=Pod`. */
function gvkText({ apiVersion, kind }: { readonly apiVersion?: Json; readonly kind?: Json }): string {
  const version = typeof apiVersion === 'string' ? apiVersion : '';
  return `${version.includes('/') ? version : `/${version}`}, Kind=${typeof kind === 'string' ? kind : ''}`;
}
