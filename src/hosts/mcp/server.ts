// The server of the Model Context Protocol: what an agent can do with simulated clusters, as tools and resources. It is a client of the service API like any
// other; what it is told when something is refused is what the service says.

import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';
import { type ZodRawShape, z } from 'zod';
import {
  ask,
  askJson,
  clusterPath,
  mistakesOf,
  type Connection,
  jsonRequest,
  OrreryProblem,
  ServiceUnreachable,
  withQuery,
  yamlRequest,
} from '../../client/connection.ts';
import type { Scenario } from '../../scenario/scenario.ts';
import { readVersion } from '../package-facts.ts';
import { pathOf, ReadError, readLog, readObjects } from './reads.ts';
import { scoreOf } from './score.ts';

const INSTRUCTIONS = `Simulated Kubernetes 1.33 clusters whose clock you turn. Time stands still until advance_clock: after apply, advance it ("30s", or until a condition) and look again.
Every moment can be gone back to: fork_cluster tries something apart, rewind_cluster undoes. explain says why an object is as it is.`;

const cluster = z.string().describe('Name of the cluster.');
const namespace = z.string().optional().describe('default, when it is left out.');
const moment = z.string().optional().describe('A moment of the past: 2025-01-01T00:00:20Z, rv:123 or command:4. Absent: now.');
const resource = z.string().describe('As kubectl takes it: pods, deploy, ingresses.networking.k8s.io.');

/** What a tool does: text for the agent, or data that is shown as JSON. */
type Act<S extends ZodRawShape> = (given: z.output<z.ZodObject<S>>) => Promise<string | object>;

interface Tool<S extends ZodRawShape> {
  readonly description: string;
  readonly input: S;
  /** It changes nothing. */
  readonly isRead?: boolean;
  /** What it changes is lost. */
  readonly isDestructive?: boolean;
  readonly act: Act<S>;
}

/** Makes a server; `scenario` is what `score` judges by. */
export function createMcpServer(connection: Connection, scenario: Scenario | undefined): McpServer {
  const server = new McpServer({ name: 'orrery', version: readVersion() }, { instructions: INSTRUCTIONS });
  const add = <S extends ZodRawShape>(name: string, { description, input, isRead = false, isDestructive = false, act }: Tool<S>): void => {
    const annotations = { readOnlyHint: isRead, destructiveHint: isDestructive, openWorldHint: false };
    const call = async (given: unknown) => answer(() => act(given as z.output<z.ZodObject<S>>));
    server.registerTool(name, { description, inputSchema: input, annotations }, call as never);
  };
  addClusterTools(add, connection);
  addObjectTools(add, connection);
  addTimeTools(add, connection);
  if (scenario !== undefined) addScore(add, connection, scenario);
  addResources(server, connection);
  return server;
}

type Add = <S extends ZodRawShape>(name: string, tool: Tool<S>) => void;

/** What the service refuses is for the agent to read, and no failure of the protocol. */
async function answer(act: () => Promise<string | object>): Promise<CallToolResult> {
  try {
    const value = await act();
    return { content: [{ type: 'text', text: typeof value === 'string' ? value : JSON.stringify(value, null, 2) }] };
  } catch (error) {
    if (!(error instanceof OrreryProblem || error instanceof ServiceUnreachable || error instanceof ReadError)) throw error;
    const lines = error instanceof OrreryProblem ? mistakesOf(error) : [error.message];
    return { isError: true, content: [{ type: 'text', text: lines.join('\n') }] };
  }
}

function addClusterTools(add: Add, connection: Connection): void {
  add('list_clusters', {
    description: 'The clusters there are, with their clocks.',
    input: { labelSelector: z.string().optional() },
    isRead: true,
    act: ({ labelSelector }) => askJson<object>(connection, withQuery('/v1/clusters', { labelSelector })),
  });
  add('create_cluster', {
    description: 'A new cluster with empty nodes. Its clock stands still.',
    input: {
      name: z.string().optional(),
      nodes: z.int().min(0).max(100).optional().describe('3, when it is left out.'),
      seed: z.int().optional().describe('Another seed changes what is random in a real cluster, and nothing else.'),
      ttl: z.string().optional().describe('Deleted when nobody has used it for so long: 2h.'),
    },
    act: (body) => askJson<object>(connection, '/v1/clusters', jsonRequest('POST', body)),
  });
  add('delete_cluster', {
    description: 'Deletes a cluster with its history.',
    input: { cluster },
    isDestructive: true,
    act: async (given) => {
      await ask(connection, clusterPath(given.cluster), { method: 'DELETE' });
      return `cluster ${given.cluster} deleted`;
    },
  });
}

function addObjectTools(add: Add, connection: Connection): void {
  add('apply_manifests', {
    description: 'As kubectl apply -f: all of the manifests, or none. With dryRun it says what would be different.',
    input: { cluster, manifests: z.string().describe('YAML, any number of documents.'), namespace, dryRun: z.boolean().optional() },
    act: (given) => {
      const query = { namespace: given.namespace, dryRun: given.dryRun === true ? 'true' : undefined };
      return askJson<object>(connection, withQuery(`${clusterPath(given.cluster)}/manifests`, query), yamlRequest('POST', given.manifests));
    },
  });
  add('get_objects', {
    description: 'As kubectl get: a table, or YAML.',
    input: {
      cluster,
      resource,
      name: z.string().optional(),
      namespace,
      allNamespaces: z.boolean().optional(),
      selector: z.string().optional().describe('Label selector.'),
      output: z.enum(['table', 'yaml']).optional(),
      at: moment,
    },
    isRead: true,
    act: (given) => readObjects(connection, given),
  });
  add('delete_object', {
    description: 'As kubectl delete --wait=false.',
    input: { cluster, resource, name: z.string(), namespace },
    isDestructive: true,
    act: async (given) => {
      await ask(connection, await pathOf(connection, given), { method: 'DELETE' });
      return `${given.resource}/${given.name} deleted`;
    },
  });
  add('get_logs', {
    description: 'As kubectl logs.',
    input: {
      cluster,
      pod: z.string(),
      namespace,
      container: z.string().optional(),
      previous: z.boolean().optional(),
      tailLines: z.int().min(0).optional(),
      at: moment,
    },
    isRead: true,
    act: (given) => readLog(connection, given),
  });
  add('explain', {
    description: 'Why an object is as it is, with what proves it and what would change it.',
    input: { cluster, resource, name: z.string(), namespace, at: moment },
    isRead: true,
    act: ({ cluster: name, ...query }) => askJson<object>(connection, withQuery(`${clusterPath(name)}/explain`, query)),
  });
}

function addTimeTools(add: Add, connection: Connection): void {
  add('advance_clock', {
    description: 'Lets time pass: by a duration, to the next changes, until nothing happens any more, or until a condition holds.',
    input: {
      cluster,
      by: z.string().optional().describe('A duration: 30s, 10m, 24h.'),
      steps: z.int().min(1).optional().describe('So many instants at which something changes.'),
      until: z
        .union([
          z.literal('idle'),
          z.object({ for: z.string(), resource: z.string(), name: z.string().optional(), selector: z.string().optional(), namespace }),
        ])
        .optional()
        .describe('idle, or a condition as kubectl wait --for takes it: {"for": "condition=Ready", "resource": "pods", "name": "web"}.'),
      timeout: z.string().optional().describe('Virtual time after which `until` gives up.'),
    },
    act: ({ cluster: name, ...goal }) => askJson<object>(connection, `${clusterPath(name)}/clock/advance`, jsonRequest('POST', goal)),
  });
  add('add_fault', {
    description:
      'Breaks something: {"type": "node-down", "target": {"node": "node-2"}, "after": "30s", "for": "10m"}; container-kill, probe-fail, image-pull-fail, dns-fail and more.',
    input: {
      cluster,
      type: z.string(),
      target: z.record(z.string(), z.unknown()).optional(),
      after: z.string().optional(),
      for: z.string().optional(),
    },
    act: ({ cluster: name, ...fault }) => askJson<object>(connection, `${clusterPath(name)}/faults`, jsonRequest('POST', fault)),
  });
  add('fork_cluster', {
    description: 'A cluster of its own that equals this one, now or at a moment of the past.',
    input: { cluster, name: z.string().optional(), at: moment },
    act: ({ cluster: parent, ...body }) => askJson<object>(connection, `${clusterPath(parent)}/forks`, jsonRequest('POST', body)),
  });
  add('rewind_cluster', {
    description: 'Takes a cluster back to a moment; what came after is kept as another cluster.',
    input: { cluster, to: z.string().describe('2025-01-01T00:00:20Z, rv:123 or command:4.') },
    isDestructive: true,
    act: ({ cluster: name, to }) => askJson<object>(connection, `${clusterPath(name)}/rewind`, jsonRequest('POST', { to })),
  });
  add('diff', {
    description: 'What differs between two moments of a cluster, by object and field.',
    input: { cluster, from: z.string(), to: z.string().optional() },
    isRead: true,
    act: ({ cluster: name, ...query }) => askJson<object>(connection, withQuery(`${clusterPath(name)}/diff`, query)),
  });
}

function addScore(add: Add, connection: Connection, scenario: Scenario): void {
  add('score', {
    description:
      'How many of the expectations of the task hold for what is in the cluster. They are tried apart from it: it stays as it is.',
    input: { cluster },
    isRead: true,
    act: async (given) => scoreOf(await (await ask(connection, `${clusterPath(given.cluster)}/export`)).text(), scenario),
  });
}

function addResources(server: McpServer, connection: Connection): void {
  const text = (uri: URL, mimeType: string, content: string) => ({ contents: [{ uri: uri.href, mimeType, text: content }] });
  const one = (value: string | string[] | undefined): string => decodeURIComponent(String(value ?? ''));
  server.registerResource(
    'object',
    new ResourceTemplate('orrery://{cluster}/objects/{resource}/{namespace}/{name}', { list: undefined }),
    { description: 'An object in YAML; the namespace of one that is in none is -.' },
    async (uri, given) => {
      const place = one(given['namespace']);
      const request = {
        cluster: one(given['cluster']),
        resource: one(given['resource']),
        name: one(given['name']),
        output: 'yaml',
      } as const;
      return text(uri, 'application/yaml', await readObjects(connection, place === '-' ? request : { ...request, namespace: place }));
    },
  );
  server.registerResource(
    'timeline',
    new ResourceTemplate('orrery://{cluster}/timeline', { list: undefined }),
    { description: 'States of nodes, workloads, pods and containers over time, with probes, restarts, commands and faults.' },
    async (uri, given) =>
      text(uri, 'application/json', await (await ask(connection, `${clusterPath(one(given['cluster']))}/timeline`)).text()),
  );
}
