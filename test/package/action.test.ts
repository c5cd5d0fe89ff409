// The GitHub Action: its steps are laid out as a runner lays them out, and run by bash. What npm would install is the program of this repository.

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { XMLParser } from 'fast-xml-parser';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { programFile } from '../support/program.ts';

interface Action {
  readonly inputs: Readonly<Record<string, { readonly default: string }>>;
  readonly outputs: Readonly<Record<string, { readonly value: string }>>;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

interface Step {
  readonly uses?: string;
  readonly id?: string;
  readonly if?: string;
  readonly shell?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly run?: string;
}

const ROOT = new URL('../..', import.meta.url).pathname;
const action = parse(readFileSync(join(ROOT, 'action.yml'), 'utf8')) as Action;
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** What stands between `${{` and `}}`. */
const EXPRESSION = /\$\{\{\s*(.*?)\s*\}\}/g;

interface Ran {
  readonly code: number | null;
  readonly said: string;
  readonly summary: string;
  readonly outputs: string;
  readonly workspace: string;
  readonly installed: string;
}

/** Runs the action in a folder with an example, as a runner does: each step with its variables, until one fails. */
function runAction(given: Readonly<Record<string, string>>): Ran {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-action-'));
  folders.push(folder);
  const [workspace, temp, bin] = ['work', 'temp', 'bin'].map((name) => join(folder, name)) as [string, string, string];
  for (const path of [workspace, temp, bin]) mkdirSync(path);
  const example = join(ROOT, 'examples', 'one-node');
  for (const name of ['scenario.yaml', 'before.yaml', 'mended.yaml'])
    writeFileSync(join(workspace, name), readFileSync(join(example, name)));
  const program = `#!/bin/sh\nexec ${process.execPath} ${programFile()} "$@"\n`;
  writeFileSync(
    join(bin, 'npm'),
    `#!/bin/sh\necho "$@" >${folder}/installed\ncat >${bin}/orrery <<'END'\n${program}END\nchmod +x ${bin}/orrery\n`,
    { mode: 0o755 },
  );
  const files = { GITHUB_OUTPUT: join(folder, 'output'), GITHUB_STEP_SUMMARY: join(folder, 'summary') };
  for (const file of Object.values(files)) writeFileSync(file, '');
  const inputs = Object.fromEntries(Object.entries(action.inputs).map(([name, input]) => [name, given[name] ?? input.default]));
  const value = (expression: string): string => inputs[/^inputs\.([\w-]+)$/.exec(expression)?.[1] ?? ''] ?? fail(expression);
  const ran = { code: 0 as number | null, said: '' };
  for (const step of action.runs.steps) {
    if (step.run === undefined || ran.code !== 0) continue;
    const [, name] = /^\$\{\{ inputs\.(\w+) != '' \}\}$/.exec(step.if ?? '') ?? [];
    if (step.if !== undefined && inputs[name ?? fail(step.if)] === '') continue;
    const own = Object.fromEntries(
      Object.entries(step.env ?? {}).map(([key, text]) => [key, text.replace(EXPRESSION, (_, inside: string) => value(inside))]),
    );
    const env = { ...process.env, ...files, ...own, RUNNER_TEMP: temp, PATH: `${bin}:${process.env['PATH']}` };
    writeFileSync(join(temp, 'step.sh'), step.run);
    const run = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', join(temp, 'step.sh')], {
      cwd: workspace,
      env,
      encoding: 'utf8',
    });
    ran.code = run.status;
    ran.said += run.stdout + run.stderr;
  }
  const [summary, outputs] = [files.GITHUB_STEP_SUMMARY, files.GITHUB_OUTPUT].map((file) => readFileSync(file, 'utf8')) as [string, string];
  return { ...ran, summary, outputs, workspace, installed: readFileSync(join(folder, 'installed'), 'utf8') };
}

function fail(what: string): never {
  throw new Error(`this test does not know ${what}`);
}

it('is one that GitHub takes', () => {
  expect(action.runs.using).toBe('composite');
  for (const { uses, run, shell } of action.runs.steps)
    expect(uses === undefined ? [typeof run, shell] : uses).toEqual(uses ?? ['string', 'bash']);
  // What an input says reaches a shell as a variable, never as a part of its program.
  for (const { run = '' } of action.runs.steps) expect(run).not.toContain('${{');
});

describe('its steps', { timeout: 120_000 }, () => {
  it('run scenarios, leave a report, and are green when everything holds', () => {
    const { code, said, summary, outputs, workspace, installed } = runAction({ version: '0.1.0', jobs: '1' });
    expect(code, said).toBe(0);
    expect(installed).toBe('install --global --no-audit --no-fund orrery@0.1.0\n');
    expect(summary).toContain('✓ one-node');
    expect(said).not.toContain('::error');
    expect(outputs).toBe('report=orrery-report.xml\n');
    const report = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(
      readFileSync(join(workspace, 'orrery-report.xml')),
    );
    expect(report.testsuites).toMatchObject({ tests: '1', failures: '0' });
  });

  it('say what does not hold beside the line of the file, and are red', () => {
    const { code, said } = runAction({ paths: 'scenario.yaml\n\n', set: 'manifests=none.yaml\n' });
    expect(code).toBe(1);
    expect(said).toMatch(/::error file=scenario\.yaml,line=\d+,col=\d+::there is no file none\.yaml/);
  });

  it('explore, when they are told to', () => {
    const { code, summary } = runAction({ explore: 'scenario.yaml', faults: 'node-down', set: 'manifests=before.yaml' });
    expect(code).toBe(1);
    expect(summary).toContain('### Exploration of scenario.yaml');
    expect(summary).toContain('endpoints("service/shop") >= 1');
  });
});
