// One handler per verb: decode, one command or one read, encode.
// Upstream: apiserver/pkg/endpoints/handlers/{get,create,update,patch,delete}.go (v1.33). Rules: G, I, J, K, L and M from the HTTP side.

import type { Status } from '../../engine/apimachinery/status.ts';
import type { ApiRequest, Outcome } from '../../engine/cluster/index.ts';
import { apiVersionOf } from '../../engine/kinds/kind.ts';
import type { ClusterService } from '../../service/ports.ts';
import { answerJsonText, answerStatus } from './answer.ts';
import { readBody } from './body.ts';
import { decodeObject, decodePatch, objectTypeOf, patchTypeOf } from './decode.ts';
import { parseDeleteOptions } from './delete-options.ts';
import { type EncodedObject, encodedObject, encodeList, encodeMetadataList, type ListMeta, metadataJson } from './encode.ts';
import { type Format, negotiateFormat, wrongMetadataForm } from './negotiate.ts';
import { type ListQuery, parseListQuery, parseWriteOptions } from './query.ts';
import { listObjects, readObject } from './reads.ts';
import { encodeTable, parseIncludeObject, tableViewOf } from './table.ts';
import type { Target, Verb } from './target.ts';
import { handleWatch } from './watch.ts';

/** A request whose path named a resource. */
export interface ResourceRequest {
  readonly service: ClusterService;
  readonly cluster: string;
  readonly target: Target;
  readonly request: Request;
  readonly query: URLSearchParams;
}

type Handler = (context: ResourceRequest, format: Format) => Response | Promise<Response>;

const HANDLERS: Readonly<Record<Verb, Handler>> = {
  get: handleGet,
  list: handleList,
  create: handleWrite,
  update: handleWrite,
  patch: handlePatch,
  delete: handleDelete,
  deletecollection: handleDelete,
};

/** Answers a request about a resource. */
export async function handleResource(context: ResourceRequest): Promise<Response> {
  const { target, request, query } = context;
  const isCollection = target.verb === 'list';
  const list = isCollection ? parseListQuery(query, target.isOldWatch) : undefined;
  const isWatch = list?.ok === true && list.value.isWatch;
  const format = negotiateFormat(request.headers.get('accept'), { isWatch, isCollection });
  if (!format.ok) return answerStatus(format.status);
  if (list?.ok === false) return answerStatus(list.status, { format: format.value });
  return isWatch ? handleWatch(context, list.value, format.value) : HANDLERS[target.verb](context, format.value);
}

function handleGet({ service, cluster, target, query }: ResourceRequest, format: Format): Response {
  const { kind, namespace, name = '', subresource } = target;
  return service.read(cluster, (state) => {
    const found = readObject(state, { kind, namespace, name, subresource, resourceVersion: query.get('resourceVersion') ?? '' });
    return found.ok ? answerObject(viewOf(target, query, format, state.nowMs), found.value) : answerStatus(found.status, { format });
  });
}

function handleList({ service, cluster, target, query }: ResourceRequest, format: Format): Response {
  const options = parseListQuery(query);
  if (!options.ok) return answerStatus(options.status, { format });
  return service.read(cluster, (state) => {
    const list = listObjects(state, target.kind, target.namespace, options.value);
    if (!list.ok) return answerStatus(list.status, { format });
    return answerList(viewOf(target, query, format, state.nowMs), list.value.items, list.value.metadata);
  });
}

function viewOf({ kind, subresource }: Target, query: URLSearchParams, format: Format, nowMs: number): View {
  return { kind, ...(subresource === undefined ? {} : { subresource }), format, includeObject: query.get('includeObject'), nowMs };
}

async function handleWrite(context: ResourceRequest, format: Format): Promise<Response> {
  const { request, query, target } = context;
  const verb = target.verb === 'create' ? 'create' : 'update';
  const mediaType = objectTypeOf(request.headers.get('content-type'));
  if (!mediaType.ok) return answerStatus(mediaType.status, { format });
  const bytes = await readBody(request);
  if (!bytes.ok) return answerStatus(bytes.status, { format });
  const options = parseWriteOptions(query, verb);
  if (!options.ok) return answerStatus(options.status, { format });
  const body = decodeObject(bytes.value, mediaType.value, bodyKindOf(target));
  if (!body.ok) return answerStatus(body.status, { format });
  const { value, strictErrors } = body.value;
  return execute(context, format, { verb, body: value, options: options.value }, strictErrors);
}

async function handlePatch(context: ResourceRequest, format: Format): Promise<Response> {
  const { request, query } = context;
  const patchType = patchTypeOf(request.headers.get('content-type'));
  if (!patchType.ok) return answerStatus(patchType.status, { format });
  const bytes = await readBody(request);
  if (!bytes.ok) return answerStatus(bytes.status, { format });
  const options = parseWriteOptions(query, 'patch', patchType.value);
  if (!options.ok) return answerStatus(options.status, { format });
  const patch = decodePatch(bytes.value, patchType.value);
  if (!patch.ok) return answerStatus(patch.status, { format });
  const { value, strictErrors } = patch.value;
  return execute(context, format, { verb: 'patch', body: value, patchType: patchType.value, options: options.value }, strictErrors);
}

async function handleDelete(context: ResourceRequest, format: Format): Promise<Response> {
  const { request, query, target } = context;
  const bytes = await readBody(request);
  if (!bytes.ok) return answerStatus(bytes.status, { format });
  const parsed = parseDeleteOptions(bytes.value, request.headers.get('content-type'), query);
  if (!parsed.ok) return answerStatus(parsed.status, { format });
  const { orphanDependents, ...deletion } = parsed.value;
  const labelSelector = query.get('labelSelector') ?? '';
  const fieldSelector = query.get('fieldSelector') ?? '';
  const verb = target.verb === 'delete' ? 'delete' : 'deletecollection';
  const options = { ...deletion, ...(labelSelector === '' ? {} : { labelSelector }), ...(fieldSelector === '' ? {} : { fieldSelector }) };
  return execute(context, format, { verb, options, acceptsPending: orphanDependents === false }, []);
}

/** The kind that a body must be of, where the target's subresource has a kind of its own. */
function bodyKindOf({ kind, subresource }: Target): string {
  if (subresource === 'scale') return 'Scale';
  return subresource === undefined ? kind.kind : (kind.subresources?.[subresource]?.kind ?? kind.kind);
}

interface Write {
  readonly verb: ApiRequest['verb'];
  readonly body?: Json;
  readonly patchType?: PatchType;
  readonly options: ApiRequest['options'];
  /** L3: answer 202 while the deleted object still exists. */
  readonly acceptsPending?: boolean;
}

/** Executes one command and answers its outcome. */
function execute(
  { service, cluster, target, query }: ResourceRequest,
  format: Format,
  write: Write,
  strictErrors: readonly string[],
): Response {
  const { kind, namespace, name, subresource } = target;
  const strict = strictErrors.length > 0 ? checkStrictErrors(target, write, strictErrors) : [];
  if (!Array.isArray(strict)) return answerStatus(strict as Status, { format });
  const commit = service.execute(cluster, {
    type: 'request',
    request: {
      verb: write.verb,
      resource: resourceOf(kind),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
      ...(write.body === undefined ? {} : { body: write.body }),
      ...(write.patchType === undefined ? {} : { patchType: write.patchType }),
      options: write.options,
    },
  });
  const { outcome } = commit;
  const warnings = [...strict, ...outcome.warnings];
  if (!outcome.ok) return answerStatus(outcome.status, { format, warnings });
  const item = encodedObject(outcome.object ?? SUCCESS);
  const isPending = write.acceptsPending === true && item.object.metadata.deletionTimestamp !== undefined;
  return answerObject(viewOf(target, query, format, commit.nowMs), item, { code: isPending ? 202 : outcome.code, warnings });
}

/** C11, C12: what a body says twice is an error, a warning or nothing. */
function checkStrictErrors(target: Target, write: Write, strictErrors: readonly string[]): readonly string[] | Status {
  const { kind } = target;
  switch (write.options.fieldValidation ?? 'Warn') {
    case 'Ignore':
      return [];
    case 'Warn':
      return strictErrors;
    case 'Strict':
      if (write.patchType === 'apply') return badRequest(`error strict decoding YAML: ${strictErrors.join(', ')}`);
      return badRequest(
        `${bodyKindOf(target)} in version "${kind.version}" cannot be handled as a ${bodyKindOf(target)}: strict decoding error: ${strictErrors.join(', ')}`,
      );
  }
}
