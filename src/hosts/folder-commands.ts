// `orrery check` and `orrery recover`: what is wrong with a data folder, and how to get on. Both work on a folder that no service uses.

import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { checkFolder } from '../db/check-folder.ts';
import { recoverFolder } from '../db/recover-folder.ts';
import { StorageDamage } from '../service/storage.ts';
import { FLAGS, type Flags } from './commands.ts';
import { ConfigError, SETTINGS } from './config.ts';
import { explainStorage } from './explain-storage.ts';
import { StartError } from './start-error.ts';

/** What a command has to say. */
export interface FolderReport {
  readonly lines: readonly string[];
  readonly exitCode: number;
}

/** Checks a folder; the exit code is 1 when something is damaged. Fails: ConfigError, StartError. */
export function runCheck(args: readonly string[]): FolderReport {
  const { data, replay = false } = parse(args, FLAGS.check);
  const folder = folderOf(data);
  const { lines, damages } = inFolder(folder, () => checkFolder(folder, { replays: replay === true }));
  return { lines: [...lines, damages === 0 ? 'nothing is damaged' : `${damages} damaged`], exitCode: damages === 0 ? 0 : 1 };
}

/** Sets a damaged directory aside and makes a new one; `--accept` takes a cluster as its file has it. Fails: ConfigError, StartError. */
export function runRecover(args: readonly string[]): FolderReport {
  const { data, accept = [] } = parse(args, FLAGS.recover);
  const folder = folderOf(data);
  const accepted = Array.isArray(accept) ? accept.map(String) : [];
  const { setAside, findings } = inFolder(folder, () => recoverFolder(folder, { accepted }));
  const lines = [
    ...(setAside === undefined ? [] : [`set aside  ${setAside}`]),
    ...findings.takenIn.map((cluster) => `taken in   ${cluster}`),
    ...findings.kept.map((file) => `kept       ${file}`),
    ...accepted.map((name) => `accepted   ${name}`),
  ];
  return { lines: lines.length === 0 ? ['nothing to recover'] : lines, exitCode: 0 };
}

function parse(args: readonly string[], flags: Flags): Readonly<Record<string, unknown>> {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw new ConfigError((error as Error).message);
  }
}

function folderOf(flag: unknown): string {
  const { variable, fallback = '' } = SETTINGS.data;
  const folder = typeof flag === 'string' ? flag : (process.env[variable] ?? '') || fallback;
  if (!existsSync(folder)) throw new StartError(`There is no data folder ${folder}.`);
  return folder;
}

function inFolder<T>(folder: string, body: () => T): T {
  try {
    return body();
  } catch (error) {
    const problem = error instanceof StorageDamage ? error.message : explainStorage(error);
    throw new StartError(`The data folder ${folder} cannot be used: ${problem}`, { cause: error });
  }
}
