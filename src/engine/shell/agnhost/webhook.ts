// `agnhost webhook`: admission webhooks that tests of admission ask. Upstream: test/images/agnhost/webhook (v1.33). Rule: K913.
// Omits: reviews of attaching (`/pods/attach`), which the API server asks nobody about here.

import { encodeBase64 } from '../../apimachinery/base64.ts';
import { isJsonObject, type Json, type JsonObject } from '../../apimachinery/meta.ts';
import { type HttpReply, type HttpRequest, plainPath } from '../server.ts';
import { numberOf } from './flags.ts';
import { goJson, httpError, serve, type Subcommand, type Values } from './subcommand.ts';

const PORT = 443;
const DELAY_MS = 5_000;
/** It sleeps for ever; nobody waits for longer than half a minute. */
const FOREVER_MS = 3_600_000;

/** What is said of a request: the `response` of a review, without its uid. */
interface Answer {
  readonly allowed: boolean;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly patch?: string;
  readonly latencyMs?: number;
}

type Judge = (request: JsonObject, values: Values) => Answer;

const ALLOWED: Answer = { allowed: true };

const JUDGES: Readonly<Record<string, Judge>> = {
  '/always-allow-delay-5s': () => ({ allowed: true, message: 'this webhook allows all requests', latencyMs: DELAY_MS }),
  '/always-deny': () => ({ allowed: false, message: 'this webhook denies all requests' }),
  '/add-label': addLabel,
  '/pods': admitPod,
  '/pods/attach': admitAttachment,
  '/mutating-pods': mutatePod,
  '/mutating-pods-sidecar': addSidecar,
  '/configmaps': (request) => admitData(request, 'configmap'),
  '/mutating-configmaps': mutateData,
  '/custom-resource': (request) => admitData(request, 'custom resource'),
  '/mutating-custom-resource': mutateData,
  '/crd': admitDefinition,
};

export const webhook: Subcommand = {
  flags: {
    'tls-cert-file': { kind: 'text' },
    'tls-private-key-file': { kind: 'text' },
    port: { kind: 'number' },
    'sidecar-image': { kind: 'text' },
  },
  run(context, values) {
    return serve(context, [{ port: numberOf(values, 'port', PORT), protocol: 'tcp', speaks: 'https' }], () => {});
  },
  http(_server, request, values) {
    const path = plainPath(request.path);
    if (path === '/readyz') return { status: 200, body: 'ok' };
    const judge = Object.hasOwn(JUDGES, path) ? JUDGES[path] : undefined;
    return judge === undefined ? httpError(404, '404 page not found') : answerReview(request, judge, values);
  },
};

/** Input may not be sent to one container of one pod. */
function admitAttachment({ name, object }: JsonObject): Answer {
  const { stdin, container } = isJsonObject(object) ? object : {};
  if (name !== 'to-be-attached-pod' || stdin !== true || container !== 'container1') return ALLOWED;
  return { allowed: false, message: "attaching to pod 'to-be-attached-pod' is not allowed" };
}

function answerReview({ headers, body }: HttpRequest, judge: Judge, values: Values): HttpReply {
  if (headers['content-type'] !== 'application/json') return { status: 200, body: '' };
  const review = parse(body);
  const request = review?.['request'];
  if (review === undefined || !isJsonObject(request)) return httpError(400, 'Request could not be decoded: no AdmissionReview');
  const { allowed, message, reason, code, patch, latencyMs = 0 } = judge(request, values);
  const status = { metadata: {}, ...(message === undefined ? {} : { message }), ...(reason === undefined ? {} : { reason }) };
  const response = {
    uid: request['uid'] ?? '',
    allowed,
    ...(message === undefined && reason === undefined ? {} : { status: { ...status, ...(code === undefined ? {} : { code }) } }),
    ...(patch === undefined ? {} : { patch: encodeBase64(patch), patchType: 'JSONPatch' }),
  };
  const { kind, apiVersion } = review;
  return { status: 200, body: goJson({ kind, apiVersion, response }), headers: { 'Content-Type': 'application/json' }, latencyMs };
}

function parse(text: string): JsonObject | undefined {
  try {
    const value = JSON.parse(text) as Json;
    return isJsonObject(value) && value['kind'] === 'AdmissionReview' ? value : undefined;
  } catch {
    return undefined;
  }
}

function addLabel(request: JsonObject): Answer {
  const labels = stringsIn(metadataOf(objectOf(request))['labels']);
  if (Object.keys(labels).length === 0) return patched([{ op: 'add', path: '/metadata/labels', value: { 'added-label': 'yes' } }]);
  const label = labels['added-label'];
  if (label === 'yes') return ALLOWED;
  return patched([{ op: label === undefined ? 'add' : 'replace', path: '/metadata/labels/added-label', value: 'yes' }]);
}

/** Refuses pods with a label or with containers of a name; one label makes it wait for ever. */
function admitPod(request: JsonObject): Answer {
  const pod = objectOf(request);
  const label = stringsIn(metadataOf(pod)['labels'])['webhook-e2e-test'];
  const containers = containersOf(pod, 'containers').filter((name) => name.includes('webhook-disallow'));
  const reasons = [
    ...(label === 'webhook-disallow' ? ['the pod contains unwanted label;'] : []),
    ...(label === 'wait-forever' ? ['the pod response should not be sent;'] : []),
    ...containers.map(() => 'the pod contains unwanted container name;'),
  ];
  if (reasons.length === 0) return ALLOWED;
  return { allowed: false, message: reasons.join(' '), ...(label === 'wait-forever' ? { latencyMs: FOREVER_MS } : {}) };
}

function mutatePod(request: JsonObject): Answer {
  const pod = objectOf(request);
  const added = { image: 'webhook-added-image', name: 'webhook-added-init-container', resources: {} };
  if (metadataOf(pod)['name'] !== 'webhook-to-be-mutated' || containersOf(pod, 'initContainers').includes(added.name)) return ALLOWED;
  return patched([{ op: 'add', path: '/spec/initContainers', value: [added] }]);
}

function addSidecar(request: JsonObject, values: Values): Answer {
  const image = values.get('sidecar-image') ?? '';
  if (image === '') return { allowed: false, message: 'No image specified by the sidecar-image parameter', code: 500 };
  const added = { image, name: 'webhook-added-sidecar', resources: {} };
  if (containersOf(objectOf(request), 'containers').includes(added.name)) return ALLOWED;
  return patched([{ op: 'add', path: '/spec/containers/-', value: added }]);
}

/** Refuses data that asks for it, and the deletion of data that forbids it. */
function admitData(request: JsonObject, what: string): Answer {
  const isDeletion = request['operation'] === 'DELETE';
  const object = isDeletion ? request['oldObject'] : request['object'];
  const wish = stringsIn(isJsonObject(object) ? object['data'] : undefined)['webhook-e2e-test'];
  const unwanted = what === 'configmap' ? 'unwanted key and value' : 'unwanted data';
  if (isDeletion && wish === 'webhook-nondeletable')
    return { allowed: false, reason: `the ${what} cannot be deleted because it contains unwanted key and value` };
  return !isDeletion && wish === 'webhook-disallow' ? { allowed: false, reason: `the ${what} contains ${unwanted}` } : ALLOWED;
}

/** Two webhooks of one address show that the second sees what the first has done. */
function mutateData(request: JsonObject): Answer {
  const data = stringsIn(objectOf(request)['data']);
  if (data['mutation-stage-1'] === 'yes') return patched([{ op: 'add', path: '/data/mutation-stage-2', value: 'yes' }]);
  if (data['mutation-start'] === 'yes') return patched([{ op: 'add', path: '/data/mutation-stage-1', value: 'yes' }]);
  return ALLOWED;
}

function admitDefinition(request: JsonObject): Answer {
  const label = stringsIn(metadataOf(objectOf(request))['labels'])['webhook-e2e-test'];
  return label === 'webhook-disallow' ? { allowed: false, message: 'the crd contains unwanted label' } : ALLOWED;
}

function patched(operations: readonly Json[]): Answer {
  return { allowed: true, patch: JSON.stringify(operations) };
}

function objectOf(request: JsonObject): JsonObject {
  return isJsonObject(request['object']) ? request['object'] : {};
}

function metadataOf(object: JsonObject): JsonObject {
  return isJsonObject(object['metadata']) ? object['metadata'] : {};
}

function containersOf(pod: JsonObject, list: 'containers' | 'initContainers'): string[] {
  const containers = isJsonObject(pod['spec']) ? pod['spec'][list] : undefined;
  return Array.isArray(containers) ? containers.map((item) => (isJsonObject(item) ? String(item['name'] ?? '') : '')) : [];
}

function stringsIn(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}
