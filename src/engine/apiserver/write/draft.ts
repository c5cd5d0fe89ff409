// From the body of a request to the draft of an object: decoding, field validation, and what the URL says. Rules: C11-C15, D7, F3, I4.
// Upstream: staging/src/k8s.io/apiserver/pkg/endpoints/handlers/{create,update}.go (v1.33).

import type { Json, KubeObject } from '../../apimachinery/meta.ts';
import { badRequest, type Status } from '../../apimachinery/status.ts';
import { apiVersionOf, type Draft, type Kind } from '../../kinds/kind.ts';
import { decodeBody, decodeCustom } from './decode.ts';
import type { ApiRequest } from '../request-types.ts';

export type Drafted =
  | { readonly ok: true; readonly draft: Draft<KubeObject>; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly status: Status /** What the decoder has against the body. */; readonly problem?: string };

/** What of a kind its bodies are decoded by. */
export type BodyKind = Pick<Kind, 'group' | 'version' | 'kind' | 'schema' | 'namespaced' | 'hasStatus' | 'structure'>;

/** Decoding and field validation (C11-C15), and what the URL says of the object (D7, F3, I4). */
export function draftObject(kind: BodyKind, request: ApiRequest, body: Json): Drafted {
  const decoded = kind.structure === undefined ? decodeBody(body, kind.schema) : decodeCustom(body, kind.structure.schema);
  const prefix = `${kind.kind} in version "${kind.version}" cannot be handled as a ${kind.kind}: `;
  if (!decoded.ok) return { ok: false, status: badRequest(prefix + decoded.error), problem: decoded.error };
  const { value, unknown } = decoded.value;
  const mode = request.options.fieldValidation ?? 'Warn';
  if (mode === 'Strict' && unknown.length > 0) {
    const problem = `strict decoding error: ${unknown.join(', ')}`;
    return { ok: false, status: badRequest(prefix + problem), problem };
  }
  const metadata = (value['metadata'] ?? {}) as Record<string, unknown>;
  if (kind.namespaced && request.namespace !== undefined) {
    if (metadata['namespace'] !== undefined && metadata['namespace'] !== '' && metadata['namespace'] !== request.namespace) {
      return { ok: false, status: badRequest('the namespace of the provided object does not match the namespace sent on the request') };
    }
    metadata['namespace'] = request.namespace;
  } else delete metadata['namespace'];
  // O15: what a webhook converts is of its own version until then.
  const isStored = kind.structure !== undefined && kind.structure.webhook === undefined;
  const apiVersion = isStored ? kind.structure.storedApiVersion : apiVersionOf(kind);
  const draft = { ...value, kind: kind.kind, apiVersion, metadata } as Record<string, unknown>;
  if (kind.hasStatus && kind.structure === undefined) draft['spec'] ??= {};
  return { ok: true, draft: draft as Draft<KubeObject>, warnings: mode === 'Warn' ? unknown : [] };
}
