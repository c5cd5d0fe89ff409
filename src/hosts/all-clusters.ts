// `orrery export --all` and `orrery import` of a folder: every cluster of a service as a recording in a file of its name, one after the other. What cannot be
// written or made is said, and the others are done all the same.

import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ask, askJson, clusterPath, type Connection, OrreryProblem, type Schemas, withQuery } from '../client/connection.ts';
import { ConfigError } from './config.ts';
import { readText, reasonOf, writeText } from './flags.ts';

const RECORDING_TYPE = 'application/x-ndjson';

const SUFFIX = '.jsonl';

/** What was done with the clusters, by name. */
interface Done {
  readonly value: { readonly done: readonly string[]; readonly failed: readonly { readonly name: string; readonly problem: string }[] };
  readonly lines: readonly string[];
  readonly isBad: boolean;
}

/** Writes all clusters of these names into a folder, which is made when it is missing; `state` as the export takes it. */
export function exportAll(connection: Connection, names: readonly string[], folder: string, state?: string): Promise<Done> {
  makeFolder(folder);
  return each(names, 'exported', async (name) => {
    const recording = await (await ask(connection, withQuery(`${clusterPath(name)}/export`, { state }))).text();
    writeText(join(folder, `${name}${SUFFIX}`), recording);
  });
}

/** Makes the clusters of all recordings in a folder, each under the name of its file. */
export function importAll(connection: Connection, folder: string): Promise<Done> {
  const names = recordingsIn(folder);
  return each(names, 'imported', async (name) => {
    await importRecording(connection, readText(join(folder, `${name}${SUFFIX}`)), name);
  });
}

/** Makes a cluster from a recording; `check` as the import takes it. */
export function importRecording(
  connection: Connection,
  body: string,
  name: string | undefined,
  check?: string,
): Promise<Schemas['ImportResult']> {
  const sent = { method: 'POST', body, headers: { 'Content-Type': RECORDING_TYPE } };
  return askJson<Schemas['ImportResult']>(connection, withQuery('/v1/clusters/import', { name, check }), sent);
}

/** Whether there is a folder of this name. */
export function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

async function each(names: readonly string[], what: string, act: (name: string) => Promise<void>): Promise<Done> {
  const done: string[] = [];
  const failed: { name: string; problem: string }[] = [];
  for (const name of names) {
    try {
      await act(name);
      done.push(name);
    } catch (error) {
      // Where nobody answers, nobody does for the next one either.
      if (!(error instanceof OrreryProblem)) throw error;
      failed.push({ name, problem: error.message });
    }
  }
  const lines = [
    ...done.map((name) => `cluster ${name} ${what}`),
    ...failed.map(({ name, problem }) => `cluster ${name} not ${what}: ${problem}`),
  ];
  return { value: { done, failed }, lines: lines.length === 0 ? ['there are none'] : lines, isBad: failed.length > 0 };
}

/** Fails: ConfigError. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw new ConfigError(`${folder} cannot be made: ${reasonOf(error)}.`);
  }
}

function recordingsIn(folder: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(SUFFIX))
    .map((file) => basename(file, SUFFIX))
    .sort();
}
