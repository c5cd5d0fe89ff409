// `orrery test` and `orrery explore` as a user calls them. What the pages show of them is in test/docs.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { programFile } from '../support/program.ts';
import { readScenario } from '../../src/hosts/read-scenario.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'orrery-scenarios-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function orrery(...args: string[]): { readonly code: number | null; readonly lines: readonly string[]; readonly errors: string } {
  const run = spawnSync(process.execPath, [programFile(), ...args], { cwd: ROOT, encoding: 'utf8' });
  return { code: run.status, lines: run.stdout.split('\n').map((line) => line.trimEnd()), errors: run.stderr };
}

describe('orrery explore', () => {
  it('saves what it finds as scenarios that fail', { timeout: 120_000 }, () => {
    const found = orrery(
      'explore',
      'examples/blocked-drain',
      '--set',
      'manifests=before.yaml',
      '--save',
      folder,
      '--jobs',
      '2',
      '--output',
      'json',
    );
    expect(found.code).toBe(1);
    const report = JSON.parse(found.lines.join('\n')) as { violations: { expected: string; found: string; runs: number }[] };
    expect(report.violations).toMatchObject([{ expected: 'node node-1 is drained', runs: 3 }]);
    expect(report.violations[0]?.found).toContain("Cannot evict pod as it would violate the pod's disruption budget.");
    const [file = ''] = readdirSync(folder);
    const again = orrery('test', join(folder, file));
    expect(again.code).toBe(1);
    expect(again.lines.join('\n')).toContain('node node-1 is drained');
  });
});

describe('--jobs', () => {
  it('changes nothing in what orrery explore finds', { timeout: 120_000 }, () => {
    const found = (jobs: string) =>
      orrery('explore', 'examples/one-node', '--set', 'manifests=before.yaml', '--faults', 'node-down,drain', '--jobs', jobs, '-o', 'json');
    const [one, two] = [found('1'), found('2')];
    expect(one.code).toBe(1);
    expect(one.lines.length).toBeGreaterThan(20);
    expect(two.lines).toEqual(one.lines);
  });

  it('changes nothing in what orrery test says', { timeout: 120_000 }, () => {
    const file = join(folder, 'matrix.yaml');
    const pod = '{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{name: a, image: nginx}]}}';
    const head = `apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: many}\nmanifests: ${pod}\n`;
    const seeds = Array.from({ length: 40 }, (_, index) => index).join(', ');
    writeFileSync(file, `${head}steps: [{advance: 2h}, {expect: {cel: 'now > mark("a")'}}, {mark: a}]\nmatrix: {seed: [${seeds}]}\n`);
    const found = (jobs: string) => orrery('test', file, 'examples/one-node', '--jobs', jobs, '--output', 'json');
    const [one, two] = [found('1'), found('2')];
    expect(one.code).toBe(1);
    expect(JSON.parse(one.lines.join('\n')).items).toHaveLength(41);
    expect(two.lines).toEqual(one.lines);
  });
});

describe('mistakes', () => {
  it.each([
    [['test', 'nowhere.yaml'], 1, 'there is no such file'],
    [['test', '--nonsense'], 2, "Unknown option '--nonsense'"],
    [['test', 'examples', '--jobs', 'many'], 2, '--jobs is a whole number from 1 on.'],
    [['explore'], 2, 'One scenario is explored at a time'],
    [['explore', 'examples/one-node', '--faults', 'rain'], 2, '"rain" cannot be explored; known are node-down'],
    [['explore', 'examples/one-node', '--for', 'long'], 2, '--for takes a duration'],
    [['explore', 'examples'], 2, 'examples has several scenarios'],
  ])('orrery %j', { timeout: 60_000 }, (args, code, message) => {
    const run = orrery(...args);
    expect(run.code).toBe(code);
    expect(`${run.errors}${run.lines.join('\n')}`).toContain(message);
  });

  it('of YAML are said where they are, also when a flag sets a value', async () => {
    const file = join(folder, 'torn.yaml');
    writeFileSync(file, 'apiVersion: orrery.dev/v1\nsteps: [\n');
    await expect(readScenario(file, ['seed=2'])).rejects.toThrow(`${file}:3:1: `);
  });

  it('in a file are said with its lines, and nothing is run', { timeout: 60_000 }, () => {
    const file = join(folder, 'bad.yaml');
    writeFileSync(file, 'apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: x}\nsteps:\n  - advnace: 1m\n');
    const { code, lines } = orrery('test', file);
    expect(code).toBe(1);
    expect(lines[1]).toContain(`${file}:5:5: steps[0]: a step begins with one of`);
  });
});
