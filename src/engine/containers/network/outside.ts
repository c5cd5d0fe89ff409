// Names outside of the cluster: which resolve, and what answers there. A cluster has an uplink on which the usual names of tutorials answer; its
// configuration says others, or that some do not. Rule: K922. Deviation: nothing is really asked; a name answers 200 and a page with its name.

import { type FieldError, invalid } from '../../apimachinery/field-errors.ts';
import { isJsonObject, type Json, type JsonObject } from '../../apimachinery/meta.ts';
import { parseDuration } from '../../apimachinery/time.ts';
import { hash128 } from '../../kernel/hash.ts';
import { OUTSIDE_NAMES_MAX } from '../../kernel/limits.ts';
import { type ClusterState, defineTable } from '../../kernel/state.ts';

/** What is behind a name. */
export interface OutsideRule {
  /** How it fails instead: nobody knows the name, the connection is refused, or nobody answers. */
  readonly fault: 'unknown' | 'refused' | 'timeout' | null;
  readonly ports: readonly number[];
  readonly status: number;
  readonly body: string | null;
  readonly latencyMs: number;
}

const RULE_DEFAULT: OutsideRule = { fault: null, ports: [53, 80, 443], status: 200, body: null, latencyMs: 20 };

/** Names of which everything below answers too. */
const USUAL: ReadonlySet<string> = new Set(
  `example.com example.net example.org iana.org info.cern.ch google.com googleapis.com github.com github.io githubusercontent.com
  gitlab.com bitbucket.org docker.io docker.com quay.io gcr.io ghcr.io pkg.dev k8s.io kubernetes.io helm.sh pypi.org
  pythonhosted.org python.org npmjs.org npmjs.com yarnpkg.com nodejs.org rubygems.org golang.org go.dev crates.io rust-lang.org
  packagist.org maven.org apache.org gradle.org debian.org ubuntu.com alpinelinux.org centos.org fedoraproject.org rockylinux.org
  archlinux.org gnu.org nginx.org nginx.com postgresql.org mysql.com mariadb.org mongodb.org mongodb.com redis.io elastic.co
  hashicorp.com terraform.io istio.io amazonaws.com azure.com windows.net microsoft.com cloudflare.com cloudflare-dns.com
  httpbin.org httpstat.us ifconfig.me icanhazip.com ipify.org typicode.com wikipedia.org mozilla.org letsencrypt.org slack.com
  yahoo.com bing.com apple.com amazon.com facebook.com twitter.com x.com youtube.com stackoverflow.com`.split(/\s+/),
);
/** Servers of names that everybody knows by their addresses. */
const USUAL_ADDRESSES: readonly string[] = ['1.1.1.1', '1.0.0.1', '8.8.8.8', '8.8.4.4', '9.9.9.9'];

const rules = defineTable<OutsideRule>('kubelet.outside');

/** Reads the setting: name, `*.suffix` or `*` → what is there. */
export function parseOutside(
  value: JsonObject,
): { ok: true; rules: ReadonlyMap<string, OutsideRule> } | { ok: false; errors: FieldError[] } {
  const errors: FieldError[] = [];
  const read = new Map<string, OutsideRule>();
  const names = Object.entries(value);
  if (names.length > OUTSIDE_NAMES_MAX) errors.push(invalid('outside', String(names.length), `must be at most ${OUTSIDE_NAMES_MAX} names`));
  for (const [name, given] of names) {
    const field = `outside.${name}`;
    if (!/^(?:\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*)$/.test(name))
      errors.push(invalid(field, name, 'must be a name such as example.org, *.example.org or *'));
    else if (isJsonObject(given)) read.set(name, readRule(given, field, errors));
    else errors.push(invalid(field, String(given), 'must be an object'));
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, rules: read };
}

function readRule(given: JsonObject, field: string, errors: FieldError[]): OutsideRule {
  const rule = { ...RULE_DEFAULT, ports: [...RULE_DEFAULT.ports] };
  const refuse = (name: string, value: unknown, what: string): void => void errors.push(invalid(`${field}.${name}`, String(value), what));
  for (const [name, value] of Object.entries(given)) {
    switch (name) {
      case 'fault':
        if (value === 'unknown' || value === 'refused' || value === 'timeout') rule.fault = value;
        else refuse(name, value, 'must be unknown, refused or timeout');
        break;
      case 'ports':
        if (Array.isArray(value) && value.every((port) => isWithin(port, 1, 65_535))) rule.ports = value as number[];
        else refuse(name, value, 'must be a list of ports');
        break;
      case 'status':
        if (isWithin(value, 100, 599)) rule.status = value as number;
        else refuse(name, value, 'must be an integer between 100 and 599');
        break;
      case 'body':
        if (typeof value === 'string') rule.body = value;
        else refuse(name, value, 'must be a string');
        break;
      case 'latency': {
        const ms = typeof value === 'number' ? Math.round(value * 1000) : parseDuration(String(value));
        if (ms !== undefined && ms >= 0) rule.latencyMs = ms;
        else refuse(name, value, 'must be a duration');
        break;
      }
      default:
        refuse(name, name, 'unknown field; known are fault, ports, status, body, latency');
    }
  }
  return rule;
}

function isWithin(value: Json | undefined, min: number, max: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max;
}

/** Stores the setting; `value` must have passed `parseOutside`. */
export function setOutside(state: ClusterState, value: JsonObject): void {
  const parsed = parseOutside(value);
  if (parsed.ok) for (const [name, rule] of parsed.rules) rules.put(state, name, rule);
}

/** What is behind a name or address outside; undefined when nobody knows it. The nearest rule counts, and then what is usual. */
export function outsideRule(state: ClusterState, host: string): OutsideRule | undefined {
  const name = host.toLowerCase().replace(/\.$/, '');
  const labels = name.split('.');
  const suffixes = labels.map((_label, index) => labels.slice(index).join('.'));
  const patterns = [name, ...suffixes.slice(1).map((suffix) => `*.${suffix}`), '*'];
  for (const pattern of patterns) {
    const rule = rules.get(state, pattern);
    if (rule !== undefined) return rule.fault === 'unknown' ? undefined : rule;
  }
  const isUsual = suffixes.some((suffix) => USUAL.has(suffix)) || USUAL_ADDRESSES.includes(name) || OUTSIDE_ADDRESS.test(name);
  return isUsual ? RULE_DEFAULT : undefined;
}

/** Addresses that are given to names outside: those that RFC 2544 keeps for tests. */
const OUTSIDE_ADDRESS = /^198\.1[89]\.\d{1,3}\.\d{1,3}$/;

export function isOutsideAddress(address: string): boolean {
  return OUTSIDE_ADDRESS.test(address) || USUAL_ADDRESSES.includes(address);
}

/** The address of a name outside, the same everywhere. */
export function outsideAddress(host: string): string {
  const name = host.toLowerCase().replace(/\.$/, '');
  if (/^\d{1,3}(?:\.\d{1,3}){3}$/.test(name)) return name;
  const [a = 0, b = 0] = hash128(`outside|${name}`);
  return `198.${18 + (a & 1)}.${(a >>> 8) & 255}.${1 + (b % 254)}`;
}

/** The page that a name answers with when nothing else is said. */
export function outsidePage(host: string): string {
  return `<!doctype html>\n<html>\n<head><title>${host}</title></head>\n<body><h1>${host}</h1></body>\n</html>\n`;
}
