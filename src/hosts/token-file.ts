// `--token-file`: the token of the service in a file, as secrets reach a container; made when it is missing, so that a service that others
// reach needs no preparation and is never open.

import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Config, isToken, TOKEN_CHARACTERS } from './config.ts';
import { explainTokenFile } from './explain-storage.ts';
import { StartError } from './start-error.ts';

/** 192 bits: 32 characters. */
const TOKEN_BYTES = 24;

export interface ServiceToken {
  /** Undefined: the service asks for none. */
  readonly token: string | undefined;
  /** It was made now, and nobody has seen it. */
  readonly isNew: boolean;
}

/** The token that clients must send. Makes the file, which only its owner may read, when it is named and missing. Fails: StartError. */
export function openToken({ token, tokenFile }: Pick<Config, 'token' | 'tokenFile'>): ServiceToken {
  if (token !== undefined || tokenFile === undefined) return { token, isNew: false };
  const made = randomBytes(TOKEN_BYTES).toString('base64url');
  makeFolderOf(tokenFile);
  try {
    // Fails when the file is there, so that two services that start at once have one token.
    writeFileSync(tokenFile, `${made}\n`, { flag: 'wx', mode: 0o600 });
    return { token: made, isNew: true };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw unusable(tokenFile, error);
  }
  return { token: readTokenFile(tokenFile), isNew: false };
}

function makeFolderOf(file: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    throw unusable(file, error);
  }
}

/** The token that the file has. Fails: StartError. */
export function readTokenFile(file: string): string {
  const text = readText(file).trim();
  if (isToken(text)) return text;
  throw new StartError(`The token in ${file} may consist of ${TOKEN_CHARACTERS}, and must not be empty.`);
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw unusable(file, error);
  }
}

const unusable = (file: string, error: unknown) =>
  new StartError(`The token file ${file} cannot be used: ${explainTokenFile(error)}`, { cause: error });

/** What the log of the start says of a token that was made, this once. */
export const newTokenText = (token: string | undefined, file: string | undefined): string =>
  `Its token, made now and kept in ${file}; it is not shown again: ${token}`;
