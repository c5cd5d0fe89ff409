// A scenario as the command line names it: its file, with the values that flags set.

import { parse } from 'yaml';
import type { Json } from '../engine/apimachinery/meta.ts';
import type { Mistake } from '../scenario/document.ts';
import { placeText } from '../scenario/report.ts';
import { buildScenario, readSource, type Scenario } from '../scenario/scenario.ts';
import { withValueAt } from '../scenario/variants.ts';
import { ConfigError } from './config.ts';
import { diskFiles, findScenarios } from './scenario-files.ts';

/** Reads one scenario, and the text of its file; a folder stands for the only one in it. Fails: ConfigError, with every mistake. */
export async function readScenario(
  path: string,
  settings: readonly string[] = [],
): Promise<{ readonly scenario: Scenario; readonly text: string }> {
  const [file = path, ...others] = findScenarios([path]);
  if (others.length > 0) throw new ConfigError(`${path} has several scenarios: ${[file, ...others].join(', ')}`);
  const read = readSource(file, diskFiles);
  if (!read.ok) throw mistaken(read.mistakes);
  const source = settings.map(readSetting).reduce((made, [key, set]) => withValueAt(made, key, set), read.source);
  const built = await buildScenario(file, source, read.place, diskFiles);
  if (!built.ok) throw mistaken(built.mistakes);
  return { scenario: built.scenario, text: read.text };
}

function mistaken(mistakes: readonly Mistake[]): ConfigError {
  return new ConfigError(mistakes.map((one) => `${placeText(one)}: ${one.message}`).join('\n'));
}

/** `path=value`, the value as YAML. */
export function readSetting(text: string): readonly [string, Json] {
  const at = text.indexOf('=');
  if (at < 1) throw new ConfigError(`--set takes path=value, not ${JSON.stringify(text)}.`);
  return [text.slice(0, at), parse(text.slice(at + 1)) as Json];
}
