// What may be typed to turn the clock: the forms of the service's advance, as short as people say them.

import type { Schemas } from '../api/schemas.ts';

export type Advance = Schemas['Advance'];

const DURATION = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|ms|s|m|h))+$/;
const WORD = /"[^"]*"|'[^']*'|\S+/g;

/** `90s`, `2025-01-01T01:00:00Z`, `10 steps`, `idle`, `condition=Ready pods/web -l app=web -n shop --timeout 5m`, or JSON; undefined: none of these. */
export function parseAdvance(typed: string): Advance | undefined {
  const text = typed.trim();
  if (text.startsWith('{')) return parseJson(text);
  const by = text.replace(/^\+\s*/, '').replaceAll(/(?<=\d)\s+(?=[a-zµ])|(?<=[a-z])\s+(?=\d)/g, '');
  if (DURATION.test(by)) return { by };
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return { to: text };
  const steps = /^(\d+)\s*(?:steps?|changes?)$/i.exec(text)?.[1];
  if (steps !== undefined) return { steps: Number(steps) };
  const words = (text.match(WORD) ?? []).map((word) => word.replace(/^(["'])(.*)\1$/, '$2'));
  if (words[0] === 'until') words.shift();
  return parseUntil(words);
}

function parseJson(text: string): Advance | undefined {
  try {
    return JSON.parse(text) as Advance;
  } catch {
    return undefined;
  }
}

const FLAGS: Readonly<Record<string, 'selector' | 'namespace' | 'timeout'>> = {
  '-l': 'selector',
  '--selector': 'selector',
  '-n': 'namespace',
  '--namespace': 'namespace',
  '--timeout': 'timeout',
};

function parseUntil(words: readonly string[]): Advance | undefined {
  const given: { selector?: string; namespace?: string; timeout?: string } = {};
  const rest: string[] = [];
  const flat = words.flatMap((word) => (/^--[a-z]+=/.test(word) && !word.startsWith('--for') ? splitAt(word) : [word]));
  for (let index = 0; index < flat.length; index += 1) {
    const word = flat[index] ?? '';
    const flag = FLAGS[word];
    if (flag === undefined) rest.push(word.replace(/^--for=/, ''));
    else {
      index += 1;
      const value = flat[index];
      if (value === undefined) return undefined;
      given[flag] = value;
    }
  }
  const { timeout, ...scope } = given;
  const bound = timeout === undefined ? {} : { timeout };
  const [condition, target, ...more] = rest;
  if (condition === 'idle' && target === undefined) return { until: 'idle', ...bound };
  if (condition === undefined || more.length > 0 || !/^(?:condition=|jsonpath=|delete$|create$)/.test(condition)) return undefined;
  const [resource, name] = target?.split('/') ?? [];
  const object = { ...(resource === undefined ? {} : { resource }), ...(name === undefined ? {} : { name }) };
  return { until: { for: condition, ...object, ...scope }, ...bound };
}

function splitAt(word: string): readonly string[] {
  const index = word.indexOf('=');
  return [word.slice(0, index), word.slice(index + 1)];
}
