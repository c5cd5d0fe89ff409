// Finds the kubectl binaries of this machine and runs them with a home of their own.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

/** A binary and its minor version, `1.33`. */
export interface Kubectl {
  readonly path: string;
  readonly minor: string;
}

/** The minors that the tests run with, when they are installed: the newest, and the oldest of each way to talk to a server. */
const WANTED_MINORS = ['1.33', '1.30', '1.27', '1.20'];

/** `npm run test:kubectl` asks for all of them; else it is the newest one that is installed. */
const WANTS_ALL = process.env['ORRERY_TEST_KUBECTLS'] === 'all';

/**
 * The binaries to test with, the newest first. Looked for on the PATH, beside the real file of each `kubectl` there (`kubectl.1.27`), and in the folders that
 * ORRERY_TEST_KUBECTL_PATH lists. Fails with an explanation when there is none: a skipped wire test would prove nothing.
 */
export function findKubectls(): readonly Kubectl[] {
  const found = new Map<string, string>();
  for (const path of candidatePaths()) {
    const minor = minorOf(path);
    if (minor !== undefined && !found.has(minor)) found.set(minor, path);
  }
  const wanted = WANTED_MINORS.filter((minor) => found.has(minor));
  const minors = wanted.length > 0 ? wanted : [...found.keys()].slice(0, 1);
  if (minors.length === 0) {
    throw new Error(
      'The wire tests need a real kubectl, of any version from 1.20 on: none is on the PATH nor in ORRERY_TEST_KUBECTL_PATH.',
    );
  }
  return minors.slice(0, WANTS_ALL ? undefined : 1).map((minor) => ({ minor, path: found.get(minor) as string }));
}

function candidatePaths(): readonly string[] {
  const folders = [...(process.env['ORRERY_TEST_KUBECTL_PATH'] ?? '').split(delimiter), ...(process.env['PATH'] ?? '').split(delimiter)];
  const paths = folders.filter((folder) => folder !== '' && existsSync(folder)).flatMap(kubectlsIn);
  const beside = paths.map((path) => dirname(realpathSync(path))).flatMap(kubectlsIn);
  return [...new Set([...paths, ...beside].map((path) => realpathSync(path)))];
}

function kubectlsIn(folder: string): readonly string[] {
  const names = readdirSync(folder).filter((name) => /^kubectl([.-]?v?\d+\.\d+(\.\d+)?)?$/.test(name));
  return names.map((name) => join(folder, name)).filter((path) => existsSync(path));
}

function minorOf(path: string): string | undefined {
  const run = spawnSync(path, ['version', '--client', '-o', 'json'], { encoding: 'utf8', env: { HOME: tmpdir() } });
  if (run.status !== 0) return undefined;
  const { clientVersion } = JSON.parse(run.stdout) as { clientVersion?: { major: string; minor: string } };
  return clientVersion && `${clientVersion.major}.${Number.parseInt(clientVersion.minor, 10)}`;
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A shell with one kubectl, an empty home (and so an empty discovery cache) and a kubeconfig. */
export interface KubectlShell {
  /** Files of commands may be written here; it is the working directory. */
  readonly folder: string;
  /** Runs a command line to its end. */
  run(commandLine: string): Promise<Finished>;
  /** Starts a command line that goes on, such as a watch. */
  start(commandLine: string): RunningCommand;
  remove(): void;
}

export interface RunningCommand {
  readonly finished: Promise<Finished>;
  stop(): void;
}

const COMMAND_SECONDS_MAX = 60;

/** Makes a shell. `files` are put into its folder. */
export function createShell(kubectl: Kubectl, kubeconfig: string, files: Readonly<Record<string, string>> = {}): KubectlShell {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-wire-'));
  mkdirSync(join(folder, 'bin'));
  symlinkSync(kubectl.path, join(folder, 'bin', 'kubectl'));
  writeFileSync(join(folder, 'kubeconfig'), kubeconfig);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const env = {
    PATH: `${join(folder, 'bin')}${delimiter}/usr/local/bin${delimiter}/usr/bin${delimiter}/bin`,
    HOME: folder,
    KUBECONFIG: join(folder, 'kubeconfig'),
    TZ: 'UTC',
    LC_ALL: 'C',
    // It lives for a moment: collecting garbage would be a quarter of its work.
    GOGC: 'off',
  };
  const start = (commandLine: string): RunningCommand => {
    const child = spawn('sh', ['-c', commandLine], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    // The shell leads a process group of its own, so that its kubectl ends with it.
    const stop = () =>
      void (child.pid !== undefined && child.exitCode === null && child.signalCode === null && process.kill(-child.pid, 'SIGKILL'));
    return { finished: collect(child), stop };
  };
  return {
    folder,
    start,
    run: async (commandLine) => {
      const running = start(commandLine);
      const timer = setTimeout(running.stop, COMMAND_SECONDS_MAX * 1000);
      try {
        return await running.finished;
      } finally {
        clearTimeout(timer);
      }
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function collect(child: ChildProcess): Promise<Finished> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      stdout += chunk.toString('utf8');
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr += chunk.toString('utf8');
    });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
