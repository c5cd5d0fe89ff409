// The AdmissionReview that a webhook is sent. Upstream: k8s.io/apiserver/pkg/admission/plugin/webhook/request/admissionreview.go (v1.33). Rule: U8.

import { sortMembers, type JsonObject, type KubeObject } from '../../apimachinery/meta.ts';
import { hash128, hashToHex } from '../../kernel/hash.ts';
import { formatUuid } from '../../kernel/random.ts';
import { apiVersionOf, type Kind } from '../../kinds/kind.ts';
import type { AdmissionAttributes, ObjectKind, Operation } from '../admission/policies/matching.ts';
import type { RequestOptions } from '../request-types.ts';

/** A review and what is known of it. */
export interface Review {
  readonly key: string;
  readonly uid: string;
  readonly body: JsonObject;
}

export interface ReviewInputs {
  readonly attributes: AdmissionAttributes;
  /** The version that the webhook is asked in, and the one that the client used. */
  readonly view: Kind;
  readonly requested: Kind;
  readonly options: RequestOptions;
  /** Who asks: a configuration, its webhook and the round. */
  readonly asker: string;
  /** `v1` or `v1beta1`. */
  readonly version: string;
}

/** The review of a request; its uid says what is asked, so that the same question has the same one. */
export function reviewOf(inputs: ReviewInputs): Review {
  const { attributes, view, requested, asker, version } = inputs;
  const { name, namespace, subresource, objectKind, operation, user, isDryRun } = attributes;
  const isNamespace = view.group === '' && view.plural === 'namespaces';
  const place = namespace ?? (isNamespace ? name : '');
  const request = {
    kind: gvkOf(objectKind ?? view),
    resource: gvrOf(view),
    ...(subresource === '' ? {} : { subResource: subresource }),
    requestKind: gvkOf(objectKind ?? requested),
    requestResource: gvrOf(requested),
    ...(subresource === '' ? {} : { requestSubResource: subresource }),
    ...(name === '' ? {} : { name }),
    ...(place === '' ? {} : { namespace: place }),
    operation,
    userInfo: {
      username: user.username,
      ...(user.uid === undefined ? {} : { uid: user.uid }),
      groups: user.groups,
      ...(user.extra === undefined ? {} : { extra: user.extra }),
    },
    object: shown(view, attributes.object, objectKind),
    oldObject: shown(view, attributes.oldObject, objectKind),
    dryRun: isDryRun,
    options: optionsOf(operation, inputs.options),
  } as JsonObject;
  const question = { ...request, object: lasting(request['object']), oldObject: lasting(request['oldObject']) };
  const key = hashToHex(hash128(`${asker}|${version}|${JSON.stringify(sortMembers(question))}`));
  const uid = formatUuid(key);
  return { key, uid, body: { kind: 'AdmissionReview', apiVersion: `admission.k8s.io/${version}`, request: { uid, ...request } } };
}

function gvkOf({ group, version, kind }: ObjectKind): JsonObject {
  return { group, version, kind };
}

function gvrOf({ group, version, plural }: Kind): JsonObject {
  return { group, version, resource: plural };
}

/** The object as the API shows it in a version: one that is not stored yet has no version and, of a Go type, the time null. */
function shown(view: Kind, object: KubeObject | undefined, objectKind: ObjectKind | undefined): JsonObject | null {
  if (object === undefined) return null;
  const { kind: _kind, apiVersion: _version, metadata, ...rest } = object as Partial<KubeObject>;
  const type = { kind: (objectKind ?? view).kind, apiVersion: apiVersionOf(objectKind ?? view) };
  if (metadata === undefined) return { ...type, ...rest } as JsonObject;
  const { resourceVersion, creationTimestamp, ...others } = metadata;
  const shownMetadata = {
    ...others,
    ...(resourceVersion === undefined || resourceVersion === '' ? {} : { resourceVersion }),
    ...(creationTimestamp === undefined && objectKind === undefined && view.structure !== undefined
      ? {}
      : { creationTimestamp: creationTimestamp ?? null }),
  };
  return { ...type, metadata: shownMetadata, ...rest } as unknown as JsonObject;
}

/** What of an object is the same when the request comes again a moment later. */
function lasting(object: unknown): JsonObject | null {
  if (object === null) return null;
  const { metadata, ...rest } = object as Partial<KubeObject>;
  if (metadata === undefined) return object as JsonObject;
  const { uid: _uid, creationTimestamp: _time, managedFields: _owners, ...others } = metadata;
  return { ...rest, metadata: others } as JsonObject;
}

const OPTIONS_KIND: Readonly<Record<Exclude<Operation, 'CONNECT'>, string>> = {
  CREATE: 'CreateOptions',
  UPDATE: 'UpdateOptions',
  DELETE: 'DeleteOptions',
};

function optionsOf(operation: Operation, options: RequestOptions): JsonObject | null {
  if (operation === 'CONNECT') return null;
  const { gracePeriodSeconds, propagationPolicy, preconditions, fieldManager, fieldValidation, dryRun } = options;
  const isDelete = operation === 'DELETE';
  return {
    // Also of a patch, whose own options nobody sees.
    kind: OPTIONS_KIND[operation],
    apiVersion: 'meta.k8s.io/v1',
    ...(dryRun === true ? { dryRun: ['All'] } : {}),
    ...(isDelete && gracePeriodSeconds !== undefined ? { gracePeriodSeconds } : {}),
    ...(isDelete && propagationPolicy !== undefined ? { propagationPolicy } : {}),
    ...(isDelete && preconditions !== undefined ? { preconditions: { ...preconditions } } : {}),
    ...(!isDelete && fieldManager !== undefined ? { fieldManager } : {}),
    ...(!isDelete && fieldValidation !== undefined ? { fieldValidation } : {}),
  } as JsonObject;
}
