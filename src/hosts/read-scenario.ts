// A scenario as the command line names it: its file, with the values that flags set.

import { parse } from 'yaml';
import type { Json } from '../engine/apimachinery/meta.ts';
import { parseText } from '../scenario/document.ts';
import { placeText } from '../scenario/report.ts';
import { buildScenario, loadScenario, type Scenario } from '../scenario/scenario.ts';
import { withValueAt } from '../scenario/variants.ts';
import { ConfigError } from './config.ts';
import { diskFiles, findScenarios } from './scenario-files.ts';

/** Reads one scenario; a folder stands for the only one in it. Fails: ConfigError, with every mistake. */
export async function readScenario(path: string, settings: readonly string[] = []): Promise<Scenario> {
  const [file = path, ...others] = findScenarios([path]);
  if (others.length > 0) throw new ConfigError(`${path} has several scenarios: ${[file, ...others].join(', ')}`);
  const loaded = await loadScenario(file, diskFiles);
  if (loaded.ok && settings.length === 0) return loaded.scenario;
  if (!loaded.ok && settings.length === 0)
    throw new ConfigError(loaded.mistakes.map((one) => `${placeText(one)}: ${one.message}`).join('\n'));
  const { value, place } = parseText(file, diskFiles.read(file) ?? '');
  const source = settings.map(readSetting).reduce((made, [key, set]) => withValueAt(made, key, set), value as Scenario['source']);
  const built = await buildScenario(file, source, place, diskFiles);
  if (!built.ok) throw new ConfigError(built.mistakes.map((one) => `${placeText(one)}: ${one.message}`).join('\n'));
  return built.scenario;
}

/** `path=value`, the value as YAML. */
export function readSetting(text: string): readonly [string, Json] {
  const at = text.indexOf('=');
  if (at < 1) throw new ConfigError(`--set takes path=value, not ${JSON.stringify(text)}.`);
  return [text.slice(0, at), parse(text.slice(at + 1)) as Json];
}
