// Certificates: those that the settings name, or one of its own that the service makes once and keeps in the data folder.

import { createPrivateKey, X509Certificate } from 'node:crypto';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { makeFolder } from '../db/make-folder.ts';
import { StartError } from './start-error.ts';
import { CERT_FILE, KEY_FILE } from './tls-files.ts';

/** What the settings say. */
export type TlsConfig = { readonly kind: 'self-signed' } | { readonly kind: 'files'; readonly cert: string; readonly key: string };

/** What a server needs, in PEM. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** What clients must trust; undefined when the certificate comes from an authority that they may know already. */
  readonly authority: string | undefined;
}

/** A certificate that ends sooner is made again. */
const REST_DAYS_MIN = 30;
const DAY_MS = 86_400_000;

/** Reads or makes the certificate. `host` is the address that is listened on. Fails: StartError. */
export async function loadTls(config: TlsConfig, folder: string, host: string): Promise<TlsMaterial> {
  if (config.kind === 'files') return check(readPem(config.cert), readPem(config.key), config.cert, config.key);
  const cert = join(folder, CERT_FILE);
  const key = join(folder, KEY_FILE);
  const names = namesOf(host);
  const present = readOwn(cert, key, names);
  if (present !== undefined) return present;
  // Loading what makes it takes longer than most of a start.
  const { makeCertificate } = await import('./certificate.ts');
  const made = await makeCertificate(names);
  makeFolder(folder);
  writeFileSync(key, made.key, { mode: 0o600 });
  chmodSync(key, 0o600);
  writeFileSync(cert, made.cert);
  return made;
}

/** The certificate of an earlier start, if it is good for these names and for some time. */
function readOwn(certFile: string, keyFile: string, names: readonly string[]): TlsMaterial | undefined {
  try {
    const cert = readFileSync(certFile, 'utf8');
    const key = readFileSync(keyFile, 'utf8');
    const parsed = new X509Certificate(cert);
    const isFresh = Date.parse(parsed.validTo) - Date.now() > REST_DAYS_MIN * DAY_MS;
    const isForAll = names.every((name) => (isIP(name) === 0 ? parsed.checkHost(name) : parsed.checkIP(name)) !== undefined);
    return isFresh && isForAll && parsed.checkPrivateKey(createPrivateKey(key)) ? { cert, key, authority: cert } : undefined;
  } catch {
    return undefined;
  }
}

/** Names under which clients may come: this machine, and the address that is listened on. */
function namesOf(host: string): readonly string[] {
  const isAnywhere = host === '0.0.0.0' || host === '::';
  return [...new Set(['localhost', '127.0.0.1', '::1', hostname(), ...(isAnywhere ? [] : [host])])];
}

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new StartError(`The file ${file} cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function check(cert: string, key: string, certFile: string, keyFile: string): TlsMaterial {
  const chain = cert.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  const [first, last] = [chain[0], chain.at(-1)];
  if (first === undefined || last === undefined) throw new StartError(`The file ${certFile} holds no certificate in PEM.`);
  try {
    if (!new X509Certificate(first).checkPrivateKey(createPrivateKey(key)))
      throw new StartError(`The key in ${keyFile} does not belong to the certificate in ${certFile}.`);
    const root = new X509Certificate(last);
    return { cert, key, authority: root.issuer === root.subject ? `${last}\n` : undefined };
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`The certificate in ${certFile} or the key in ${keyFile} cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}
