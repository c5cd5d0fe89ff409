// Delete options: a body, or query parameters when there is none. Upstream: apiserver/pkg/endpoints/handlers/delete.go (v1.33). Rules: L1, L2.

import { type FieldError, invalid, notSupported } from '../../engine/apimachinery/field-errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../engine/apimachinery/meta.ts';
import { badRequest, fail, invalidObject, ok, type Result } from '../../engine/apimachinery/status.ts';
import { decodeObject, objectTypeOf } from './decode.ts';
import { dryRunErrors, optionsResource, parseFlag } from './query.ts';

export type PropagationPolicy = 'Background' | 'Foreground' | 'Orphan';

export interface DeleteQuery {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: PropagationPolicy;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly dryRun?: boolean;
  /** L3: `orphanDependents=false` turns the answer of an object that still exists into 202. */
  readonly orphanDependents?: boolean;
}

const POLICIES = ['Foreground', 'Background', 'Orphan', 'nil'];

/** Fails: UnsupportedMediaType, BadRequest, Invalid of kind DeleteOptions. */
export async function parseDeleteOptions(
  bytes: Uint8Array,
  contentType: string | null,
  query: URLSearchParams,
): Promise<Result<DeleteQuery>> {
  if (bytes.length === 0) return optionsFrom(objectFromQuery(query), query);
  const mediaType = objectTypeOf(contentType);
  if (!mediaType.ok) return mediaType;
  const body = await decodeObject(bytes, mediaType.value, 'DeleteOptions');
  if (!body.ok) return body;
  const kind = body.value.value['kind'];
  if (kind !== undefined && kind !== '' && kind !== 'DeleteOptions') {
    return fail(badRequest('decoded object cannot be converted to DeleteOptions'));
  }
  return optionsFrom(body.value.value, query);
}

function objectFromQuery(query: URLSearchParams): JsonObject {
  const grace = query.get('gracePeriodSeconds') ?? '';
  return {
    ...(grace === '' ? {} : { gracePeriodSeconds: /^[-+]?\d+$/.test(grace) ? Number(grace) : grace }),
    ...(query.has('propagationPolicy') ? { propagationPolicy: query.get('propagationPolicy') } : {}),
    ...(query.has('orphanDependents') ? { orphanDependents: parseFlag(query.get('orphanDependents')) } : {}),
    ...(query.has('dryRun') ? { dryRun: query.getAll('dryRun') } : {}),
  };
}

function optionsFrom(source: JsonObject, query: URLSearchParams): Result<DeleteQuery> {
  const problem = typeProblem(source);
  if (problem !== undefined) return fail(badRequest(problem));
  const policy = textOf(source['propagationPolicy']);
  const orphanDependents = source['orphanDependents'] as boolean | null | undefined;
  const dryRun = [...((source['dryRun'] as readonly string[] | null | undefined) ?? []), ...query.getAll('dryRun')];
  const errors: FieldError[] = [];
  // Two ways to say the same contradict each other (L2).
  if (orphanDependents !== undefined && orphanDependents !== null && policy !== undefined) {
    errors.push(invalid('propagationPolicy', policy, 'orphanDependents and deletionPropagation cannot be both set'));
  } else if (policy !== undefined && (policy === 'nil' || !POLICIES.includes(policy))) {
    errors.push(notSupported('propagationPolicy', policy, POLICIES));
  }
  errors.push(...dryRunErrors(dryRun));
  if (errors.length > 0) return fail(invalidObject(optionsResource('DeleteOptions'), '', errors));
  const grace = source['gracePeriodSeconds'] as number | null | undefined;
  const preconditions = preconditionsOf(source['preconditions']);
  return ok({
    ...(grace === undefined || grace === null ? {} : { gracePeriodSeconds: grace }),
    ...policyOf(policy, orphanDependents),
    ...(preconditions === undefined ? {} : { preconditions }),
    ...(dryRun.includes('All') ? { dryRun: true } : {}),
    ...(orphanDependents === undefined || orphanDependents === null ? {} : { orphanDependents }),
  });
}

function policyOf(policy: string | undefined, orphanDependents: boolean | null | undefined): { propagationPolicy?: PropagationPolicy } {
  if (policy !== undefined) return { propagationPolicy: policy as PropagationPolicy };
  if (orphanDependents === undefined || orphanDependents === null) return {};
  return { propagationPolicy: orphanDependents ? 'Orphan' : 'Background' };
}

/** C15 for the few members of DeleteOptions. */
function typeProblem(source: JsonObject): string | undefined {
  const wrong = (field: string, type: string) =>
    `DeleteOptions in version "v1" cannot be handled as a DeleteOptions: json: cannot unmarshal ${describe(source[field] ?? null)} into Go struct field DeleteOptions.${field} of type ${type}`;
  const grace = source['gracePeriodSeconds'] ?? null;
  if (grace !== null && (typeof grace !== 'number' || !Number.isSafeInteger(grace))) return wrong('gracePeriodSeconds', 'int64');
  const policy = source['propagationPolicy'] ?? null;
  if (policy !== null && typeof policy !== 'string') return wrong('propagationPolicy', 'v1.DeletionPropagation');
  const orphan = source['orphanDependents'] ?? null;
  if (orphan !== null && typeof orphan !== 'boolean') return wrong('orphanDependents', 'bool');
  const dryRun = source['dryRun'] ?? null;
  if (dryRun !== null && !(Array.isArray(dryRun) && dryRun.every((value) => typeof value === 'string'))) return wrong('dryRun', '[]string');
  const preconditions = source['preconditions'] ?? null;
  if (preconditions !== null && !isJsonObject(preconditions)) return wrong('preconditions', 'v1.Preconditions');
  return undefined;
}

function describe(value: Json): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function preconditionsOf(value: Json | undefined): DeleteQuery['preconditions'] {
  if (!isJsonObject(value)) return undefined;
  const uid = textOf(value['uid']);
  const resourceVersion = textOf(value['resourceVersion']);
  return { ...(uid === undefined ? {} : { uid }), ...(resourceVersion === undefined ? {} : { resourceVersion }) };
}
