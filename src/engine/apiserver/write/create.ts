// A POST, and what else makes an object for a client: body, namespace, rights, admission, validation, name.
// Upstream: apiserver/pkg/endpoints/handlers/create.go (v1.33). Rules: I1, I2, K3, K5, Q13, U8.

import { encodeEntries, type ManagedEntries } from '../../apimachinery/managed-fields/index.ts';
import { isJsonObject, type Json, type JsonObject, type KubeObject, type ObjectMeta } from '../../apimachinery/meta.ts';
import { failure, invalidObject, methodNotAllowed, type Status } from '../../apimachinery/status.ts';
import type { Draft, Kind } from '../../kinds/kind.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { refuseCertificate } from '../admission/certificates.ts';
import { admitNamespace } from '../admission/index.ts';
import { OWNER } from '../authentication/user.ts';
import { refuseNew } from '../authorization/writes.ts';
import { type ApiRequest, refuse, type RequestOutcome } from '../request-types.ts';
import { mutateByWebhooks } from '../webhooks/index.ts';
import { ownersOfNew } from './apply.ts';
import { changeOf, type ClientWrite, review, validate, warn } from './client-write.ts';
import { mutateDraft } from './create-hooks.ts';
import { admit, complete, type Creation, fillDefaults, giveName, newCreation, prepare, refuseTaken, storeNew } from './create-object.ts';
import { draftObject } from './draft.ts';
import { exchange, judge, limitSize, type Step, takeShared, takeSteps } from './write.ts';

interface ClientCreation extends Creation, ClientWrite {
  readonly present: undefined;
}

const STEPS: readonly Step<ClientCreation>[] = [
  refuseVersion,
  enterNamespace,
  authorize,
  requireName,
  fillDefaults,
  admit,
  giveName,
  own,
  complete,
  mutate,
  prepare,
  validate,
  review,
  judge,
  refuseTaken,
  limitSize,
  takeShared,
  exchange,
  warn,
];

/** Makes the object of a request; `applied` are its owners after an apply. */
export function create(state: ClusterState, kind: Kind, request: ApiRequest, applied?: ManagedEntries): RequestOutcome {
  if (kind.namespaced && request.namespace === undefined) return refuse(methodNotAllowed());
  const drafted = draftObject(kind, request, request.body ?? null);
  if (!drafted.ok) return refuse(drafted.status);
  const draft = drafted.draft as KubeObject;
  const write: ClientCreation = {
    ...newCreation(state, kind, draft, request.options.dryRun === true),
    present: undefined,
    request,
    given: draft.metadata,
    applied,
    warnings: [...drafted.warnings],
  };
  const refusal = takeSteps(write, STEPS);
  if (refusal !== undefined) return refuse(refusal, write.warnings);
  return { ok: true, code: 201, object: storeNew(write), warnings: write.warnings };
}

function nameOf({ given }: ClientCreation): string {
  return typeof given['name'] === 'string' ? given['name'] : '';
}

function refuseVersion({ given, isDryRun }: ClientCreation): Status | undefined {
  const isGiven = given['resourceVersion'] !== undefined && given['resourceVersion'] !== '';
  return isGiven && !isDryRun ? failure(500, 'InternalError', 'resourceVersion should not be set on objects to be created') : undefined;
}

function enterNamespace(write: ClientCreation): Status | undefined {
  return admitNamespace(write.state, write.kind, write.request.namespace, nameOf(write));
}

/** Q13: what an object grants, its maker must have; then the object says who that is. */
function authorize({ state, kind, request, object }: ClientCreation): Status | undefined {
  const draft = object as Draft<KubeObject>;
  const refusal = refuseNew(state, kind, request, draft) ?? refuseCertificate(state, kind, request, draft, undefined);
  if (refusal === undefined && isJsonObject(object.spec as Json)) kind.claim?.(draft, request.user ?? OWNER);
  return refusal;
}

function requireName(write: ClientCreation): Status | undefined {
  if (nameOf(write) !== '' || (write.given['generateName'] ?? '') !== '') return undefined;
  return invalidObject(write.kind, '', [
    { reason: 'FieldValueRequired', field: 'metadata.name', message: 'Required value: name or generateName is required' },
  ]);
}

/** K3: with its defaults, and before anybody fills in more. */
function own(write: ClientCreation): void {
  const { state, kind, request, object, applied } = write;
  const entries = applied === undefined ? ownersOfNew(state, kind, request, object as JsonObject) : encodeEntries(applied);
  write.managedFields = entries as ObjectMeta['managedFields'];
}

/** U8: webhooks change the draft, which has no name yet if the server gives it one. */
function mutate(write: ClientCreation): Status | undefined {
  const { state, kind, request, object, managedFields, warnings } = write;
  const mutated = mutateDraft(state, kind, object as Draft<KubeObject>, managedFields, (draft, between) =>
    mutateByWebhooks(state, kind, request, changeOf({ ...write, object: draft }), warnings, between),
  );
  if (!mutated.ok) return mutated.status;
  write.object = mutated.value as KubeObject;
  return undefined;
}
