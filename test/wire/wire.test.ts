// Real kubectl against a real server: every scenario in scenarios/, with each wanted version of kubectl that is installed.
// `<name>.txt` is the transcript; where versions up to some version print something else, `<name>.<that version>.txt` is.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'vitest';
import { findKubectls, type Kubectl } from './kubectl.ts';
import { inputsOf, runScenario } from './scenario.ts';
import { openStage } from './stage.ts';

const FOLDER = new URL('scenarios/', import.meta.url);
const NAMES = readdirSync(FOLDER)
  .filter((name) => /^[^.]+\.txt$/.test(name))
  .map((name) => name.replace(/\.txt$/, ''));
const SCENARIO_SECONDS_MAX = 120;

describe.each(findKubectls().map((kubectl) => [kubectl.minor, kubectl] as const))('kubectl %s', (_minor, kubectl) => {
  // Each has a stage of its own, and a kubectl waits more than it works.
  it.concurrent.for(NAMES)('%s', { timeout: SCENARIO_SECONDS_MAX * 1000 }, async (name, { expect }) => {
    const script = readFileSync(new URL(`${name}.txt`, FOLDER), 'utf8');
    const inputs = inputsOf(script);
    const stage = await openStage(kubectl, clusterOf(inputs));
    try {
      await expect(await runScenario(stage, inputs)).toMatchFileSnapshot(transcriptPath(name, kubectl));
    } finally {
      await stage.close();
    }
  });
});

/** The `# cluster:` line: what the cluster is created from. */
function clusterOf(inputs: readonly string[]): object {
  const line = inputs.find((input) => input.startsWith('# cluster: '));
  return line === undefined ? {} : (JSON.parse(line.slice('# cluster: '.length)) as object);
}

/** The transcript of the oldest version that is not older than this one. */
function transcriptPath(name: string, kubectl: Kubectl): string {
  const minors = readdirSync(FOLDER).flatMap((file) => (file.startsWith(`${name}.1.`) ? [minorNumber(file.slice(name.length + 1))] : []));
  const own = minors.sort((a, b) => a - b).find((minor) => minor >= minorNumber(kubectl.minor));
  return new URL(own === undefined ? `${name}.txt` : `${name}.1.${own}.txt`, FOLDER).pathname;
}

/** 27 of `1.27` and `1.27.txt`. */
function minorNumber(text: string): number {
  return Number(text.split('.')[1]);
}
