// `orrery mcp`, as an agent uses it: the official client, over standard input and output and over HTTP.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { programFile } from '../support/program.ts';

/** What an agent is asked to build, and does not see. */
const TASK = `apiVersion: orrery.dev/v1
kind: Scenario
metadata: {name: task}
steps:
- advance: 1m
- expect: {ready: deployment/web, equals: 3}
- fault: {type: node-down, node: node-1}
- advance: 10m
always:
- {events: BackOff}
eventually:
- {available: deployment/web, atLeast: 3, within: 5m}
`;

const web = (replicas: number): string => `apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: "nginx:1.27"}]}
`;

let folder: string;
let client: Client;

const flags = (...more: readonly string[]): string[] => [programFile(), 'mcp', '--data', join(folder, 'data'), ...more];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-mcp-'));
  writeFileSync(join(folder, 'task.yaml'), TASK);
  client = new Client({ name: 'test', version: '1' });
  await client.connect(new StdioClientTransport({ command: process.execPath, args: flags('--scenario', join(folder, 'task.yaml')) }));
});
afterAll(async () => {
  await client.close();
  rmSync(folder, { recursive: true, force: true });
});

async function call(name: string, given: object, by: Client = client): Promise<{ readonly text: string; readonly isError: boolean }> {
  const { content, isError = false } = await by.callTool({ name, arguments: given as Record<string, unknown> });
  return { text: (content as readonly { readonly text: string }[]).map(({ text }) => text).join(''), isError: isError === true };
}
const ask = async (name: string, given: object) => JSON.parse((await call(name, given)).text);

describe('over standard input and output', () => {
  it('names its tools, with what they take and whether they change anything', async () => {
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'list_clusters',
      'create_cluster',
      'delete_cluster',
      'apply_manifests',
      'get_objects',
      'delete_object',
      'get_logs',
      'explain',
      'advance_clock',
      'add_fault',
      'fork_cluster',
      'rewind_cluster',
      'diff',
      'score',
    ]);
    const get = tools.find(({ name }) => name === 'get_objects');
    expect(get?.inputSchema.required).toEqual(['cluster', 'resource']);
    expect([get?.annotations?.readOnlyHint, tools.find(({ name }) => name === 'delete_cluster')?.annotations?.destructiveHint]).toEqual([
      true,
      true,
    ]);
  });

  it('builds a cluster, turns its clock, breaks it, looks back and explains', async () => {
    expect((await ask('create_cluster', { name: 'demo' })).name).toBe('demo');
    expect((await ask('apply_manifests', { cluster: 'demo', manifests: web(2), dryRun: true })).items[0].action).toBe('created');
    expect((await call('get_objects', { cluster: 'demo', resource: 'deploy' })).text).toBe('No resources found.');
    await ask('apply_manifests', { cluster: 'demo', manifests: web(2) });
    const advanced = await ask('advance_clock', {
      cluster: 'demo',
      until: { for: 'condition=Available', resource: 'deployments', name: 'web' },
    });
    expect(advanced.reached).toBe(true);
    const table = (await call('get_objects', { cluster: 'demo', resource: 'po', selector: 'app=web' })).text.split('\n');
    expect(table[0]).toMatch(/^NAME +READY +STATUS +RESTARTS +AGE$/);
    expect(table.slice(1).map((line) => line.split(/ +/).slice(1, 3).join(' '))).toEqual(['1/1 Running', '1/1 Running']);
    expect((await call('get_objects', { cluster: 'demo', resource: 'Deployment', name: 'web', output: 'yaml' })).text).toContain(
      'replicas: 2',
    );
    expect((await call('get_objects', { cluster: 'demo', resource: 'pods', allNamespaces: true, at: 'command:1' })).text).toBe(
      'No resources found.',
    );
    const pod = table[1]?.split(' ')[0] ?? '';
    expect((await call('get_logs', { cluster: 'demo', pod, tailLines: 1 })).isError).toBe(false);
    expect((await ask('add_fault', { cluster: 'demo', type: 'node-down', target: { node: 'node-1' } })).state).toBe('active');
    await ask('advance_clock', { cluster: 'demo', by: '2m' });
    expect(JSON.stringify(await ask('explain', { cluster: 'demo', resource: 'nodes', name: 'node-1' }))).toContain('node-1');
    expect((await ask('fork_cluster', { cluster: 'demo', name: 'branch', at: 'command:2' })).name).toBe('branch');
    expect((await ask('list_clusters', {})).items.map(({ name }: { name: string }) => name)).toEqual(['branch', 'demo']);
    expect((await call('delete_object', { cluster: 'branch', resource: 'deployments.apps', name: 'web' })).text).toBe(
      'deployments.apps/web deleted',
    );
    await ask('rewind_cluster', { cluster: 'demo', to: 'command:2' });
    expect((await call('delete_cluster', { cluster: 'branch' })).text).toBe('cluster branch deleted');
  });

  it('scores by a scenario that nobody sees, and changes nothing', async () => {
    await ask('create_cluster', { name: 'exam' });
    expect(await ask('score', { cluster: 'exam' })).toEqual({ held: 1, total: 3 });
    await ask('apply_manifests', { cluster: 'exam', manifests: web(2) });
    expect(await ask('score', { cluster: 'exam' })).toEqual({ held: 1, total: 3 });
    await ask('apply_manifests', { cluster: 'exam', manifests: web(3) });
    expect(await ask('score', { cluster: 'exam' })).toEqual({ held: 3, total: 3 });
    expect((await call('get_objects', { cluster: 'exam', resource: 'pods' })).text.split('\n').length).toBe(4);
    expect((await ask('list_clusters', {})).items.find(({ name }: { name: string }) => name === 'exam').elapsedSeconds).toBe(0);
  });

  it('tells an agent what the service refuses, as the service says it', async () => {
    expect(await call('advance_clock', { cluster: 'none', by: '1s' })).toEqual({ text: 'there is no cluster none', isError: true });
    expect(await call('get_objects', { cluster: 'exam', resource: 'things' })).toEqual({
      text: 'the cluster has no resource "things"',
      isError: true,
    });
    const wrong = await call('apply_manifests', { cluster: 'exam', manifests: 'apiVersion: v1\nkind: Pod\nmetadata: {name: A}' });
    expect([wrong.isError, wrong.text]).toEqual([true, expect.stringContaining('metadata.name')]);
    expect((await call('get_objects', { cluster: 'exam', resource: 'pods', at: 'soon' })).text).toContain('"soon" is no moment');
  });

  it('has objects and timelines as resources', async () => {
    const { resourceTemplates } = await client.listResourceTemplates();
    expect(resourceTemplates.map(({ name }) => name)).toEqual(['object', 'timeline']);
    const read = async (uri: string) => (await client.readResource({ uri })).contents[0] as { readonly text: string };
    expect((await read('orrery://exam/objects/deployments/default/web')).text).toContain('kind: Deployment');
    expect((await read('orrery://exam/objects/nodes/-/node-1')).text).toContain('kind: Node');
    expect(JSON.parse((await read('orrery://exam/timeline')).text)).toHaveProperty('rows');
  });
});

describe('over HTTP', () => {
  let child: ChildProcess;
  let url: string;

  beforeAll(async () => {
    child = spawn(process.execPath, flags('--data', join(folder, 'other'), '--port', '0'), { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout?.setEncoding('utf8') as NodeJS.ReadableStream, 'data')) as [string];
    url = /http:\S+/.exec(line)?.[0] ?? '';
  });
  afterAll(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
  });

  it('serves a client', async () => {
    const remote = new Client({ name: 'test', version: '1' });
    await remote.connect(new StreamableHTTPClientTransport(new URL(url)) as never);
    expect((await remote.listTools()).tools.map(({ name }) => name)).not.toContain('score');
    expect(JSON.parse((await call('create_cluster', { name: 'far' }, remote)).text).name).toBe('far');
    await remote.close();
  });

  it('serves no page of another site', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });
    const headers = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
    const send = (more: object) => fetch(url, { method: 'POST', body, headers: { ...headers, ...more } });
    expect((await send({})).status).toBe(200);
    expect((await send({ Origin: 'https://example.com' })).status).toBe(403);
    expect((await fetch(url)).status).toBe(405);
    expect((await fetch(url.replace('/mcp', '/other'), { method: 'POST' })).status).toBe(404);
  });
});
