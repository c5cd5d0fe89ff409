// Objects of custom resources in another version than theirs: by the webhook of their definition, or in nothing but their apiVersion.
// Upstream: apiextensions-apiserver/pkg/apiserver/{customresource_handler.go,conversion} (v1.33). Rules: O14, O15.
// Each object is asked about by itself, as upstream's storage reads and writes them. The engine calls nobody: what is asked comes with the answers, or fails
// until it does (webhooks/calls.ts).

import { type KubeObject, sortMembers } from '../apimachinery/meta.ts';
import { fail, ok, type Result, unknownFailure } from '../apimachinery/status.ts';
import type { ClusterState } from '../kernel/state.ts';
import { apiVersionOf, type ConversionWebhook, type Kind, type Structure } from '../kinds/kind.ts';
import { askFirst, type WebhookAnswer } from './webhooks/calls.ts';
import { type AskedConversion, convertedBy } from './webhooks/converted.ts';
import { conversionAnswer, conversionReviewOf } from './webhooks/conversion-review.ts';
import { cleanUrl, locateHook, serviceUrl } from './webhooks/hooks.ts';

/** Upstream's client of webhooks gives up after this. */
const TIMEOUT_SECONDS = 30;

/** What readers of a version see of a stored object. Fails: until the webhook is asked, and in its words. */
export function readCustom(state: ClusterState, kind: Kind, stored: KubeObject, answers: readonly WebhookAnswer[]): Result<KubeObject> {
  const { structure } = kind;
  if (structure === undefined) return ok(stored);
  if (structure.webhook === undefined) return ok(structure.fromStored(stored));
  return convertCustom(state, structure, structure.complete(stored), apiVersionOf(kind), answers);
}

/** An object in the version of an apiVersion, with what that version knows of it. Fails: as `readCustom`. */
export function convertCustom(
  state: ClusterState,
  structure: Structure,
  object: KubeObject,
  wanted: string,
  answers: readonly WebhookAnswer[],
): Result<KubeObject> {
  if (object.apiVersion === wanted) return ok(object);
  const { webhook } = structure;
  const converted = webhook === undefined ? ok({ ...object, apiVersion: wanted }) : ask(state, webhook, object, wanted, answers);
  return converted.ok ? ok(sortMembers(structure.known(converted.value))) : converted;
}

function ask(
  state: ClusterState,
  { definition, client, reviewVersions }: ConversionWebhook,
  object: KubeObject,
  wanted: string,
  answers: readonly WebhookAnswer[],
): Result<KubeObject> {
  const version = reviewVersions.find((item) => item === 'v1' || item === 'v1beta1');
  if (version === undefined) return fail(unknownFailure('no supported conversion review versions'));
  const { service, url: given = '', caBundle } = client;
  const url = cleanUrl(service === undefined ? given : serviceUrl(service));
  const review = conversionReviewOf({ definition, url, object, wanted, version });
  const asked: Omit<AskedConversion, 'sentUid'> = { object, wanted, version, uid: review.uid, url, timeoutSeconds: TIMEOUT_SECONDS };
  const place = service === undefined ? undefined : locateHook(state, service);
  if (place !== undefined && 'failure' in place)
    return convertedBy({ key: review.key, failure: place.failure }, { ...asked, sentUid: object.metadata.uid });
  const known = conversionAnswer(review, answers);
  if (known !== undefined) return convertedBy(known.answer, { ...asked, sentUid: known.sentUid });
  const trusted = caBundle === undefined || caBundle === '' ? {} : { caBundle };
  const inside = place === undefined ? {} : { service: place };
  return fail(askFirst([{ key: review.key, url, ...inside, ...trusted, timeoutSeconds: TIMEOUT_SECONDS, review: review.body }]));
}
