// What a body says it is, against what the URL asks for. Upstream: apimachinery/pkg/runtime/serializer/json, runtime/error.go (v1.33). Rule: D7.

import type { JsonObject } from '../../engine/apimachinery/meta.ts';
import { badRequest, fail, ok, type Result } from '../../engine/apimachinery/status.ts';
import type { Kind } from '../../engine/kinds/kind.ts';
import { isKnownMessage } from './protobuf/layout.ts';
import type { Target } from './target.ts';

/** A kind and where it lives. */
export interface ExpectedKind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Versions of the same shape that are taken as well. */
  readonly olderVersions?: readonly string[];
}

/** The kind of the bodies of a target: its subresource's own, if that has one. */
export function expectedKindOf({ kind, subresource }: Pick<Target, 'kind' | 'subresource'>): ExpectedKind {
  if (subresource === 'scale') return { group: 'autoscaling', version: 'v1', kind: 'Scale' };
  const info = subresource === undefined ? undefined : kind.subresources?.[subresource];
  const { olderVersions } = info ?? {};
  return {
    group: info?.group ?? kind.group,
    version: info?.version ?? kind.version,
    kind: info?.kind ?? kind.kind,
    ...(olderVersions === undefined ? {} : { olderVersions }),
  };
}

/** Checks kind and apiVersion; what is missing is taken from the URL. Fails: BadRequest. */
export function checkBodyKind(body: JsonObject, expected: ExpectedKind): Result<JsonObject> {
  const kind = textOf(body['kind']) || expected.kind;
  const apiVersion = textOf(body['apiVersion']) || apiVersionText(expected);
  const versions = [expected.version, ...(expected.olderVersions ?? [])];
  const isExpected = versions.some((known) => apiVersion === apiVersionText({ group: expected.group, version: known }));
  if (kind === expected.kind && isExpected) return ok(body);
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const head = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${expected.kind}`;
  const known = isKnownMessage(apiVersion, kind);
  const problem =
    kind !== expected.kind && known
      ? `converting (${version}.${kind}) to (${goPackage(expected.group)}.${expected.kind}): unknown conversion`
      : `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/api/legacyscheme/scheme.go:30"`;
  if (kind === expected.kind && known) {
    const given = group === '' ? version : `${group}/${version}`;
    return fail(badRequest(`the API version in the data (${given}) does not match the expected API version (${apiVersionText(expected)})`));
  }
  return fail(badRequest(`${head}: ${problem}`));
}

function apiVersionText({ group, version }: Pick<Kind, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** The internal Go package of a group. */
function goPackage(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? group);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
