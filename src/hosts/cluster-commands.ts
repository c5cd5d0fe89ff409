// What the commands about clusters do: each asks the service once or twice, and says what it was told in lines for people.

import type { ParseArgsConfig } from 'node:util';
import { ask, askJson, clusterPath, type Connection, jsonRequest, type Schemas, withQuery, yamlRequest } from '../client/connection.ts';
import { exportAll } from './all-clusters.ts';
import { faultBody, faultLine } from './fault-command.ts';
import { ConfigError } from './config.ts';
import { differenceLines } from './difference-lines.ts';
import { importCommand } from './import-command.ts';
import { numberOf, parseJson, readText, textOf, type Values, writeText } from './flags.ts';
import { table } from './table.ts';
import { wrap } from './wrap.ts';

/** What a command is given. */
interface Call {
  readonly connection: Connection;
  readonly positionals: readonly string[];
  readonly values: Values;
}

/** What a command gives: data for scripts, and lines for people. */
interface Told {
  readonly value: unknown;
  readonly lines: readonly string[];
  readonly isBad?: boolean;
}

export interface ClusterCommand {
  /** Arguments as the help shows them; those in brackets may be left out. */
  readonly usage: string;
  readonly help: string;
  readonly options?: ParseArgsConfig['options'];
  /** Whether what it gives is of use only while a service runs that is not this command's own. */
  readonly needsService?: boolean;
  run(call: Call): Promise<Told>;
}

const text = { type: 'string' } as const;
const selector = { type: 'string', short: 'l' } as const;

export const CLUSTER_COMMANDS: Readonly<Record<string, ClusterCommand>> = {
  clusters: {
    usage: '',
    help: 'List the clusters; --selector course=k8s-101 those with a label.',
    options: { selector },
    async run({ connection, values }) {
      const items = await allOf<Schemas['Cluster']>(connection, '/v1/clusters', { labelSelector: textOf(values['selector']) });
      const rows = items.map((item) => [item.name, item.now, clockText(item.clock), String(item.nodes), String(item.objects), item.digest]);
      return { value: { items }, lines: table([['NAME', 'NOW', 'CLOCK', 'NODES', 'OBJECTS', 'DIGEST'], ...rows]) };
    },
  },
  create: {
    usage: '[name]',
    help: 'Make a cluster; --file takes the body of POST /v1/clusters.',
    options: { nodes: text, seed: text, rate: text, labels: text, ttl: text, file: text },
    async run({ connection, positionals: [name], values: { nodes, seed, rate, labels, ttl, file } }) {
      const body = {
        ...(file === undefined ? {} : parseJson(String(file))),
        ...(name === undefined ? {} : { name }),
        ...(nodes === undefined ? {} : { nodes: numberOf('--nodes', nodes) }),
        ...(seed === undefined ? {} : { seed: numberOf('--seed', seed) }),
        ...(rate === undefined ? {} : { clock: clockOf(String(rate)) }),
        ...(labels === undefined ? {} : { labels: labelsOf(String(labels)) }),
        ...(ttl === undefined ? {} : { ttl }),
      };
      const value = await askJson<Schemas['Cluster']>(connection, '/v1/clusters', jsonRequest('POST', body));
      return { value, lines: [`cluster ${value.name} created`] };
    },
  },
  delete: {
    usage: '[cluster]',
    help: 'Delete a cluster, or with --selector all of a label.',
    options: { selector },
    async run({ connection, positionals: [name], values }) {
      const labelSelector = textOf(values['selector']);
      if ((name === undefined) === (labelSelector === undefined))
        throw new ConfigError('delete takes the name of a cluster, or --selector.');
      if (name === undefined) {
        const value = await askJson<Schemas['BulkDeletion']>(connection, withQuery('/v1/clusters', { labelSelector }), {
          method: 'DELETE',
        });
        const failed = value.failed.map((one) => `cluster ${one.name} not deleted: ${one.problem.detail}`);
        return { value, lines: [...value.deleted.map((one) => `cluster ${one} deleted`), ...failed], isBad: failed.length > 0 };
      }
      await ask(connection, clusterPath(name), { method: 'DELETE' });
      return { value: { name }, lines: [`cluster ${name} deleted`] };
    },
  },
  clock: {
    usage: '<cluster> [manual, auto or a rate]',
    help: 'Show the clock, or set it: manual; auto, which runs while somebody waits; or a rate such as 60, virtual seconds a second.',
    async run({ connection, positionals: [name = '', wanted] }) {
      const path = `${clusterPath(name)}/clock`;
      const sent = wanted === undefined ? undefined : jsonRequest('PUT', clockOf(wanted));
      const value = await askJson<Schemas['ClusterClock']>(connection, path, sent);
      const next = value.nextChangeAt === null ? '' : `, next change at ${value.nextChangeAt}`;
      return { value, lines: [`${clockText(value)}, now ${value.now}${next}`] };
    },
  },
  fault: {
    usage: '<cluster> [type] [target]',
    help: 'Break something: node-down node-2, container-kill web, image-pull-fail nginx; --for 10m, --after 30s. --end fault-1 mends it; without a type: what there is.',
    options: {
      after: text,
      for: text,
      end: text,
      namespace: { type: 'string', short: 'n' },
      container: text,
      'exit-code': text,
      signal: text,
      probe: text,
      message: text,
      resource: text,
      delay: text,
      name: text,
      answer: text,
    },
    async run({ connection, positionals: [name = '', type, target], values }) {
      const path = `${clusterPath(name)}/faults`;
      if (values['end'] !== undefined) {
        await ask(connection, `${path}/${encodeURIComponent(String(values['end']))}`, { method: 'DELETE' });
        return { value: { id: values['end'] }, lines: [`${values['end']} ended`] };
      }
      if (type === undefined) {
        const value = await askJson<Schemas['ClusterFaultList']>(connection, path);
        return { value, lines: value.items.map(faultLine) };
      }
      const value = await askJson<Schemas['ClusterFault']>(connection, path, jsonRequest('POST', faultBody(type, target, values)));
      return { value, lines: [faultLine(value)] };
    },
  },
  commands: {
    usage: '<cluster>',
    help: 'List what was ever asked of a cluster, and refused; command:4 is the moment behind the fourth.',
    async run({ connection, positionals: [name = ''] }) {
      const items = await allOf<Schemas['ClusterCommand']>(connection, `${clusterPath(name)}/commands`);
      const rows = items.map((item) => [numberText(item), item.time ?? '', whatOf(item), item.client ?? '', outcomeText(item)]);
      return { value: { items }, lines: table([['NUMBER', 'TIME', 'COMMAND', 'CLIENT', 'OUTCOME'], ...rows]) };
    },
  },
  diff: {
    usage: '<cluster> [from] [to]',
    help: 'Say what differs between two moments, or with --with from another cluster.',
    options: { with: text, resource: text, namespace: { type: 'string', short: 'n' } },
    async run({ connection, positionals: [name = '', from, to], values }) {
      const query = {
        from,
        to,
        with: textOf(values['with']),
        resource: textOf(values['resource']),
        namespace: textOf(values['namespace']),
      };
      const value = await askJson<Schemas['ClusterDifference']>(connection, withQuery(`${clusterPath(name)}/diff`, query));
      const lines = differenceLines(value);
      if (value.isTruncated) lines.push('… and what is too much for one answer: ask for a --resource or a --namespace');
      return { value, lines: lines.length === 0 ? ['nothing differs'] : lines };
    },
  },
  kubeconfig: {
    usage: '<cluster>',
    needsService: true,
    help: 'Print a kubeconfig; --at gives that of a moment, --user and --group that of a user, --client that of a client which a barrier waits for.',
    options: { at: text, user: text, group: text, client: text },
    async run({ connection, positionals: [name = ''], values: { at, user, group, client } }) {
      const query = { at: textOf(at), user: textOf(user), group: textOf(group), client: textOf(client) };
      const value = await (await ask(connection, withQuery(`${clusterPath(name)}/kubeconfig`, query))).text();
      return { value, lines: [value.trimEnd()] };
    },
  },
  apply: {
    usage: '<cluster> <file or ->',
    help: 'Hand manifests to a cluster.',
    options: { namespace: { type: 'string', short: 'n' } },
    async run({ connection, positionals: [name = '', file = '-'], values: { namespace } }) {
      const body = readText(file);
      const path = withQuery(`${clusterPath(name)}/manifests`, { namespace: textOf(namespace) });
      const value = await askJson<Schemas['ManifestResults']>(connection, path, yamlRequest('POST', body));
      return { value, lines: value.items.map((item) => `${item.kind.toLowerCase()}/${item.name} ${item.action}`) };
    },
  },
  advance: {
    usage: '<cluster> [duration]',
    help: 'Turn the clock: by a duration, --steps, or --until idle or a condition such as condition=Available --on deployment/web.',
    options: {
      steps: text,
      until: text,
      on: text,
      selector,
      namespace: { type: 'string', short: 'n' },
      timeout: text,
    },
    async run({ connection, positionals: [name = '', by], values }) {
      const goal = jsonRequest('POST', goalOf(by, values));
      const startedMs = performance.now();
      const value = await askJson<Schemas['AdvanceResult']>(connection, `${clusterPath(name)}/clock/advance`, goal);
      const took = `${Math.round(performance.now() - startedMs)} ms`;
      const lines = [`${value.from} → ${value.now}: ${value.watchEvents} changes in ${took}${value.reached ? '' : ', not reached'}`];
      if (value.nearest !== undefined) lines.push(`  ${value.nearest.resource}/${value.nearest.name}: ${value.nearest.state}`);
      for (const { sentence } of value.explanation ?? []) lines.push(...wrap(sentence, '  '));
      return { value, lines, isBad: !value.reached };
    },
  },
  why: {
    usage: '<cluster> <resource/name>',
    help: 'Say why an object is as it is; --at explains the past.',
    options: { at: text, namespace: { type: 'string', short: 'n' } },
    async run({ connection, positionals: [name = '', object = ''], values: { at, namespace } }) {
      const [resource, of] = object.split('/');
      if (of === undefined) throw new ConfigError(`why takes resource/name, such as pods/web, not ${JSON.stringify(object)}.`);
      const query = { resource, name: of, at: textOf(at), namespace: textOf(namespace) };
      const value = await askJson<Schemas['Explanation']>(connection, withQuery(`${clusterPath(name)}/explain`, query));
      const lines = value.findings.flatMap(({ sentence, wouldChange }) => [
        ...wrap(sentence),
        ...(wouldChange === undefined ? [] : wrap(wouldChange, '  ')),
      ]);
      return { value, lines };
    },
  },
  fork: {
    usage: '<cluster> [name]',
    help: 'Make a cluster that goes on from now, or from --at.',
    options: { at: text },
    async run({ connection, positionals: [cluster = '', name], values: { at } }) {
      const body = { ...(name === undefined ? {} : { name }), ...(at === undefined ? {} : { at }) };
      const value = await askJson<Schemas['Cluster']>(connection, `${clusterPath(cluster)}/forks`, jsonRequest('POST', body));
      return { value, lines: [`cluster ${value.name} forked from ${cluster} at ${value.now}`] };
    },
  },
  rewind: {
    usage: '<cluster> <moment>',
    help: 'Go back in place, to a time, a revision (rv:123) or a command (command:45).',
    async run({ connection, positionals: [cluster = '', to = ''] }) {
      const value = await askJson<object>(connection, `${clusterPath(cluster)}/rewind`, jsonRequest('POST', { to }));
      return { value, lines: [`cluster ${cluster} is back at ${to}`] };
    },
  },
  export: {
    usage: '[cluster] [file]',
    help: 'Write a recording that makes the cluster again, anywhere; --all backup writes one of every cluster into a folder. --state adds how it stands, so that another version opens it there.',
    options: { all: text, selector, state: { type: 'boolean' } },
    async run({ connection, positionals: [cluster, file], values: { all, selector: labelSelector, state: withState } }) {
      const state = withState === true ? 'true' : undefined;
      if ((cluster === undefined) === (all === undefined))
        throw new ConfigError('export takes the name of a cluster, or --all and a folder.');
      if (cluster === undefined) {
        const items = await allOf<Schemas['Cluster']>(connection, '/v1/clusters', { labelSelector: textOf(labelSelector) });
        return exportAll(
          connection,
          items.map(({ name }) => name),
          String(all),
          state,
        );
      }
      const value = await (await ask(connection, withQuery(`${clusterPath(cluster)}/export`, { state }))).text();
      if (file === undefined) return { value, lines: [value.trimEnd()] };
      writeText(file, value);
      return { value: { file }, lines: [`wrote ${file}`] };
    },
  },
  import: importCommand,
};

/** A list, page by page. */
async function allOf<T>(connection: Connection, path: string, query: Readonly<Record<string, string | undefined>> = {}): Promise<T[]> {
  const items: T[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await askJson<{ items: T[]; nextCursor?: string }>(connection, withQuery(path, { ...query, cursor }));
    items.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === undefined) return items;
  }
}

function goalOf(by: string | undefined, { steps, until, on, selector, namespace, timeout }: Values): object {
  const limit = timeout === undefined ? {} : { timeout };
  if (steps !== undefined) return { steps: numberOf('--steps', steps) };
  if (until === 'idle') return { until, ...limit };
  if (until === undefined) {
    if (by === undefined) throw new ConfigError('advance takes a duration such as 30s, --steps, or --until.');
    return { by };
  }
  const [resource, name] = textOf(on)?.split('/') ?? [];
  return {
    until: {
      for: until,
      ...(resource === undefined ? {} : { resource }),
      ...(name === undefined ? {} : { name }),
      ...(selector === undefined ? {} : { selector }),
      ...(namespace === undefined ? {} : { namespace }),
    },
    ...limit,
  };
}

/** `course=k8s-101,group=a`. Fails: ConfigError. */
function labelsOf(list: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    list.split(',').map((one): [string, string] => {
      const [key = '', value] = one.split(/=(.*)/s);
      if (value === undefined) throw new ConfigError(`--labels takes key=value,…, not ${JSON.stringify(one)}.`);
      return [key, value];
    }),
  );
}

function clockOf(rate: string): object {
  if (rate === 'manual') return { mode: 'manual' };
  return { mode: 'running', rate: rate === 'auto' ? rate : numberOf('--rate', rate) };
}

/** What was refused has no number of its own. */
function numberText({ number, outcome }: Schemas['ClusterCommand']): string {
  return outcome === 'accepted' ? String(number) : '-';
}

function outcomeText({ refusal }: Schemas['ClusterCommand']): string {
  return refusal === undefined ? 'accepted' : `refused: ${refusal.code} ${refusal.reason}: ${refusal.message.split('\n')[0]}`;
}

/** A command in a few words. */
function whatOf({ type, details }: Schemas['ClusterCommand']): string {
  const { request, objects, mode, fault, reference, id, clock } = details as {
    request?: {
      verb?: string;
      resource?: string;
      name?: string;
      body?: { metadata?: { name?: string } };
      pod?: string;
      command?: string[];
    };
    objects?: { kind: string; metadata: { name?: string } }[];
    mode?: string;
    fault?: { type: string; node?: string; pod?: string };
    reference?: string;
    id?: string;
    clock?: Parameters<typeof clockText>[0];
  };
  if (request?.verb !== undefined)
    return `${request.verb} ${[request.resource, request.name ?? request.body?.metadata?.name].filter((part) => part !== undefined).join('/')}`;
  if (objects !== undefined)
    return `${mode} ${objects.map(({ kind, metadata }) => `${kind.toLowerCase()}/${metadata.name ?? ''}`).join(' ')}`;
  if (clock !== undefined) return `clock ${clockText(clock)}`;
  const rest = request?.command === undefined ? [fault?.type, fault?.node ?? fault?.pod, reference, id] : [request.pod, ...request.command];
  return [type, ...rest].filter((part) => part !== undefined).join(' ');
}

function clockText({ mode, rate }: Schemas['ClockState']): string {
  return mode === 'manual' ? mode : `× ${rate ?? 1}`;
}
