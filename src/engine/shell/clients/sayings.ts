// Programs of the catalogue's images that only say something and end: their versions, and what a line of Perl prints. Rule: K933.
// Upstream: the programs of docker-library's images; perl's bignum for `bpi`. Omits how and when a program was built.

import type { CommandContext, ShellCommand } from '../command.ts';

interface Versioned {
  /** Options behind which nothing but the version is said. */
  readonly options: readonly string[];
  /** Version of an image without a number. */
  readonly newest: string;
  /** Where it says so; standard output unless told. */
  readonly toErrors?: true;
  readonly say: (version: string) => string;
}

const SHORT_AND_LONG = ['-V', '--version'];
const mysql = (program: string): Versioned => ({
  options: SHORT_AND_LONG,
  newest: '9.0.0',
  say: (version) => `${program}  Ver ${version} for Linux on x86_64 (MySQL Community Server - GPL)`,
});
const mariadb = (program: string): Versioned => ({
  options: SHORT_AND_LONG,
  newest: '12.0.0',
  say: (version) => `${program} from ${version}-MariaDB, client 15.2 for debian-linux-gnu (x86_64) using  EditLine wrapper`,
});
const postgres = (program: string): Versioned => ({
  options: SHORT_AND_LONG,
  newest: '18.0',
  say: (version) => `${program} (PostgreSQL) ${version}`,
});
const PYTHON: Versioned = { options: SHORT_AND_LONG, newest: '3.13.0', say: (version) => `Python ${version}` };

const VERSIONED: Readonly<Record<string, Versioned>> = {
  nginx: { options: ['-v'], newest: '1.29.0', toErrors: true, say: (version) => `nginx version: nginx/${version}` },
  'redis-server': {
    options: ['-v', '--version'],
    newest: '8.0.0',
    say: (version) => `Redis server v=${version} sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=0`,
  },
  'redis-cli': { options: ['-v', '--version'], newest: '8.0.0', say: (version) => `redis-cli ${version}` },
  postgres: postgres('postgres'),
  psql: postgres('psql'),
  pg_dump: postgres('pg_dump'),
  mysqld: mysql('/usr/sbin/mysqld'),
  mysql: mysql('mysql'),
  mysqladmin: mysql('mysqladmin'),
  mariadb: mariadb('mariadb'),
  mariadbd: mariadb('mariadbd'),
  mongod: { options: ['--version'], newest: '8.0.0', say: (version) => `db version v${version}` },
  memcached: { options: SHORT_AND_LONG, newest: '1.6.0', say: (version) => `memcached ${version}` },
  python: PYTHON,
  python3: PYTHON,
};

/** A program that only says something; undefined for anything else that it might be asked. */
export function findSaying([path = '', ...args]: readonly string[]): ShellCommand | undefined {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (name === 'perl') return isPrint(args) ? print : undefined;
  const versioned = Object.hasOwn(VERSIONED, name) ? VERSIONED[name] : undefined;
  const isAsked = args.length === 1 && versioned?.options.includes(args[0] ?? '') === true;
  return isAsked && versioned !== undefined ? (context) => sayVersion(context, versioned) : undefined;
}

function sayVersion({ host, out, error }: CommandContext, { newest, toErrors, say }: Versioned): number {
  const given = host.imageVersion.split('.');
  const missing = newest.split('.').slice(given.length);
  const version = host.imageVersion === '' ? newest : [...given, ...missing.map(() => '0')].join('.');
  (toErrors === true ? error : out)(`${say(version)}\n`);
  return 0;
}

const PRINT = /^\s*print\s+(?:bpi\((?<digits>\d{1,4})\)|"(?<double>[^"$@]*)"|'(?<single>[^']*)')\s*;?\s*$/;

/** `perl -Mbignum=bpi -wle 'print bpi(2000)'`, `perl -e 'print "hello\n"'`. */
function isPrint(args: readonly string[]): boolean {
  return /^-\w*e$/.test(args.at(-2) ?? '') && PRINT.test(args.at(-1) ?? '');
}

const print: ShellCommand = ({ args, out }) => {
  const { digits, double, single } = PRINT.exec(args.at(-1) ?? '')?.groups ?? {};
  const text =
    digits === undefined
      ? (double?.replaceAll(String.raw`\n`, '\n').replaceAll(String.raw`\t`, '\t') ?? single ?? '')
      : piText(Number(digits));
  out(/^-\w*l/.test(args.at(-2) ?? '') ? `${text}\n` : text);
  return 0;
};

/** Digits that are computed beyond those asked for. */
const GUARD = 10;

/** So many digits of π, the last of them rounded. Machin, 1706: 16 arctan(1/5) - 4 arctan(1/239). */
function piText(digits: number): string {
  const count = Math.max(1, digits);
  const unit = 10n ** BigInt(count - 1 + GUARD);
  const arctan = (inverse: bigint): bigint => {
    const square = inverse * inverse;
    let term = unit / inverse;
    let sum = term;
    for (let divisor = 3n; term !== 0n; divisor += 2n) {
      term /= -square;
      sum += term / divisor;
    }
    return sum;
  };
  const half = 10n ** BigInt(GUARD) / 2n;
  const text = String((16n * arctan(5n) - 4n * arctan(239n) + half) / 10n ** BigInt(GUARD));
  return count === 1 ? text : `${text.slice(0, 1)}.${text.slice(1)}`;
}
