// What a read may ask for beside its selectors: a revision, how to match it, a page.
// Upstream: apimachinery/pkg/apis/meta/internalversion/validation/validation.go, apiserver/pkg/storage/etcd3/api_object_versioner.go (v1.33).
// Rules: G6, G7, H3, H7, H8.

import { type FieldError, forbidden, notSupported } from '../../apimachinery/field-errors.ts';
import { badRequest, fail, failure, ok, type Result } from '../../apimachinery/status.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { SelectorTexts } from './selection.ts';

/** Options of a list; texts are empty when unset. */
export interface ListOptions extends SelectorTexts {
  /** None when it is not above 0. */
  readonly limit: number;
  readonly continue: string;
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  /** Absent: it was not said. */
  readonly sendInitialEvents?: boolean;
}

const MATCHES = ['Exact', 'NotOlderThan', ''];

/** What is wrong with the options of a list. */
export function validateList({
  resourceVersionMatch: match,
  resourceVersion,
  continue: token,
  sendInitialEvents,
}: ListOptions): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (match !== '') {
    // How to match needs something to match (G7).
    if (resourceVersion === '')
      errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden unless resourceVersion is provided'));
    if (token !== '') errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden when continue is provided'));
    if (!MATCHES.includes(match)) errors.push(notSupported('resourceVersionMatch', match, MATCHES));
    if (match === 'Exact' && resourceVersion === '0') {
      errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
    }
  }
  if (sendInitialEvents !== undefined) errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  return errors;
}

/** What is wrong with the options of a watch. */
export function validateWatch({ resourceVersionMatch: match, sendInitialEvents }: ListOptions): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (sendInitialEvents === undefined) {
    // A watch has nothing to match (H8).
    if (match !== '')
      errors.push(forbidden('resourceVersionMatch', 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided'));
    return errors;
  }
  // H7: the WatchList feature is off, as by default in v1.33's core resources; clients fall back to list and watch.
  if (match !== 'NotOlderThan') {
    errors.push(forbidden('resourceVersionMatch', 'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  }
  errors.push(forbidden('sendInitialEvents', 'sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled'));
  return errors;
}

/** A revision that a list or watch names. `undefined`: none. Fails: BadRequest or, for a watch, a 500 without reason (G7, H3). */
export function parseRevision(text: string, isWatch: boolean): Result<number | undefined> {
  if (text === '') return ok(undefined);
  if (/^\d{1,19}$/.test(text)) return ok(Number(text));
  const message = `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`;
  if (!isWatch) return fail(badRequest(`invalid resource version: ${message}`));
  const { reason: _, ...status } = failure(500, '', message);
  return fail(status);
}

/** The revision that a get or a list names. Fails: BadRequest; Timeout of one that does not exist yet (G7). */
export function readRevision(state: ClusterState, text: string): Result<number | undefined> {
  const revision = parseRevision(text, false);
  if (!revision.ok || revision.value === undefined || revision.value <= state.revision) return revision;
  const message = `Too large resource version: ${revision.value}, current: ${state.revision}`;
  const causes = [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }];
  return fail(failure(504, 'Timeout', `Timeout: ${message}`, { causes, retryAfterSeconds: 1 }));
}

/** The revision behind `latest` at which a read has to look (G2): it names one, and exactly that. */
export function pastRevision(resourceVersion: string, match: string, latest: number): number | undefined {
  const revision = match === 'Exact' ? parseRevision(resourceVersion, false) : undefined;
  return revision?.ok === true && revision.value !== undefined && revision.value < latest ? revision.value : undefined;
}
