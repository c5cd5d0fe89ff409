// Arithmetic in a text that is only known when it runs: what stands between the brackets of an array.

import { evaluateArithmetic } from './arithmetic.ts';
import { compileScript } from './compile.ts';

/** The value of an expression; 0 for what is none. */
export function evaluateText(text: string, get: (name: string) => string): number {
  if (text.trim() === '') return 0;
  const program = compileScript(`((${text}))`);
  const test = program.ok ? program.code.find((instruction) => instruction.do === 'testCommand') : undefined;
  if (test?.do !== 'testCommand') return 0;
  const value = evaluateArithmetic(test.expression, { get, set: () => {}, getElement: () => '', setElement: () => {}, substitutions: [] });
  return typeof value === 'number' ? value : 0;
}
