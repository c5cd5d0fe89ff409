// The ConversionReview that a webhook is sent. Upstream: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go (v1.33). Rule: O15.

import { sortMembers, type JsonObject, type KubeObject } from '../../apimachinery/meta.ts';
import { hash128, hashToHex } from '../../kernel/hash.ts';
import { formatUuid } from '../../kernel/random.ts';
import type { WebhookAnswer } from './calls.ts';

export interface ConversionReview {
  /** What is asked, and behind a point the uid that was sent: the same question may be asked about an object whose uid is another by then. */
  readonly key: string;
  readonly uid: string;
  readonly body: JsonObject;
}

export interface ConversionQuestion {
  readonly definition: string;
  readonly url: string;
  readonly object: KubeObject;
  /** The apiVersion that is wanted. */
  readonly wanted: string;
  /** `v1` or `v1beta1`. */
  readonly version: string;
}

/** The review of one object, as it is stored: without its revision. */
export function conversionReviewOf({ definition, url, object, wanted, version }: ConversionQuestion): ConversionReview {
  const { resourceVersion: _version, ...metadata } = object.metadata;
  const sent = { ...object, metadata };
  const { uid: _uid, creationTimestamp: _time, managedFields: _owners, ...lasting } = metadata;
  const question = { ...object, metadata: lasting } as JsonObject;
  const hash = hashToHex(hash128(`conversion|${definition}|${url}|${version}|${wanted}|${JSON.stringify(sortMembers(question))}`));
  const uid = formatUuid(hash);
  const body = {
    kind: 'ConversionReview',
    apiVersion: `apiextensions.k8s.io/${version}`,
    request: { uid, desiredAPIVersion: wanted, objects: [sent] },
    // Go's type is written whole.
    response: { uid: '', convertedObjects: null, result: { metadata: {} } },
  };
  return { key: `${hash}.${metadata.uid ?? ''}`, uid, body: body as JsonObject };
}

/** What was answered to a review, with the uid of the object that was sent. */
export function conversionAnswer(
  { key }: ConversionReview,
  answers: readonly WebhookAnswer[],
): { readonly answer: WebhookAnswer; readonly sentUid: string } | undefined {
  const question = key.slice(0, key.indexOf('.') + 1);
  const answer = answers.find((item) => item.key === key) ?? answers.findLast((item) => item.key.startsWith(question));
  return answer === undefined ? undefined : { answer, sentUid: answer.key.slice(question.length) };
}
