// `orrery import`: a cluster from a recording, from a live cluster through its kubeconfig, or from what `kubectl get` says of one.

import { parseAllDocuments } from 'yaml';
import type { Connection, Schemas } from '../client/connection.ts';
import { isJsonObject, type Json, type JsonObject } from '../engine/apimachinery/meta.ts';
import { importAll, importRecording, isFolder } from './all-clusters.ts';
import type { ClusterCommand } from './cluster-commands.ts';
import { ConfigError } from './config.ts';
import { differenceLines } from './difference-lines.ts';
import { numberOf, readText, textOf, type Values } from './flags.ts';
import { convert, type Note } from './live/conversion.ts';
import { type ImportedLife, importLife } from './live/import-live.ts';
import { readKubeconfig } from './live/kubeconfig.ts';
import { type LiveObjects, readLive } from './live/live-objects.ts';
import { table } from './table.ts';

const text = { type: 'string' } as const;

export const importCommand: ClusterCommand = {
  usage: '[file] [name]',
  help: `Make a cluster from a recording, or one from each in a folder (as export --all writes them); from a live cluster (--kubeconfig, and --context), or from what kubectl says of one:
  orrery import --kubeconfig ~/.kube/config shop
  kubectl get nodes,namespaces,deployments,statefulsets,services,configmaps -A -o yaml | orrery import - shop
Only reads the live cluster. Takes its nodes, and what people wrote; --namespace a,b only from these. Values of Secrets are replaced unless --secrets keep. Statuses
are left to the simulation; --statuses keep writes those that nothing here would write, of custom resources and load balancers. Says what is not as it was.
A recording of another version: --check report executes it here and says what differs, --check recorded opens it at its recorded state (export --state).`,
  options: {
    check: text,
    kubeconfig: text,
    context: text,
    namespace: { type: 'string', short: 'n' },
    secrets: text,
    statuses: text,
    seed: text,
  },
  async run({ connection, positionals, values }) {
    const kubeconfig = textOf(values['kubeconfig']);
    if (kubeconfig !== undefined || values['context'] !== undefined) {
      const file = kubeconfig ?? process.env['KUBECONFIG'] ?? `${process.env['HOME'] ?? ''}/.kube/config`;
      const [name] = positionals;
      return takeIn(connection, await readLive(readKubeconfig(file, textOf(values['context']))), name, values);
    }
    const [file, name] = positionals;
    if (file === undefined) throw new ConfigError('import takes a file, a folder, - for standard input, or --kubeconfig.');
    if (isFolder(file)) return importAll(connection, file);
    const content = readText(file);
    if (!isRecording(content)) return takeIn(connection, { objects: objectsOf(file, content), unread: [] }, name, values);
    const value = await importRecording(connection, content, name, textOf(values['check']));
    return { value, lines: recordingLines(value) };
  },
};

function recordingLines({ cluster, engine, differences, difference }: Schemas['ImportResult']): string[] {
  const [first] = differences;
  const { recorded } = cluster;
  const found = first?.refusal === undefined ? 'leads to another history' : `is refused: ${first.refusal}`;
  return [
    `cluster ${cluster.name} imported`,
    ...(recorded === undefined
      ? []
      : [`its commands up to ${recorded.number} were executed by version ${recorded.engine} and are served as they were recorded`]),
    ...(first === undefined
      ? []
      : [`recorded by version ${engine}; command ${first.number} (${first.command}) is the first that ${found}`]),
    ...(difference === undefined ? [] : differenceLines(difference)),
  ];
}

/** The first line of a recording is a whole object that is none of Kubernetes. */
function isRecording(content: string): boolean {
  try {
    const head: unknown = JSON.parse(content.slice(0, content.indexOf('\n') >>> 0));
    return typeof head === 'object' && head !== null && !('kind' in head);
  } catch {
    return false;
  }
}

/** Objects in YAML or JSON, and those in lists. Fails: ConfigError. */
function objectsOf(file: string, content: string): JsonObject[] {
  const documents = parseAllDocuments(content);
  const found: JsonObject[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error !== undefined) throw new ConfigError(`${file} is neither a recording nor YAML: ${error.message.split('\n')[0]}`);
    found.push(...flattened(document.toJS({ maxAliasCount: 100 }) as Json));
  }
  if (found.length === 0) throw new ConfigError(`${file} has no objects of Kubernetes.`);
  return found;
}

function flattened(value: Json): JsonObject[] {
  if (!isJsonObject(value)) return [];
  const { kind, items } = value;
  if (Array.isArray(items) && String(kind).endsWith('List')) return items.flatMap(flattened);
  return typeof kind === 'string' && isJsonObject(value['metadata'] ?? null) ? [value] : [];
}

async function takeIn(connection: Connection, { objects, unread }: LiveObjects, name: string | undefined, values: Values) {
  const namespaces = textOf(values['namespace'])?.split(',');
  const life = convert(objects, {
    keepsSecrets: isKept('--secrets', values['secrets'], 'replace'),
    namespaces: namespaces === undefined ? undefined : new Set(namespaces),
  });
  const imported = await importLife(connection, life, {
    name,
    seed: values['seed'] === undefined ? undefined : numberOf('--seed', values['seed']),
    keepsStatuses: isKept('--statuses', values['statuses'], 'drop'),
  });
  const notes: Note[] = [
    ...unread.map(({ resource, reason }) => ({ what: resource, why: `could not be read: ${reason}` })),
    ...imported.notes,
  ];
  const value = {
    cluster: imported.cluster,
    nodes: life.nodes?.length ?? null,
    created: Object.fromEntries(imported.created),
    remade: Object.fromEntries(life.remade),
    secretValuesReplaced: life.secrets,
    statuses: imported.statuses,
    notes,
  };
  return { value, lines: linesOf(imported, life.nodes?.length, life.remade, life.secrets, notes) };
}

function isKept(flag: string, value: string | boolean | undefined, otherwise: string): boolean {
  if (value !== undefined && value !== 'keep' && value !== otherwise) throw new ConfigError(`${flag} is keep or ${otherwise}.`);
  return value === 'keep';
}

function linesOf(
  { cluster, created, statuses }: ImportedLife,
  nodes: number | undefined,
  remade: ReadonlyMap<string, number>,
  secrets: number,
  notes: readonly Note[],
): string[] {
  const counted = (counts: ReadonlyMap<string, number>): string =>
    [...counts].map(([kind, count]) => `${count} ${kind}`).join(', ') || 'nothing';
  return [
    `cluster ${cluster} made: ${nodes === undefined ? 'default nodes, as none were given' : `${nodes} nodes`}; ${counted(created)}`,
    ...(remade.size === 0 ? [] : [`left to its controllers: ${counted(remade)}`]),
    ...(secrets === 0 ? [] : [`${secrets} values of Secrets replaced (--secrets keep takes them over)`]),
    ...(statuses === 0 ? [] : [`${statuses} statuses taken over`]),
    ...(notes.length === 0 ? [] : ['not as it was:', ...table(notes.map(({ what, why }) => [`  ${what}`, why]))]),
  ];
}
