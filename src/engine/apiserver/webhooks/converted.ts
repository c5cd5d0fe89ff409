// What a webhook made of an object, if it may: only content, labels and annotations change.
// Upstream: apiextensions-apiserver/pkg/apiserver/conversion/webhook_converter.go (v1.33). Rule: O15.

import { aggregate, type FieldError } from '../../apimachinery/field-errors.ts';
import { isJsonObject, type Json, type JsonObject, type KubeObject } from '../../apimachinery/meta.ts';
import { fail, ok, type Result, type Status, unknownFailure } from '../../apimachinery/status.ts';
import { withTexts } from '../write/exchanged.ts';
import { validateAnnotations, validateLabels } from '../write/metadata.ts';
import type { WebhookAnswer } from './calls.ts';
import { reviewIn } from './verdict.ts';

export interface AskedConversion {
  readonly object: KubeObject;
  readonly wanted: string;
  /** The uid that the object had when it was sent. */
  readonly sentUid: string;
  readonly version: string;
  readonly uid: string;
  readonly url: string;
  readonly timeoutSeconds: number;
}

/** The converted object. Fails: without reason, 500, in upstream's words. */
export function convertedBy(answer: WebhookAnswer, asked: AskedConversion): Result<KubeObject> {
  const refuse = (text: string): Result<never> => fail(conversionFailure(asked.object, text));
  const review = reviewIn(answer, asked);
  const objects = typeof review === 'string' ? review : objectsIn(review, asked);
  if (typeof objects === 'string') return refuse(`failed: ${objects}`);
  const [converted = null] = objects;
  if (objects.length !== 1) return refuse(`returned ${objects.length} objects, expected 1`);
  const unreadable = undecodable(converted);
  if (unreadable !== undefined || !isJsonObject(converted)) return fail(unknownFailure(unreadable ?? ''));
  const { object, wanted } = asked;
  const place = 'returned invalid object at index 0';
  const { apiVersion, kind } = converted;
  if (apiVersion !== wanted) return refuse(`${place}: invalid groupVersion (expected ${wanted}, received ${textOf(apiVersion)})`);
  if (kind !== object.kind) return refuse(`${place}: invalid kind (expected ${object.kind}, received ${textOf(kind)})`);
  const changed = identityProblem(asked, converted);
  if (changed !== undefined) return refuse(`returned invalid object: ${changed}`);
  const metadata = restoredMetadata(object, converted['metadata']);
  return typeof metadata === 'string' ? refuse(`returned invalid metadata: ${metadata}`) : ok({ ...converted, metadata } as KubeObject);
}

/** A failure that names the object's version and kind. */
export function conversionFailure({ apiVersion, kind }: KubeObject, text: string): Status {
  return unknownFailure(`conversion webhook for ${apiVersion}, Kind=${kind} ${text}`);
}

function objectsIn(review: JsonObject, { version, uid }: AskedConversion): readonly Json[] | string {
  const { response } = review;
  if (version === 'v1') {
    const { apiVersion, kind } = review;
    const [group = '', number = ''] = textOf(apiVersion).includes('/') ? textOf(apiVersion).split('/') : ['', textOf(apiVersion)];
    const given = `${group}/${number}, Kind=${textOf(kind)}`;
    const expected = 'apiextensions.k8s.io/v1, Kind=ConversionReview';
    if (given !== expected) return `expected webhook response of ${expected}, got ${given}`;
  }
  if (!isJsonObject(response)) return 'no response provided';
  const given = textOf(response['uid']);
  if (version === 'v1' && given !== uid) return `expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(given)}`;
  const { status, message } = isJsonObject(response['result']) ? response['result'] : {};
  if (status !== 'Success') {
    if (typeof message === 'string' && message !== '') return message;
    return `response.result.status was '${textOf(status)}', not 'Success'`;
  }
  const { convertedObjects } = response;
  return Array.isArray(convertedObjects) ? convertedObjects : [];
}

/** Go's decoder of objects wants a kind. */
function undecodable(value: Json): string | undefined {
  if (value === null) return 'unexpected end of JSON input';
  if (!isJsonObject(value)) return `json: cannot unmarshal ${Array.isArray(value) ? 'array' : typeof value} into Go value of type struct`;
  return textOf(value['kind']) === '' ? `Object 'Kind' is missing in '${JSON.stringify(value)}'` : undefined;
}

function identityProblem({ object, sentUid }: AskedConversion, converted: JsonObject): string | undefined {
  const { name, namespace, uid } = isJsonObject(converted['metadata']) ? converted['metadata'] : {};
  const before = object.metadata;
  if (textOf(name) !== before.name) return `must have the same name: ${before.name} != ${textOf(name)}`;
  if (textOf(namespace) !== (before.namespace ?? ''))
    return `must have the same namespace: ${before.namespace ?? ''} != ${textOf(namespace)}`;
  return textOf(uid) === sentUid ? undefined : `must have the same UID: ${sentUid} != ${textOf(uid)}`;
}

/** The metadata as it was, with the labels and annotations of the answer; or what is wrong with those. */
function restoredMetadata(object: KubeObject, given: Json | undefined): KubeObject['metadata'] | string {
  if (given === undefined) return 'missing metadata in converted object';
  if (!isJsonObject(given)) return `invalid metadata of type ${goTypeOf(given)} in converted object`;
  const labels = checkedTexts('labels', given['labels'], object.metadata.labels ?? {});
  if (typeof labels === 'string') return labels;
  const annotations = checkedTexts('annotations', given['annotations'], object.metadata.annotations ?? {});
  if (typeof annotations === 'string') return annotations;
  return withTexts(object.metadata, { labels, annotations });
}

type Texts = Readonly<Record<string, string>>;

function checkedTexts(field: 'labels' | 'annotations', given: Json | undefined, before: Texts): Texts | string | undefined {
  if (given === undefined || given === null) return undefined;
  if (!isJsonObject(given)) return `invalid metadata.${field} of type ${goTypeOf(given)} in converted object`;
  for (const [name, value] of Object.entries(given))
    if (typeof value !== 'string') return `metadata.${field}[${name}] must be a string, but is ${goTypeOf(value)} in converted object`;
  const texts = given as Texts;
  const names = Object.keys(texts);
  if (names.length === Object.keys(before).length && names.every((name) => texts[name] === before[name])) return texts;
  const errors: readonly FieldError[] =
    field === 'labels' ? validateLabels(texts, 'metadata.labels') : validateAnnotations(texts, 'metadata.annotation');
  return errors.length === 0 ? texts : aggregate(errors);
}

function goTypeOf(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  return typeof value === 'object' ? 'map[string]interface {}' : typeof value === 'boolean' ? 'bool' : 'string';
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
