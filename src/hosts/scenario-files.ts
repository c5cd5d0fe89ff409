// Files beside a scenario: names, globs, folders with manifests, folders with a kustomization.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { Files } from '../scenario/scenario.ts';

const MANIFEST = /\.(?:ya?ml|json)$/;
const SCENARIO_KIND = /^kind:\s*Scenario\s*$/m;

export const diskFiles: Files = {
  read: (path) => (statSync(path, { throwIfNoEntry: false })?.isFile() === true ? readFileSync(path, 'utf8') : undefined),
  resolve(scenario, pattern) {
    const path = resolve(dirname(scenario), pattern);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isFile() === true) return [{ file: shown(path), text: readFileSync(path, 'utf8') }];
    if (stat?.isDirectory() === true) return folder(path);
    if (!/[*?]/.test(pattern)) return `there is no file ${pattern}`;
    const found = matching(path);
    return found.length === 0
      ? `no file matches ${pattern}`
      : found.map((file) => ({ file: shown(file), text: readFileSync(file, 'utf8') }));
  },
};

/** Scenario files: those that are named, and all in folders. */
export function findScenarios(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() !== true) return [path];
    return allFiles(path).filter((file) => /\.ya?ml$/.test(file) && SCENARIO_KIND.test(readFileSync(file, 'utf8')));
  });
}

function allFiles(path: string): string[] {
  const entries = readdirSync(path, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    if (entry.name === 'node_modules' || entry.name.startsWith('.')) return [];
    return entry.isDirectory() ? allFiles(join(path, entry.name)) : [join(path, entry.name)];
  });
}

function folder(path: string): ReturnType<Files['resolve']> {
  if (['kustomization.yaml', 'kustomization.yml', 'Kustomization'].some((name) => existsSync(join(path, name)))) return kustomized(path);
  const files = readdirSync(path)
    .filter((name) => MANIFEST.test(name))
    .sort();
  const texts = files.map((name) => ({ file: shown(join(path, name)), text: readFileSync(join(path, name), 'utf8') }));
  return texts.filter(({ text }) => !SCENARIO_KIND.test(text));
}

/** What kustomize makes of a folder; kubectl has it built in. */
function kustomized(path: string): ReturnType<Files['resolve']> {
  for (const [command, args] of [
    ['kustomize', ['build', path]],
    ['kubectl', ['kustomize', path]],
  ] as const) {
    const run = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    if (run.error !== undefined) continue;
    return run.status === 0
      ? [{ file: `${shown(path)} (kustomized)`, text: run.stdout }]
      : `${command} ${args.join(' ')}: ${run.stderr.trim()}`;
  }
  return `${shown(path)} has a kustomization, for which kustomize or kubectl is needed`;
}

/** Files that a pattern means: `*` and `?` within a name, `**` for folders. */
function matching(pattern: string): string[] {
  const parts = pattern.split(sep);
  const fixed = parts.slice(
    0,
    parts.findIndex((part) => /[*?]/.test(part)),
  );
  const root = fixed.join(sep) || sep;
  if (!existsSync(root)) return [];
  const rest = parts.slice(fixed.length);
  return allFiles(root).filter((file) => matches(relative(root, file).split(sep), rest));
}

function matches(names: readonly string[], patterns: readonly string[]): boolean {
  const [pattern, ...rest] = patterns;
  if (pattern === undefined) return names.length === 0;
  if (pattern === '**') return names.some((_, index) => matches(names.slice(index), rest));
  const [name, ...others] = names;
  return name !== undefined && matchesName(name, pattern) && matches(others, rest);
}

function matchesName(name: string, pattern: string): boolean {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '[^/]*')
    .replaceAll('?', '[^/]');
  return new RegExp(`^${source}$`).test(name);
}

function shown(path: string): string {
  const near = relative(process.cwd(), path);
  return near.startsWith('..') ? path : near || basename(path);
}
