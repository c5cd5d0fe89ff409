// Deep YAML is found by a parser that does not recurse.

import { expect, it } from 'vitest';
import { parseAnnotationText } from '../../src/engine/kinds/shared/behavior.ts';
import { isNestedDeeper } from '../../src/engine/apimachinery/yaml-depth.ts';
import { parseText } from '../../src/scenario/document.ts';

const flow = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);
const blocks = (depth: number): string => Array.from({ length: depth }, (_, level) => `${' '.repeat(level)}a:`).join('\n');

it.each([
  ['lists', flow],
  ['lists that are not closed', (depth: number) => '['.repeat(depth)],
  ['objects', (depth: number) => '{a: '.repeat(depth) + '}'.repeat(depth)],
  ['items of items', (depth: number) => `${'- '.repeat(depth)}x`],
  ['members of members', blocks],
])('%s of a depth are told from deeper ones', (_, textOf) => {
  expect(isNestedDeeper(`# ${'['.repeat(200)}\n${textOf(90)}`, 100)).toBe(false);
  expect(isNestedDeeper(textOf(110), 100)).toBe(true);
  expect(isNestedDeeper(`"${'['.repeat(200)}"`, 100)).toBe(false);
  expect(isNestedDeeper(textOf(1_000), 100)).toBe(true);
});

it('a scenario that is too deep has one mistake', () => {
  expect(parseText('deep.yaml', flow(100_000)).mistakes).toEqual([
    { file: 'deep.yaml', line: 1, column: 1, message: 'lists and objects lie more than 500 deep' },
  ]);
});

it('a behaviour that is too deep is refused', () => {
  expect(parseAnnotationText(flow(100_000), 'field')).toMatchObject({
    ok: false,
    errors: [{ message: expect.stringContaining('must be YAML or JSON') }],
  });
});
