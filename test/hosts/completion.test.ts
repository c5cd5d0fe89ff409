// `orrery completion`: what bash completes with it, run by bash; and that all three shells know every command and every flag.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CLUSTER_COMMANDS } from '../../src/hosts/cluster-commands.ts';
import { COMMON_FLAGS } from '../../src/hosts/cluster-command.ts';
import { CLUSTER_COMMAND_NAMES } from '../../src/hosts/command-line.ts';
import { COMMANDS, SHELLS } from '../../src/hosts/commands.ts';
import { completionOf } from '../../src/hosts/completion-command.ts';
import { SETTINGS } from '../../src/hosts/config.ts';

const folder = mkdtempSync(join(tmpdir(), 'orrery-completion-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(join(folder, 'shop.yaml'), '');

/** What bash offers behind a line whose last word is being written. */
function offered(line: string): string[] {
  const words = line.split(' ');
  const program = `${completionOf('bash')}
COMP_WORDS=(${words.map((word) => JSON.stringify(word)).join(' ')}); COMP_CWORD=${words.length - 1}; _orrery
printf '%s\\n' "\${COMPREPLY[@]}"`;
  const run = spawnSync('bash', ['--norc', '-c', program], { encoding: 'utf8', cwd: folder });
  expect(run.stderr).toBe('');
  return run.stdout.split('\n').filter((word) => word !== '');
}

describe('bash', () => {
  it.each([
    ['orrery exp', ['explore', 'export']],
    ['orrery --v', ['--version']],
    ['orrery test --re', ['--report']],
    ['orrery test sh', ['shop.yaml']],
    ['orrery test --report sh', ['shop.yaml']],
    ['orrery test --output ', ['json']],
    ['orrery explore --faults container-k', ['container-kill']],
    ['orrery explore --faults node-down,drain,container-k', ['node-down,drain,container-kill']],
    ['orrery explore shop.yaml --la', ['--lasts']],
    ['orrery completion ', ['bash', 'zsh', 'fish']],
    ['orrery serve --log-level d', ['debug']],
    ['orrery serve sh', []],
    ['orrery up --stu', ['--students']],
    ['orrery import --kubeconfig sh', ['shop.yaml']],
    ['orrery advance demo --unt', ['--until']],
    ['orrery nonsense --x', []],
  ])('%s', (line, words) => {
    expect(offered(line)).toEqual(words);
  });
});

it.each(SHELLS)('%s knows every command and every flag', (shell) => {
  const script = completionOf(shell);
  const declared = [
    ...Object.entries(COMMANDS).map(
      ([name, { flags, takesSettings }]) => [name, { ...flags, ...(takesSettings === true ? SETTINGS : {}) }] as const,
    ),
    ...CLUSTER_COMMAND_NAMES.map((name) => [name, { ...CLUSTER_COMMANDS[name]?.options, ...COMMON_FLAGS }] as const),
  ];
  for (const [name, flags] of declared) {
    const about = script
      .split('\n')
      .filter((line) => line.includes(name))
      .join('\n');
    expect(about, name).not.toBe('');
    for (const flag of Object.keys(flags))
      expect(script).toContain(shell === 'fish' ? `__fish_seen_subcommand_from ${name}' -l ${flag}` : `--${flag}`);
  }
});

it('of another shell there is none', () => {
  expect(() => completionOf('tcsh')).toThrow('completion takes one of bash, zsh, fish');
});
