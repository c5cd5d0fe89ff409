// Brings the clients onto this machine, each pinned by a lock file of its ecosystem. What was made once is kept in a folder of the user, under a name that says
// what it was made from, so that a change of a pin makes it anew.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const CLIENTS = fileURLToPath(new URL('..', import.meta.url));
const CACHE = join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'orrery-clients');
const execute = promisify(execFile);

/** Runs a command to its end and gives its standard output. Fails: with all that it printed. */
export async function run(command, args, options = {}) {
  const { stdout } = await execute(command, args, { maxBuffer: 64 * 1024 * 1024, ...options }).catch((error) => {
    const printed = `${error.stdout ?? ''}${error.stderr ?? ''}`.slice(-6_000);
    throw new Error(`${command} ${args.join(' ')}: ${error.killed ? 'took too long' : `exit ${error.code}`}\n${printed}`);
  });
  return stdout;
}

/**
 * The folder that `make` filled from these files of test/clients; kept for as long as the files and the maker's version are the same. `make` is given the
 * folder's final path, because some things know where they stand.
 */
export async function cached(name, files, make, version = '') {
  const hash = createHash('sha256').update(version);
  for (const file of files) hash.update(readFileSync(join(CLIENTS, file)));
  const folder = join(CACHE, `${name}-${hash.digest('hex').slice(0, 12)}`);
  if (existsSync(join(folder, '.complete'))) return folder;
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await make(folder);
  mkdirSync(join(folder, '.unfinished'));
  renameSync(join(folder, '.unfinished'), join(folder, '.complete'));
  return folder;
}

/** Go's builds share what they compile when one comes after the other. */
let building = Promise.resolve();

/**
 * Builds a program of Go that test/clients/go pins or has, or with `test` the tests of one of its packages; returns its path. `stamps` are variables of it that
 * say which version it is.
 */
export async function goProgram(name, path, { test = false, stamps = {} } = {}) {
  const version = await run('go', ['env', 'GOVERSION']);
  const options = { cwd: join(CLIENTS, 'go'), env: { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=readonly' } };
  const flags = ['-s', '-w', ...Object.entries(stamps).map(([variable, value]) => `-X ${variable}=${value}`)].join(' ');
  const compile = (folder) =>
    run('go', [...(test ? ['test', '-c'] : ['build']), '-buildvcs=false', `-ldflags=${flags}`, '-o', join(folder, name), path], options);
  const make = (folder) => {
    const built = building.then(() => compile(folder));
    building = built.catch(() => undefined);
    return built;
  };
  const sources = path.startsWith('./')
    ? readdirSync(join(CLIENTS, 'go', path), { recursive: true })
        .filter((file) => file.endsWith('.go'))
        .sort()
    : [];
  const files = ['go/go.mod', 'go/go.sum', ...sources.map((file) => join('go', path, file))];
  return join(await cached(name, files, make, `${version}${Object.values(stamps).join()}`), name);
}

/** The version of a module that test/clients/go pins, without its `v`. */
export function goVersion(path) {
  const line = readFileSync(join(CLIENTS, 'go', 'go.mod'), 'utf8').match(new RegExp(`^\\s*(?:require )?${path} v(\\S+)`, 'm'));
  if (line === null) throw new Error(`go.mod names no ${path}`);
  return line[1];
}
