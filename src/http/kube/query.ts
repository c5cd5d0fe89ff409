// Query parameters of requests: options of writes, of lists and of watches, with upstream's errors. Unknown parameters are ignored (A5).
// Upstream: apimachinery/pkg/apis/meta/v1/validation/validation.go, runtime/conversion.go (v1.33). Rules: C10, E5, H6, H9, K2, L1.

import { type FieldError, forbidden, goText, notSupported, tooLong } from '../../engine/apimachinery/field-errors.ts';
import { badRequest, fail, invalidObject, ok, type Result } from '../../engine/apimachinery/status.ts';
import { type ListOptions, validateList, validateWatch } from '../../engine/apiserver/read/list-options.ts';
import type { PatchType } from './decode.ts';

export type FieldValidation = 'Strict' | 'Warn' | 'Ignore';

/** Options of create, update and patch. */
export interface WriteOptions {
  readonly dryRun?: boolean;
  readonly fieldManager?: string;
  readonly fieldValidation?: FieldValidation;
  readonly force?: boolean;
}

const FIELD_MANAGER_BYTES_MAX = 128;
const FIELD_VALIDATIONS = ['', 'Ignore', 'Strict', 'Warn'];

/** Parses the options of a write. Fails: Invalid of kind CreateOptions, UpdateOptions or PatchOptions (E5). */
export function parseWriteOptions(
  query: URLSearchParams,
  verb: 'create' | 'update' | 'patch',
  patchType?: PatchType,
): Result<WriteOptions> {
  const fieldManager = query.get('fieldManager') ?? '';
  const validation = query.get('fieldValidation') ?? '';
  const force = query.has('force') ? parseFlag(query.get('force')) : undefined;
  const errors: FieldError[] = [...dryRunErrors(query.getAll('dryRun'))];
  if (new TextEncoder().encode(fieldManager).length > FIELD_MANAGER_BYTES_MAX)
    errors.push(tooLong('fieldManager', FIELD_MANAGER_BYTES_MAX));
  if (!FIELD_VALIDATIONS.includes(validation)) errors.push(notSupported('fieldValidation', validation, FIELD_VALIDATIONS));
  // K2: apply needs a manager; only apply may force.
  if (patchType === 'apply' && fieldManager === '') {
    errors.push({ reason: 'FieldValueRequired', field: 'fieldManager', message: 'Required value: is required for apply patch' });
  }
  if (patchType !== undefined && patchType !== 'apply' && force !== undefined) {
    errors.push(forbidden('force', 'may not be specified for non-apply patch'));
  }
  if (errors.length > 0) return fail(invalidObject(optionsResource(`${verb[0]?.toUpperCase()}${verb.slice(1)}Options`), '', errors));
  return ok({
    ...(query.getAll('dryRun').includes('All') ? { dryRun: true } : {}),
    ...(fieldManager === '' ? {} : { fieldManager }),
    ...(validation === '' ? {} : { fieldValidation: validation as FieldValidation }),
    ...(force === undefined || patchType !== 'apply' ? {} : { force }),
  });
}

/** I10: a client that names no manager is known by its User-Agent up to the first slash. */
export function managerOfAgent(userAgent: string | null): string {
  const [product = ''] = (userAgent ?? '').split('/');
  const printable = product.replace(/[^\x20-\x7e]/g, '').slice(0, FIELD_MANAGER_BYTES_MAX);
  return printable === '' ? 'unknown' : printable;
}

/** Errors of dry run values, which are a list (E5). */
export function dryRunErrors(values: readonly string[]): readonly FieldError[] {
  if (values.every((value) => value === 'All' || value === '')) return [];
  return [notSupported('dryRun', goText(`[]string{${values.map((value) => JSON.stringify(value)).join(', ')}}`), ['All'])];
}

/** How errors name the options of a request. */
export function optionsResource(kind: string): { group: string; plural: string; kind: string } {
  return { group: 'meta.k8s.io', plural: kind.toLowerCase(), kind };
}

/** Options of lists and watches. */
export interface ListQuery extends ListOptions {
  readonly isWatch: boolean;
  readonly allowWatchBookmarks: boolean;
  /** Wall seconds. */
  readonly timeoutSeconds?: number;
}

/** Parses the options of a list or watch. Fails: BadRequest, Invalid of kind ListOptions. */
export function parseListQuery(query: URLSearchParams, forcesWatch = false): Result<ListQuery> {
  for (const name of ['limit', 'timeoutSeconds']) {
    const text = query.get(name) ?? '';
    // The text is upstream's conversion error, without the parameter's name.
    if (text !== '' && !/^[-+]?\d+$/.test(text))
      return fail(badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`));
  }
  const timeoutSeconds = Number(query.get('timeoutSeconds') ?? '');
  const list: ListQuery = {
    labelSelector: query.get('labelSelector') ?? '',
    fieldSelector: query.get('fieldSelector') ?? '',
    limit: Number(query.get('limit') ?? 0),
    continue: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    isWatch: forcesWatch || parseFlag(query.get('watch')),
    allowWatchBookmarks: parseFlag(query.get('allowWatchBookmarks')),
    ...(timeoutSeconds > 0 ? { timeoutSeconds } : {}),
    ...(query.has('sendInitialEvents') ? { sendInitialEvents: parseFlag(query.get('sendInitialEvents')) } : {}),
  };
  const errors = list.isWatch ? validateWatch(list) : validateList(list);
  return errors.length === 0 ? ok(list) : fail(invalidObject(optionsResource('ListOptions'), '', errors));
}

/** A boolean parameter: present means true, unless it says `false` or `0`. */
export function parseFlag(text: string | null): boolean {
  return text !== null && text !== '0' && text.toLowerCase() !== 'false';
}
