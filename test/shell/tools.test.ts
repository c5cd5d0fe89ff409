// What tools of images do, as the real ones did it: bash 5.2, dash and coreutils of Debian 12, in a folder of their own.
// `$` begins a script; the lines below, with two blanks before them, are what it wrote, and a backslash at the end of one stands for a missing end of line.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runScript } from '../support/scripts.ts';

const CASES = readFileSync(new URL('tools.txt', import.meta.url), 'utf8')
  .split(/^\$ /m)
  .slice(1)
  .map((block) => {
    const [script = '', ...lines] = block.trimEnd().split('\n');
    const written = lines.map((line) => `${line.slice(2)}\n`).join('');
    return [script, written.replace(/\\\n$/, '')] as const;
  });

describe('K924 tools', () => {
  it.each(CASES)('K924 %s', (script, written) => {
    const { output } = runScript(`mkdir -p /tmp/w; cd /tmp/w; ${script}`, { flavor: script.startsWith('dash') ? 'dash' : 'bash' });
    expect(
      output
        .join('')
        .replace(/(^|\n)!/g, '$1')
        .replaceAll('/bin/bash: ', 'bash: '),
    ).toBe(written);
  });
});
