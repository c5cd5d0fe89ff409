// One handler per verb: decode, one command or one read, encode.
// Upstream: apiserver/pkg/endpoints/handlers/{get,create,update,patch,delete}.go (v1.33). Rules: G, I, J, K, L and M from the HTTP side.

import type { Json, KubeObject } from '../../engine/apimachinery/meta.ts';
import { badRequest, fail, methodNotAllowed, ok, type Result } from '../../engine/apimachinery/status.ts';
import { type EncodedObject, encodedObject, inVersion } from '../../engine/apiserver/read/encoded-object.ts';
import { pastRevision } from '../../engine/apiserver/read/list-options.ts';
import { type Commit, decodeBody, decodeCustom, isPrivileged, readList, readObject, type UserInfo } from '../../engine/cluster/index.ts';
import type { ApiRequest } from '../../engine/apiserver/request-types.ts';
import type { ClusterState } from '../../engine/kernel/state.ts';
import { getStored, keysInNamespace } from '../../engine/kernel/store.ts';
import { type Kind, resourceOf, storedResourceOf } from '../../engine/kinds/kind.ts';
import type { PodStatus } from '../../engine/kinds/pod/types.ts';
import { readObjectsAt } from '../../service/past-view.ts';
import type { ClusterService } from '../../service/ports.ts';
import { answerStatus } from './answer.ts';
import { answerList, answerObject, type View } from './answer-object.ts';
import { readBody } from './body.ts';
import { checkBodyKind, expectedKindOf } from './body-kind.ts';
import { getConverted, listConverted } from './converted-reads.ts';
import { isConverted } from './converting.ts';
import { CUSTOM_PATCH_TYPES, decodeObject, decodePatch, objectTypeOf, type PatchType, patchTypeOf } from './decode.ts';
import { parseDeleteOptions } from './delete-options.ts';
import { type Format, negotiateFormat } from './negotiate.ts';
import { handlePodLog } from './pod-log.ts';
import { awaitNews } from './polling.ts';
import { handleProxy } from './proxy.ts';
import { type ListQuery, managerOfAgent, parseListQuery, parseWriteOptions, type WriteOptions } from './query.ts';
import { handleStreaming, STREAMING_SUBRESOURCES } from './streaming/handle.ts';
import type { Target, Verb } from './target.ts';
import { handleWatch } from './watch.ts';

/** A request whose path named a resource. */
export interface ResourceRequest {
  readonly service: ClusterService;
  readonly cluster: string;
  readonly target: Target;
  readonly request: Request;
  readonly user: UserInfo;
  /** Who asks, as he names himself. */
  readonly client: string;
  readonly query: URLSearchParams;
}

type Handler = (context: ResourceRequest, format: Format) => Response | Promise<Response>;

const HANDLERS: Readonly<Record<Exclude<Verb, 'list'>, Handler>> = {
  get: handleGet,
  create: handleWrite,
  update: handleWrite,
  patch: handlePatch,
  delete: handleDelete,
  deletecollection: handleDelete,
};

/** Answers a request about a resource. */
export async function handleResource(context: ResourceRequest): Promise<Response> {
  const { verb, subresource } = context.target;
  if (subresource === 'log') return handlePodLog(context);
  if (subresource === 'proxy') return handleProxy(context);
  if (subresource !== undefined && STREAMING_SUBRESOURCES.includes(subresource)) return handleStreaming(context);
  if (verb === 'list') return handleCollection(context);
  const format = formatOf(context, { isWatch: false, isCollection: false });
  return format.ok ? HANDLERS[verb](context, format.value) : answerStatus(format.status);
}

async function handleCollection(context: ResourceRequest): Promise<Response> {
  const list = parseListQuery(context.query, context.target.isOldWatch);
  const isWatch = list.ok && list.value.isWatch;
  const format = formatOf(context, { isWatch, isCollection: true });
  if (!format.ok) return answerStatus(format.status);
  if (!list.ok) return answerStatus(list.status, { format: format.value });
  if (isWatch && context.target.kind.withoutVerbs?.includes('watch') === true)
    return answerStatus(methodNotAllowed(), { format: format.value });
  if (isWatch) return handleWatch(context, list.value, format.value);
  const { resourceVersion, resourceVersionMatch } = list.value;
  const read = (service: ClusterService) => handleList({ ...context, service }, list.value, format.value);
  return readAsAsked(context, resourceVersion, resourceVersionMatch, read);
}

/** G2: exactly a revision, which every one that is retained is; the present ones need no look back. */
async function readAsAsked(
  { service, cluster }: ResourceRequest,
  resourceVersion: string,
  match: string,
  read: (service: ClusterService) => Promise<Response>,
): Promise<Response> {
  const revision = pastRevision(resourceVersion, match, service.latestRevision(cluster));
  return revision === undefined ? read(service) : readObjectsAt(service, cluster, { kind: 'revision', revision }, read);
}

function formatOf({ request, target }: ResourceRequest, options: { isWatch: boolean; isCollection: boolean }): Result<Format> {
  return negotiateFormat(request.headers.get('accept'), { ...options, hasProtobuf: target.kind.structure === undefined });
}

function handleGet(context: ResourceRequest, format: Format): Promise<Response> {
  const resourceVersion = context.query.get('resourceVersion') ?? '';
  const match = context.query.get('resourceVersionMatch') ?? '';
  return readAsAsked(context, resourceVersion, match, (service) => getFrom({ ...context, service }, resourceVersion, format));
}

async function getFrom(context: ResourceRequest, resourceVersion: string, format: Format): Promise<Response> {
  const { service, cluster, target, query } = context;
  const { kind, namespace, name = '', subresource } = target;
  const read = (state: ClusterState) => readObject(state, { kind, namespace, name, subresource, resourceVersion });
  const first = service.read(cluster, read);
  await awaitNews(context, {
    of: { resource: storedResourceOf(kind), namespace: kind.namespaced ? namespace : undefined, name },
    find: () => service.read(cluster, (state) => findingOf(read(state))),
    // C751: who asks for a pod that was evicted asks again until it is gone.
    isPoll: first.ok && isEvicted(first.value.object),
  });
  if (isConverted(kind)) {
    const { found, nowMs } = await getConverted({ service, cluster }, { kind, namespace, name, subresource, resourceVersion });
    return found.ok ? answerObject(viewOf(target, query, format, nowMs), found.value) : answerStatus(found.status, { format });
  }
  return service.read(cluster, (state) => {
    const found = read(state);
    return found.ok ? answerObject(viewOf(target, query, format, state.nowMs), found.value) : answerStatus(found.status, { format });
  });
}

/** What tells one state of an object from another. */
function findingOf(found: Result<EncodedObject>): string {
  return found.ok ? `${found.value.object.metadata.uid} ${found.value.object.metadata.resourceVersion}` : '';
}

function isEvicted({ kind, metadata, status }: KubeObject): boolean {
  if (kind !== 'Pod' || metadata.deletionTimestamp === undefined) return false;
  const { conditions = [] } = status as PodStatus;
  return conditions.some(({ type, reason }) => type === 'DisruptionTarget' && reason === 'EvictionByEvictionAPI');
}

async function handleList(context: ResourceRequest, options: ListQuery, format: Format): Promise<Response> {
  const { service, cluster, target, query } = context;
  // O15: which converted objects are selected is known when they are converted.
  const looked = isConverted(target.kind) ? { ...options, labelSelector: '', fieldSelector: '' } : options;
  await awaitNews(context, {
    of: { resource: storedResourceOf(target.kind), namespace: target.kind.namespaced ? target.namespace : undefined },
    find: () =>
      service.read(cluster, (state) => {
        const list = readList(state, target.kind, target.namespace, looked);
        return list.ok ? list.value.items.map((item) => findingOf(ok(item))).join() : '';
      }),
    isPoll: false,
  });
  if (isConverted(target.kind)) {
    const { found, nowMs } = await listConverted({ service, cluster }, target.kind, target.namespace, options);
    if (!found.ok) return answerStatus(found.status, { format });
    return answerList(viewOf(target, query, format, nowMs), found.value.items, found.value.metadata);
  }
  return service.read(cluster, (state) => {
    const list = readList(state, target.kind, target.namespace, options);
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
  const expected = expectedKindOf(target);
  const body = await decodeObject(bytes.value, mediaType.value, expected.kind);
  if (!body.ok) return answerStatus(body.status, { format });
  const { value, strictErrors } = body.value;
  const checked = checkBodyKind(value, expected);
  if (!checked.ok) return answerStatus(checked.status, { format });
  return execute(context, format, { verb, body: value, options: withManager(options.value, request) }, strictErrors);
}

async function handlePatch(context: ResourceRequest, format: Format): Promise<Response> {
  const { request, query } = context;
  const accepted = context.target.kind.structure === undefined ? undefined : CUSTOM_PATCH_TYPES;
  const patchType = patchTypeOf(request.headers.get('content-type'), accepted);
  if (!patchType.ok) return answerStatus(patchType.status, { format });
  const bytes = await readBody(request);
  if (!bytes.ok) return answerStatus(bytes.status, { format });
  const options = parseWriteOptions(query, 'patch', patchType.value);
  if (!options.ok) return answerStatus(options.status, { format });
  const patch = await decodePatch(bytes.value, patchType.value);
  if (!patch.ok) return answerStatus(patch.status, { format });
  const { value, strictErrors } = patch.value;
  const write = { verb: 'patch', body: value, patchType: patchType.value, options: withManager(options.value, request) } as const;
  return execute(context, format, write, strictErrors);
}

function withManager(options: WriteOptions, request: Request): WriteOptions {
  return options.fieldManager === undefined ? { ...options, fieldManager: managerOfAgent(request.headers.get('user-agent')) } : options;
}

async function handleDelete(context: ResourceRequest, format: Format): Promise<Response> {
  const { request, query, target } = context;
  const bytes = await readBody(request);
  if (!bytes.ok) return answerStatus(bytes.status, { format });
  const parsed = await parseDeleteOptions(bytes.value, request.headers.get('content-type'), query);
  if (!parsed.ok) return answerStatus(parsed.status, { format });
  const { orphanDependents, ...deletion } = parsed.value;
  const labelSelector = query.get('labelSelector') ?? '';
  const fieldSelector = query.get('fieldSelector') ?? '';
  const verb = target.verb === 'delete' ? 'delete' : 'deletecollection';
  const options = { ...deletion, ...(labelSelector === '' ? {} : { labelSelector }), ...(fieldSelector === '' ? {} : { fieldSelector }) };
  return execute(context, format, { verb, options, acceptsPending: orphanDependents === false }, []);
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
async function execute(context: ResourceRequest, format: Format, write: Write, strictErrors: readonly string[]): Promise<Response> {
  const { service, cluster, target, query, client, user } = context;
  const { kind, namespace, name, subresource } = target;
  const strict = checkStrictErrors(target, write, strictErrors);
  if (!strict.ok) return answerStatus(strict.status, { format });
  const command = {
    type: 'request',
    request: {
      verb: write.verb,
      resource: resourceOf(kind),
      ...(kind.conversion === undefined && kind.structure === undefined ? {} : { version: kind.version }),
      ...(namespace === undefined ? {} : { namespace }),
      ...(name === undefined ? {} : { name }),
      ...(subresource === undefined ? {} : { subresource }),
      ...(write.body === undefined ? {} : { body: write.body }),
      ...(write.patchType === undefined ? {} : { patchType: write.patchType }),
      options: write.options,
      ...(isPrivileged(user) ? {} : { user }),
    },
  } as const;
  const give = () => service.perform(cluster, command, client);
  const commit = subresource === 'eviction' ? await evict(context, give) : await give();
  const { outcome } = commit;
  const warnings = [...strict.value, ...outcome.warnings];
  if (!outcome.ok) return answerStatus(outcome.status, { format, warnings });
  const item = inVersion(kind, encodedObject((outcome.object ?? SUCCESS) as KubeObject));
  const isPending = write.acceptsPending === true && item.object.metadata.deletionTimestamp !== undefined;
  return answerObject(viewOf(target, query, format, commit.nowMs), item, { code: isPending ? 202 : outcome.code, warnings });
}

/** C758: who was refused by a budget tries again until it lets him. */
async function evict(context: ResourceRequest, give: () => Promise<Commit>): Promise<Commit> {
  const { service, cluster, target } = context;
  const of = { resource: 'poddisruptionbudgets.policy', namespace: target.namespace };
  const read = (state: ClusterState) =>
    Array.from(keysInNamespace(state, of.resource, of.namespace ?? ''), (key) => getStored(state, of.resource, key)?.object.metadata);
  const find = () =>
    service.read(cluster, (state) =>
      read(state)
        .map((meta) => meta?.resourceVersion)
        .join(),
    );
  await awaitNews(context, { of, find, isPoll: true });
  return give();
}

/** C11, C12: what a body says twice is an error, a warning or nothing. The value is the warnings. */
function checkStrictErrors(target: Target, write: Write, strictErrors: readonly string[]): Result<readonly string[]> {
  const validation = write.options.fieldValidation ?? 'Warn';
  if (strictErrors.length === 0 || validation === 'Ignore') return ok([]);
  if (validation === 'Warn') return ok(strictErrors);
  const list = [...unknownFields(target.kind, write), ...strictErrors].join(', ');
  if (write.patchType === 'apply') return fail(badRequest(`error strict decoding YAML: ${list}`));
  const { kind, version } = expectedKindOf(target);
  return fail(badRequest(`${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: ${list}`));
}

/** C11: what else is wrong with a whole object that says something twice. */
function unknownFields(kind: Kind, { body, patchType }: Write): readonly string[] {
  if (body === undefined || patchType !== undefined) return [];
  const decoded = kind.structure === undefined ? decodeBody(body, kind.schema) : decodeCustom(body, kind.structure.schema);
  return decoded.ok ? decoded.value.unknown : [];
}

/** What a deletion answers when it removed nothing that can be named. */
const SUCCESS: unknown = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success' };
