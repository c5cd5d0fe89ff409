// Scenarios of tests: from texts, or from the examples.

import { diskFiles } from '../../src/hosts/scenario-files.ts';
import { buildScenario, type Files, loadScenario, readSource, type Scenario } from '../../src/scenario/scenario.ts';
import { withValueAt } from '../../src/scenario/variants.ts';

/** Files that are texts. */
export function textFiles(texts: Readonly<Record<string, string>>): Files {
  return {
    read: (path) => texts[path],
    resolve: (_, pattern) => {
      const text = texts[pattern];
      return text === undefined ? `there is no file ${pattern}` : [{ file: pattern, text }];
    },
  };
}

export const HEAD = 'apiVersion: orrery.dev/v1\nkind: Scenario\nmetadata: {name: test}\n';

/** The scenario of a text behind the usual head. Fails: with its mistakes. */
export async function scenarioOf(text: string, more: Readonly<Record<string, string>> = {}): Promise<Scenario> {
  const loaded = await loadScenario('test.yaml', textFiles({ 'test.yaml': HEAD + text, ...more }));
  if (!loaded.ok) throw new Error(loaded.mistakes.map(({ line, column, message }) => `${line}:${column}: ${message}`).join('\n'));
  return loaded.scenario;
}

const fileOf = (name: string): string => new URL(`../../examples/${name}/scenario.yaml`, import.meta.url).pathname;

/** An example, with the manifest that it begins with or the mended one. */
export async function exampleOf(name: string, manifests: 'before.yaml' | 'mended.yaml' = 'mended.yaml'): Promise<Scenario> {
  const file = fileOf(name);
  const read = readSource(file, diskFiles);
  const built = read.ok ? await buildScenario(file, withValueAt(read.source, 'manifests', manifests), read.place, diskFiles) : read;
  if (!built.ok) throw new Error(built.mistakes.map(({ message }) => message).join('\n'));
  return built.scenario;
}
