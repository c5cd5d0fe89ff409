// What `--help` says: of all commands, and of each by itself.

import { expect, it, vi } from 'vitest';
import { commandHelp } from '../../src/hosts/command-help.ts';
import { runCommandLine } from '../../src/hosts/command-line.ts';
import { type CommandName, COMMANDS, FLAGS } from '../../src/hosts/commands.ts';
import { SETTINGS } from '../../src/hosts/config.ts';

async function said(...args: string[]): Promise<string> {
  const log = vi.spyOn(console, 'log').mockImplementation(() => {});
  try {
    expect(await runCommandLine(args)).toBe(0);
    return log.mock.calls.map(([line]) => String(line)).join('\n');
  } finally {
    log.mockRestore();
  }
}

it.each(Object.keys(COMMANDS) as CommandName[])('of %s names the command and every flag, with what it does', (name) => {
  const lines = commandHelp(name).split('\n');
  expect(lines[0]).toMatch(new RegExp(`^Usage: orrery ${name}\\b`));
  for (const flag of Object.keys(FLAGS[name])) {
    const index = lines.findIndex((line) => line.startsWith(`  --${flag}`));
    expect([flag, index >= 0 && `${lines[index]}\n${lines[index + 1] ?? ''}`]).toEqual([flag, expect.stringMatching(/ {2,}[A-Z].*\.$/m)]);
  }
});

it('of explore is its own, and not that of all commands', async () => {
  const help = await said('explore', '--help');
  expect(help).toContain('--faults <type,...>');
  expect(help).not.toContain('orrery recover');
  expect(await said('help')).toContain('orrery recover');
});

it('of serve has every setting', async () => {
  const help = await said('serve', '-h');
  for (const [name, { variable }] of Object.entries(SETTINGS))
    expect([help.includes(`--${name} `), help.includes(variable)]).toEqual([true, true]);
});
