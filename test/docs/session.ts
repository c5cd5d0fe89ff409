// A reader who does what a page says: a folder with the examples, `orrery` and `kubectl` on the path, a shell that goes on from block to block, and a service.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Kubectl } from '../wire/kubectl.ts';
import { ROOT } from './document.ts';

/** What one unit of commands did. */
export interface Ran {
  readonly code: number;
  readonly lines: readonly string[];
}

/** The address that pages speak of; the service of a session has another port. */
const ADDRESS = '127.0.0.1:8080';

export class Session {
  readonly folder = mkdtempSync(join(tmpdir(), 'orrery-docs-'));
  private readonly shell: Terminal;
  private readonly env: NodeJS.ProcessEnv;
  private service: Terminal | undefined;
  private host = '';
  private units = 0;

  /** `program` is the folder of the built program. */
  constructor(program: string, kubectl: Kubectl) {
    const bin = join(this.folder, '.bin');
    mkdirSync(bin);
    symlinkSync(kubectl.path, join(bin, 'kubectl'));
    const script = `#!/bin/sh\nexec "${process.execPath}" "${join(program, 'hosts', 'cli.js')}" "$@"\n`;
    writeFileSync(join(bin, 'orrery'), script, { mode: 0o755 });
    symlinkSync(fileURLToPath(new URL('examples', ROOT)), join(this.folder, 'examples'));
    this.addPackages(program);
    const path = [bin, dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin'].join(delimiter);
    this.env = { PATH: path, HOME: this.folder, TZ: 'UTC', LC_ALL: 'C.UTF-8', GOGC: 'off' };
    this.shell = new Terminal('bash', ['--norc', '-s'], this.folder, this.env);
    this.shell.type('exec 2>&1\n');
  }

  /** `import 'orrery'`, as an installation has it, and the clients of Kubernetes that programs use. */
  private addPackages(program: string): void {
    const modules = join(this.folder, 'node_modules');
    mkdirSync(join(modules, 'orrery'), { recursive: true });
    writeFileSync(join(modules, 'orrery', 'package.json'), '{"type": "module", "exports": "./index.js"}\n');
    writeFileSync(join(modules, 'orrery', 'index.js'), `export * from ${JSON.stringify(join(program, 'hosts', 'library.js'))};\n`);
    symlinkSync(fileURLToPath(new URL('node_modules/@kubernetes', ROOT)), join(modules, '@kubernetes'));
  }

  write(name: string, text: string): void {
    mkdirSync(dirname(join(this.folder, name)), { recursive: true });
    writeFileSync(join(this.folder, name), text);
  }

  /** Starts a service in a terminal of its own and waits until it has printed `line`. */
  async serve(command: string, line: string): Promise<readonly string[]> {
    this.service = new Terminal('bash', ['--norc', '-c', `exec ${command} --port 0`], this.folder, this.env);
    const listens = await this.service.until<RegExpExecArray>(/listens on https?:\/\/(\S+)\n/);
    this.host = listens[1] ?? '';
    await this.service.until((text) => this.toPage(text).some((one) => one === line));
    return this.toPage(this.service.printed);
  }

  /** Runs commands to their end, each of which must succeed unless `mayFail`. */
  async run(commands: string, mayFail: boolean): Promise<Ran> {
    // One that the page does not speak of has its clusters in its own thread, which is half the work of a start.
    if (this.service === undefined) await this.serve('orrery serve --workers 0', '');
    this.units += 1;
    const file = `.unit-${this.units}`;
    const text = commands.replaceAll(/(?:localhost|127\.0\.0\.1):8080/g, this.host);
    this.write(file, mayFail ? `${text}\n` : `set -e\n${text}\nset +e\n`);
    const before = this.shell.printed.length;
    this.shell.type(`. ./${file} </dev/null; echo "@@ ${this.units} $?"\n`);
    const end = new RegExp(`@@ ${this.units} (\\d+)\\n`);
    const [, code] = await this.shell.until((all) => end.exec(all.slice(before)) ?? undefined);
    return { code: Number(code), lines: this.toPage(this.shell.printed.slice(before).replace(end, '')) };
  }

  async end(): Promise<void> {
    await Promise.all([this.shell.end(), this.service?.end()]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8');
  }

  /** As a page shows it: the address that it speaks of, no blanks at the end. */
  private toPage(text: string): readonly string[] {
    const shown = this.host === '' ? text : text.replaceAll(this.host, ADDRESS);
    const lines = shown.split('\n').map((line) => line.trimEnd());
    while (lines.at(-1) === '') lines.pop();
    return lines;
  }
}

/** A process that leads a group, with all that it has printed; what it logs stands apart. */
class Terminal {
  printed = '';
  private complaints = '';
  private readonly child: ChildProcess;
  private readonly ended: Promise<unknown>;

  constructor(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv) {
    this.child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: true });
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.printed += chunk.toString('utf8');
      this.child.emit('printed');
    });
    this.child.stderr?.on('data', (chunk: Buffer) => (this.complaints += chunk.toString('utf8')));
    this.ended = once(this.child, 'exit');
  }

  type(text: string): void {
    this.child.stdin?.write(text);
  }

  /** Waits until something was printed. Fails: it ended before. */
  async until<T>(seen: RegExp | ((printed: string) => T | undefined | false)): Promise<T> {
    for (;;) {
      const found = seen instanceof RegExp ? (seen.exec(this.printed) as T | null) : seen(this.printed);
      if (found !== undefined && found !== null && found !== false) return found;
      const more = once(this.child, 'printed').then(() => true);
      if (!(await Promise.race([more, this.ended.then(() => false)])))
        throw new Error(`It ended. It printed:\n${this.printed}${this.complaints}`);
    }
  }

  async end(): Promise<void> {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, 'SIGKILL');
    } catch {
      // The group is gone already.
    }
    await this.ended;
  }
}
