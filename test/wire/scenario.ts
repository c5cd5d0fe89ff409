// Scenarios are text files that a Kubernetes user can read: `#` lines tell the story, `>` lines are what is typed, the rest is what came out.
// Running one gives the same text again, or the test fails.

import type { Finished, KubectlShell, RunningCommand } from './kubectl.ts';

/** The world a scenario runs in. */
export interface Stage {
  readonly shell: KubectlShell;
  /** Turns the virtual clock; the text is a Go duration. Returns the age of the cluster, such as `1m30s`. */
  advance(by: string): Promise<string>;
  /** Resolves when the server has answered the list and holds the watch of one more client. */
  watchOpened(): Promise<void>;
  /** Ends all watches at the server, as its shutdown does, so that their clients print what they have and leave. */
  endWatches(): Promise<void>;
}

/** The comment and input lines of a scenario, in order. */
export function inputsOf(text: string): readonly string[] {
  return text.split('\n').filter((line) => line.startsWith('#') || line.startsWith('> '));
}

/** Runs the inputs and returns the whole transcript. */
export async function runScenario(stage: Stage, inputs: readonly string[]): Promise<string> {
  const lines: string[] = [];
  const watches: { readonly name: string; readonly command: RunningCommand }[] = [];
  try {
    for (const input of inputs) {
      if (input.startsWith('#') && lines.length > 0 && !lines.at(-1)?.startsWith('#')) lines.push('');
      lines.push(input);
      if (input.startsWith('> ')) lines.push(...(await perform(stage, input.slice(2), watches)));
    }
  } finally {
    for (const watch of watches) watch.command.stop();
  }
  return `${lines.join('\n')}\n`;
}

async function perform(stage: Stage, input: string, watches: { name: string; command: RunningCommand }[]): Promise<readonly string[]> {
  const [word = '', ...rest] = input.split(' ');
  switch (word) {
    case 'advance':
      return [`the cluster is ${await stage.advance(rest.join(' '))} old`];
    case 'start': {
      // `start <name>: <command>` begins a watch; what it printed comes with `finish`.
      const [name = '', ...command] = rest.join(' ').split(': ');
      const opened = stage.watchOpened();
      watches.push({ name, command: stage.shell.start(`exec ${command.join(': ')}`) });
      await opened;
      return [];
    }
    case 'finish': {
      await stage.endWatches();
      const ended = watches.splice(0).map(async (watch) => [`[${watch.name}]`, ...outputOf(await watch.command.finished, true)]);
      return (await Promise.all(ended)).flat();
    }
    default:
      return outputOf(await stage.shell.run(input), false);
  }
}

/**
 * Standard output, then standard error, then the exit code when it is not 0. A watch that its server ended says nothing of use about that, and a
 * command that finds what it waits for in its first list may or may not read the headers of the watch that it began: `waiting.test.ts` has them.
 */
function outputOf(finished: Finished, isWatch: boolean): readonly string[] {
  const errors = isWatch ? [] : linesOf(finished.stderr).filter((line) => !/^Warning: the clock of cluster \S+ stands still/.test(line));
  const lines = [...withoutClientAges(linesOf(finished.stdout)), ...errors.map((line) => `! ${line}`)];
  return isWatch || finished.code === 0 ? lines : [...lines, `exit code ${finished.code}`];
}

function linesOf(text: string): readonly string[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  return lines.at(-1) === '' ? lines.slice(0, -1) : lines;
}

/**
 * `kubectl describe` computes the ages of Events and of a node's pods itself, from the wall clock: they say nothing about the server and
 * differ from day to day. Their columns are taken out; all other ages are the server's, in virtual time.
 */
function withoutClientAges(lines: readonly string[]): readonly string[] {
  let column: { readonly from: number; readonly to: number } | undefined;
  return lines.map((line) => {
    const header = /^  (?:Type +Reason|Namespace +Name) .*?( Age +)(From|$)/i.exec(`${line}${/ age$/i.test(line) ? ' ' : ''}`);
    if (header !== null) {
      const from = header.index + header[0].length - (header[1]?.length ?? 0) - (header[2]?.length ?? 0) + 1;
      column = { from, to: header[2] === 'From' ? from + (header[1]?.length ?? 0) - 1 : Number.POSITIVE_INFINITY };
    } else if (!line.startsWith('  ')) {
      column = undefined;
    }
    return column === undefined ? line : (line.slice(0, column.from) + line.slice(column.to)).trimEnd();
  });
}
