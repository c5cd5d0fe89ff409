// What the cluster has against manifests, placed in the text they came from.

import type { Status } from '../../../engine/apimachinery/status.ts';
import type { ManifestFailure } from '../../../engine/cluster/index.ts';
import { codeOfStatus, httpStatusOf, type Problem, type ProblemItem, problemOf } from '../../errors.ts';
import type { Manifests } from './documents.ts';

/** One problem for all failures, with every mistake and its place. */
export function problemOfFailures(failures: readonly ManifestFailure[], manifests: Manifests): Problem {
  const placed = failures.flatMap(({ index, status }) => mistakesOf(status).map((mistake) => place(mistake, index, manifests)));
  const errors = placed.sort((a, b) => (a.document ?? 0) - (b.document ?? 0) || (a.line ?? 0) - (b.line ?? 0));
  const codes = new Set(failures.map(({ status }) => httpStatusOf(status)));
  const status = codes.size === 1 ? ([...codes][0] as number) : 400;
  return { ...problemOf(codeOfStatus(status), describeItems(errors), errors), status };
}

/** The problem of a text that cannot be read. */
export function problemOfText(errors: readonly ProblemItem[]): Problem {
  return problemOf('malformed-body', describeItems(errors), errors);
}

interface Mistake {
  /** Inside the object. */
  readonly field: string | undefined;
  readonly message: string;
}

/** The causes of a refusal; strict decoding names its fields in the message only. */
function mistakesOf(status: Status): readonly Mistake[] {
  const message = status.message ?? 'refused';
  const causes = (status.details?.causes ?? []).filter((cause) => cause.field !== undefined);
  if (causes.length > 0) return causes.map((cause) => ({ field: cause.field, message: cause.message ?? message }));
  const unknown = [...message.matchAll(/(?:unknown|duplicate) field "((?:[^"\\]|\\.)*)"/g)];
  if (unknown.length > 0) return unknown.map((match) => ({ field: match[1], message: match[0] }));
  const typed = /Go struct field [^.\s]+\.(\S+) of type/.exec(message);
  return [{ field: typed?.[1] ?? FIELD_OF_MESSAGE.find(([text]) => message.startsWith(text))?.[1], message }];
}

/** Refusals that come before an object has a kind. */
const FIELD_OF_MESSAGE: readonly (readonly [string, string])[] = [
  ['apiVersion', 'apiVersion'],
  ['kind', 'kind'],
  ['no matches for kind', 'kind'],
  ['metadata.namespace', 'metadata.namespace'],
  ['metadata.name', 'metadata.name'],
];

function place({ field, message }: Mistake, index: number, manifests: Manifests): ProblemItem {
  const object = manifests.objects[index];
  if (object === undefined) return { in: 'body', message };
  const inDocument = field === undefined || field === '<nil>' ? object.path : joinPath(object.path, field);
  const shown = inDocument === '' ? {} : { field: inDocument };
  return { in: 'body', ...shown, message, document: object.document, ...manifests.locate(object.document, inDocument) };
}

function joinPath(path: string, field: string): string {
  return path === '' || field.startsWith('[') ? path + field : `${path}.${field}`;
}

function describeItems(errors: readonly ProblemItem[]): string {
  return errors.map(describeItem).join('; ');
}

function describeItem({ document, line, column, field, message }: ProblemItem): string {
  const where = [
    ...(document === undefined ? [] : [`document ${document}`]),
    ...(line === undefined ? [] : [`line ${line}`]),
    ...(column === undefined ? [] : [`column ${column}`]),
  ].join(', ');
  const what = field === undefined || message.includes(field) ? message : `${field}: ${message}`;
  return where === '' ? what : `${where}: ${what}`;
}
