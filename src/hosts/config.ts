// Settings of the process: flags first, then environment variables, then defaults (docs/contract.md, section 1).

import { type BlockList, isIPv4 } from 'node:net';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { parseProxies } from './forwarded.ts';
import { CLUSTER_NAME_LENGTH_MAX } from '../service/ports.ts';
import type { Durability } from '../service/storage.ts';
import type { TlsConfig } from './tls.ts';
import { LOOPBACK } from './webhook-hosts.ts';
import { LIMIT_SETTINGS, type Limits, readLimits } from './limits.ts';

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** `auto` is pretty on a terminal, and JSON elsewhere. */
export type LogFormat = 'auto' | 'json' | 'pretty';

/** More threads than this are no use. */
const WORKERS_MAX = 256;

const LOG_FORMATS: readonly LogFormat[] = ['auto', 'json', 'pretty'];
export const LOG_LEVELS: readonly LogLevel[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** What `orrery serve` runs with. */
export interface Config {
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Folder of the data. */
  readonly data: string;
  readonly token: string | undefined;
  /** File with the token, when `token` is undefined; see token-file.ts. */
  readonly tokenFile: string | undefined;
  /** Host names under which the service may be asked, beside those of loopback. */
  readonly allowedHosts: readonly string[];
  /** Origins of pages that may use the service; `*` is all. */
  readonly allowedOrigins: readonly string[];
  /** Hosts on which webhooks may be called, see webhooks.ts. */
  readonly webhookHosts: readonly string[];
  /** Proxies whose `X-Forwarded-*` headers count. */
  readonly trustedProxies: BlockList | undefined;
  /** Undefined: plain HTTP. */
  readonly tls: TlsConfig | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
  readonly limits: Limits;
  /** Worker threads that have the clusters; 0: they are in the thread of the server. */
  readonly workers: number;
  readonly durability: Durability;
  /** The cluster whose Kubernetes API is served at the root as well. */
  readonly defaultCluster: string | undefined;
}

/** A mistake in the settings; the message names the setting and what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type SettingName =
  | 'host'
  | 'port'
  | 'data'
  | 'token'
  | 'token-file'
  | 'allowed-hosts'
  | 'allowed-origins'
  | 'webhook-hosts'
  | 'trusted-proxies'
  | 'tls'
  | 'tls-cert'
  | 'tls-key'
  | 'log-level'
  | 'log-format'
  | 'limits'
  | 'workers'
  | 'durability'
  | 'default-cluster';

interface Setting {
  readonly variable: string;
  readonly value: string;
  readonly fallback: string | undefined;
  readonly help: string;
}

/** Every setting, in the order of the help text. */
export const SETTINGS: Readonly<Record<SettingName, Setting>> = {
  host: {
    variable: 'ORRERY_HOST',
    value: '<address>',
    fallback: '127.0.0.1',
    help: 'Address to listen on. Other than loopback only with a token.',
  },
  port: { variable: 'ORRERY_PORT', value: '<number>', fallback: '8080', help: 'Port to listen on; 0 picks a free one.' },
  data: { variable: 'ORRERY_DATA', value: '<folder>', fallback: './data', help: 'Folder of all stored clusters; made when it is missing.' },
  token: { variable: 'ORRERY_TOKEN', value: '<secret>', fallback: undefined, help: 'Secret that clients must send as a bearer token.' },
  'token-file': {
    variable: 'ORRERY_TOKEN_FILE',
    value: '<file>',
    fallback: undefined,
    help: 'File with that secret, unless it is set; when the file is missing, it is made with a random one, which is printed once.',
  },
  'allowed-hosts': {
    variable: 'ORRERY_ALLOWED_HOSTS',
    value: '<name,...>',
    fallback: '',
    help: 'Host names under which the service may be asked, beside those of loopback; *.example.com is all below. With a token all names may, unless some are named.',
  },
  'allowed-origins': {
    variable: 'ORRERY_ALLOWED_ORIGINS',
    value: '<origin,...>',
    fallback: '',
    help: 'Origins of web pages that may use the service, as https://school.example; * is all.',
  },
  'webhook-hosts': {
    variable: 'ORRERY_WEBHOOK_HOSTS',
    value: '<name,...>',
    fallback: undefined,
    help: 'Hosts on which webhooks of clusters may be called; *.example.com is all below, loopback this machine, none nobody. Loopback when the service listens there, else none.',
  },
  'trusted-proxies': {
    variable: 'ORRERY_TRUSTED_PROXIES',
    value: '<address,...>',
    fallback: '',
    help: 'Addresses or networks (10.0.0.0/8) of proxies whose X-Forwarded-Host and X-Forwarded-Proto count.',
  },
  tls: {
    variable: 'ORRERY_TLS',
    value: 'self-signed',
    fallback: undefined,
    help: 'HTTPS with a certificate that the service makes and keeps in the data folder; kubeconfigs carry it.',
  },
  'tls-cert': { variable: 'ORRERY_TLS_CERT', value: '<file>', fallback: undefined, help: 'HTTPS with this certificate, or chain, in PEM.' },
  'tls-key': { variable: 'ORRERY_TLS_KEY', value: '<file>', fallback: undefined, help: 'Its private key, in PEM.' },
  'default-cluster': {
    variable: 'ORRERY_DEFAULT_CLUSTER',
    value: '<name>',
    fallback: undefined,
    help: 'Cluster whose Kubernetes API is served at the root as well, for clients that drop the path of a server.',
  },
  workers: {
    variable: 'ORRERY_WORKERS',
    value: '<number|auto>',
    fallback: 'auto',
    help: 'Worker threads that have the clusters; auto is one a core, 0 is none.',
  },
  durability: {
    variable: 'ORRERY_DURABILITY',
    value: '<process|full>',
    fallback: 'process',
    help: 'What an answered command survives: the death of the process, or with full also a loss of power.',
  },
  limits: {
    variable: 'ORRERY_LIMITS',
    value: '<name=number,...>',
    fallback: '',
    help: `Bounds of the service: ${Object.keys(LIMIT_SETTINGS).join(', ')}. See docs/limits.md.`,
  },
  'log-level': { variable: 'ORRERY_LOG_LEVEL', value: '<level>', fallback: 'info', help: `One of ${LOG_LEVELS.join(', ')}.` },
  'log-format': {
    variable: 'ORRERY_LOG_FORMAT',
    value: '<json|pretty>',
    fallback: 'auto',
    help: 'Lines of JSON, or lines for people; auto is pretty on a terminal. The log goes to standard error.',
  },
};

/** Reads the settings of `orrery serve`. Fails: ConfigError. */
export function readConfig(flags: readonly string[], environment: Readonly<Record<string, string | undefined>>): Config {
  const values = parseFlags(flags);
  const read = (name: SettingName): Source => {
    const { variable, fallback } = SETTINGS[name];
    if (values[name] !== undefined) return { text: values[name], origin: `--${name}` };
    const text = environment[variable];
    // An empty variable is an unset one, as container tools write them.
    return text === undefined || text === '' ? { text: fallback, origin: `--${name}` } : { text, origin: variable };
  };
  const config: Config = {
    host: parseHost(read('host')),
    port: parsePort(read('port')),
    data: parseFolder(read('data')),
    token: parseToken(read('token')),
    tokenFile: parseTokenFile(read('token-file')),
    allowedHosts: parseHosts(read('allowed-hosts')),
    allowedOrigins: parseOrigins(read('allowed-origins')),
    webhookHosts: parseWebhookHosts(read('webhook-hosts'), read('host')),
    trustedProxies: parseTrusted(read('trusted-proxies')),
    tls: parseTls(read('tls'), read('tls-cert'), read('tls-key')),
    logLevel: parseLogLevel(read('log-level')),
    logFormat: parseLogFormat(read('log-format')),
    limits: parseLimits(read('limits')),
    workers: parseWorkers(read('workers')),
    durability: parseDurability(read('durability')),
    defaultCluster: parseDefaultCluster(read('default-cluster')),
  };
  checkExposure(config);
  return config;
}

interface Source {
  readonly text: string | undefined;
  /** The flag or variable, for messages. */
  readonly origin: string;
}

function parseFlags(flags: readonly string[]): Partial<Record<SettingName, string>> {
  const options = Object.fromEntries(Object.keys(SETTINGS).map((name) => [name, { type: 'string' as const }]));
  try {
    return parseArgs({ args: [...flags], options, allowPositionals: false, strict: true }).values;
  } catch (error) {
    throw new ConfigError(`${(error as Error).message.split('. ')[0]}. See orrery serve --help.`);
  }
}

function parseHost({ text = '', origin }: Source): string {
  if (text === '' || /\s|\//.test(text)) throw new ConfigError(`${origin} must be a host name or an address, not ${JSON.stringify(text)}.`);
  // Brackets belong to URLs, not to addresses.
  return text.replace(/^\[(.*)\]$/, '$1');
}

function parsePort({ text = '', origin }: Source): number {
  if (!/^\d{1,5}$/.test(text) || Number(text) > 65_535) {
    throw new ConfigError(`${origin} must be a number from 0 to 65535, not ${JSON.stringify(text)}.`);
  }
  return Number(text);
}

function parseFolder({ text = '', origin }: Source): string {
  if (text.trim() === '') throw new ConfigError(`${origin} must name a folder.`);
  return text;
}

function parseToken({ text, origin }: Source): string | undefined {
  if (text === undefined || isToken(text)) return text;
  throw new ConfigError(`${origin} may consist of ${TOKEN_CHARACTERS}, and must not be empty.`);
}

/** What a token may consist of, for messages. */
export const TOKEN_CHARACTERS = 'letters, digits and -._~+/ with = at the end';

/** True for what may stand in an Authorization header (RFC 6750, section 2.1). */
export const isToken = (text: string): boolean => /^[A-Za-z0-9\-._~+/]+=*$/.test(text);

function parseTokenFile({ text, origin }: Source): string | undefined {
  if (text?.trim() === '') throw new ConfigError(`${origin} must name a file.`);
  return text;
}

function listOf(text: string): readonly string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function parseHosts({ text = '', origin }: Source): readonly string[] {
  const hosts = listOf(text).map((host) => host.replace(/^\[(.*)\]$/, '$1'));
  const wrong = hosts.find((host) => !/^(?:\*\.)?[\w.-]+$|^[\da-fA-F:]+$/.test(host));
  if (wrong === undefined) return hosts;
  throw new ConfigError(
    `${origin} must be host names without port, such as orrery.example or *.example.com, not ${JSON.stringify(wrong)}.`,
  );
}

/** Whom others may have called on this machine must be said: without a word only those who are on it themselves. */
function parseWebhookHosts({ text, origin }: Source, host: Source): readonly string[] {
  if (text === undefined) return isLoopback(parseHost(host)) ? [LOOPBACK] : [];
  if (text === 'none') return [];
  return text === '*' ? ['*'] : parseHosts({ text, origin });
}

function parseOrigins({ text = '', origin }: Source): readonly string[] {
  const origins = listOf(text);
  const wrong = origins.find((item) => item !== '*' && !(URL.canParse(item) && new URL(item).origin === item));
  if (wrong === undefined) return origins;
  throw new ConfigError(
    `${origin} must be origins, such as https://school.example or http://localhost:3000, not ${JSON.stringify(wrong)}.`,
  );
}

function parseTrusted({ text = '', origin }: Source): BlockList | undefined {
  const list = listOf(text);
  const proxies = parseProxies(list);
  if (proxies === undefined)
    throw new ConfigError(`${origin} must be IP addresses or networks, such as 10.0.0.0/8, not ${JSON.stringify(text)}.`);
  return list.length === 0 ? undefined : proxies;
}

function parseTls(own: Source, cert: Source, key: Source): TlsConfig | undefined {
  if (own.text !== undefined && own.text !== 'self-signed')
    throw new ConfigError(
      `${own.origin} must be self-signed, not ${JSON.stringify(own.text)}. For a certificate of your own use --tls-cert and --tls-key.`,
    );
  if (own.text !== undefined && (cert.text ?? key.text) !== undefined)
    throw new ConfigError('--tls self-signed makes a certificate; --tls-cert and --tls-key name one. Choose one of both.');
  if (own.text !== undefined) return { kind: 'self-signed' };
  if (cert.text === undefined && key.text === undefined) return undefined;
  if (cert.text === undefined || key.text === undefined)
    throw new ConfigError('--tls-cert and --tls-key belong together: one of them is missing.');
  return { kind: 'files', cert: cert.text, key: key.text };
}

function parseLimits({ text = '', origin }: Source): Limits {
  const limits = readLimits(text);
  if (typeof limits === 'string') throw new ConfigError(`${origin}: ${limits}.`);
  return limits;
}

function parseWorkers({ text = '', origin }: Source): number {
  if (text === 'auto') return availableParallelism();
  if (!/^\d{1,3}$/.test(text) || Number(text) > WORKERS_MAX)
    throw new ConfigError(`${origin} must be auto or a number from 0 to ${WORKERS_MAX}, not ${JSON.stringify(text)}.`);
  return Number(text);
}

function parseDurability({ text = '', origin }: Source): Durability {
  if (text !== 'process' && text !== 'full') throw new ConfigError(`${origin} must be process or full, not ${JSON.stringify(text)}.`);
  return text;
}

function parseLogLevel({ text = '', origin }: Source): LogLevel {
  const level = LOG_LEVELS.find((candidate) => candidate === text);
  if (level === undefined) throw new ConfigError(`${origin} must be one of ${LOG_LEVELS.join(', ')}, not ${JSON.stringify(text)}.`);
  return level;
}

function parseLogFormat({ text = '', origin }: Source): LogFormat {
  const format = LOG_FORMATS.find((candidate) => candidate === text);
  if (format === undefined) throw new ConfigError(`${origin} must be json, pretty or auto, not ${JSON.stringify(text)}.`);
  return format;
}

/** The cluster may be made later; a name that no cluster can have is a mistake. */
function parseDefaultCluster({ text, origin }: Source): string | undefined {
  if (text === undefined || (text.length <= CLUSTER_NAME_LENGTH_MAX && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(text))) return text;
  throw new ConfigError(
    `${origin} must be the name of a cluster, at most ${CLUSTER_NAME_LENGTH_MAX} lower-case letters, digits and dashes, not ${JSON.stringify(text)}.`,
  );
}

function checkExposure({ host, token, tokenFile }: Config): void {
  if ((token ?? tokenFile) !== undefined || isLoopback(host)) return;
  throw new ConfigError(
    `Refusing to listen on ${host} without a token: everybody who can reach this machine could use and delete the clusters. ` +
      'Set --token (or ORRERY_TOKEN), have one made with --token-file, or listen on 127.0.0.1.',
  );
}

/** True when only this machine can connect. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}
