// What commands read from their flags and from the files that these name.

import { readFileSync, writeFileSync } from 'node:fs';
import { ConfigError } from './config.ts';

/** Flags of a command by name. */
export type Values = Readonly<Record<string, string | boolean | undefined>>;

export function textOf(value: string | boolean | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

/** Fails: ConfigError. */
export function numberOf(flag: string, value: string | boolean): number {
  const number = Number(value);
  if (!Number.isFinite(number)) throw new ConfigError(`${flag} takes a number, not ${JSON.stringify(value)}.`);
  return number;
}

/** The text of a file; `-` is standard input. Fails: ConfigError. */
export function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new ConfigError(`${file} cannot be read: ${reasonOf(error)}.`);
  }
}

/** Fails: ConfigError. */
export function writeText(file: string, content: string): void {
  try {
    writeFileSync(file, content);
  } catch (error) {
    throw new ConfigError(`${file} cannot be written: ${reasonOf(error)}.`);
  }
}

/** Fails: ConfigError. */
export function parseJson(file: string): object {
  const text = readText(file);
  try {
    return JSON.parse(text) as object;
  } catch (error) {
    throw new ConfigError(`${file} is not JSON: ${(error as Error).message}.`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  ENOTDIR: 'its folder is a file',
  ENOSPC: 'the disk is full',
  EROFS: 'the file system is read-only',
};

/** What an error of the file system means. */
export function reasonOf(error: unknown): string {
  const { code = '', message } = error as { code?: string; message: string };
  return REASONS[code] ?? message;
}
