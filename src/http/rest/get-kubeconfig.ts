// GET /v1/clusters/{cluster}/kubeconfig. Rules: Q2, Q8, Q14, W4.

import { z } from '@hono/zod-openapi';
import { formatMoment } from '../../service/instant.ts';
import type { Instant } from '../../service/ports.ts';
import { accountGroups, accountOf, withCommonGroups } from '../../engine/cluster/index.ts';
import type { KeyUser } from '../access.ts';
import { ProblemError, problemOf } from '../errors.ts';
import { hostOf, schemeOf } from '../gate.ts';
import { segmentOf } from '../kube/cluster-segment.ts';
import { writeYamlText } from '../kube/yaml-text.ts';
import { textType } from './command.ts';
import { defineFrontEndpoint } from './endpoint.ts';
import { clusterParams, momentSchema } from './schemas/common.ts';

/** Characters of a name of a user or a group, and groups of one: they stand in the path of each of his requests. */
const USER_LENGTH_MAX = 253;
const GROUPS_MAX = 16;

const groupSchema = z.string().min(1, 'must not be empty').max(USER_LENGTH_MAX);

export const getKubeconfig = defineFrontEndpoint({
  operationId: 'getKubeconfig',
  method: 'get',
  path: '/v1/clusters/{cluster}/kubeconfig',
  tag: 'Clusters',
  summary: 'A kubeconfig for kubectl and other Kubernetes clients',
  description:
    'Works as it is, until the cluster is deleted: one that is created later under its name has kubeconfigs of its own. When the service or the cluster has a token, it carries a key that opens this one cluster: as the token of its user, and over plain HTTP in the address of the server too, because kubectl sends no token there. Over TLS it carries the certificate to trust, unless an authority issued it. With `user`, and any number of `group`, it is that user’s: its key says who he is, and he may what roles allow him (a new user next to nothing). With `at` the cluster is seen as it was at that moment: everything can be read, and nothing written. It is `application/yaml` unless `text/plain` is asked for; the text is the same.',
  params: clusterParams,
  query: z.strictObject({
    at: momentSchema.optional(),
    client: z
      .string()
      .regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, 'must be a DNS label')
      .optional()
      .openapi({
        description: 'Who uses it: the name by which the barrier of an advance waits for him, and by which his commands are listed.',
        example: 'site-controller',
      }),
    user: z
      .string()
      .min(1, 'must not be empty')
      .max(USER_LENGTH_MAX)
      .optional()
      .openapi({ description: 'Whose kubeconfig it is; the owner’s, who may do everything, when it is left out.', example: 'jane' }),
    group: z
      .union([groupSchema.transform((group) => [group]), z.array(groupSchema).max(GROUPS_MAX)])
      .optional()
      .openapi({ type: 'array', items: { type: 'string' }, description: 'A group of that user; may be repeated.', example: ['dev'] }),
  }),
  answer: { status: 200, description: 'The kubeconfig.', mediaTypes: ['text/plain', 'application/yaml'] },
  problems: ['cluster-not-found', 'invalid-request'],
  handle({ params, query, request }, { clusters, access, authority }) {
    const name = params.cluster;
    clusters.requireCluster(name);
    const uid = clusters.uidOf(name) ?? '';
    if (query.user === undefined && query.group !== undefined)
      throw new ProblemError(problemOf('invalid-request', 'query.group: belongs to a user, and there is none'));
    const user = query.user === undefined ? undefined : userOf(query.user, query.group ?? []);
    const key = user === undefined ? access.keyOf(name) : access.keyOfUser(name, user);
    const origin = originOf(request);
    const text = writeYamlText(kubeconfigOf({ name, uid, origin, key, user: query.user, authority, at: query.at, client: query.client }));
    const type = textType(request, 'application/yaml');
    return new Response(text, { headers: { 'Content-Type': type, 'Cache-Control': 'no-store' } });
  },
});

/** What is sent as a token where none is needed. */
const NO_TOKEN = 'none-needed';

interface Described {
  readonly name: string;
  readonly uid: string;
  readonly origin: string;
  readonly key: string | undefined;
  readonly user: string | undefined;
  readonly authority: string | undefined;
  readonly at: Instant | undefined;
  readonly client: string | undefined;
}

/** Whose groups are known by his name has them. */
function userOf(username: string, given: readonly string[]): KeyUser {
  const account = accountOf(username);
  const groups = account === undefined || given.length > 0 ? given : accountGroups(account.namespace);
  return { username, groups: withCommonGroups(username, groups) };
}

function kubeconfigOf({ name, uid, origin, key, user, authority, at, client }: Described): object {
  const context = `orrery-${name}${user === undefined ? '' : `-${user}`}${at === undefined ? '' : `-at-${formatMoment(at)}`}`;
  const isSecure = origin.startsWith('https:');
  // A key is of one incarnation of the cluster; where there is none the path says which one is meant.
  const incarnation = key === undefined ? `${name}.${uid}` : name;
  const path = `/clusters/${segmentOf(incarnation, at, client)}`;
  const server = `${origin}${isSecure || key === undefined ? path : `/access/${key}${path}`}`;
  // Q2: clients other than kubectl refuse plain HTTP without insecure-skip-tls-verify.
  const trust = isSecure ? trustOf(authority) : { 'insecure-skip-tls-verify': true };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: context, cluster: { server, ...trust } }],
    users: [{ name: context, user: credentialsOf(key, isSecure) }],
    contexts: [{ name: context, context: { cluster: context, user: context, namespace: 'default' } }],
    'current-context': context,
  };
}

/** Where nobody needs to say who he is, kubectl asks for a name all the same over TLS, unless a token is there to be sent. */
function credentialsOf(key: string | undefined, isSecure: boolean): object {
  if (key !== undefined) return { token: key };
  return isSecure ? { token: NO_TOKEN } : {};
}

function trustOf(authority: string | undefined): object {
  return authority === undefined ? {} : { 'certificate-authority-data': Buffer.from(authority).toString('base64') };
}

/** The address under which the client reached the service. */
function originOf(request: Request): string {
  const host = hostOf(request);
  return `${schemeOf(request)}://${/^[\w.:[\]-]+$/.test(host) ? host : new URL(request.url).host}`;
}
