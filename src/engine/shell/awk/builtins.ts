// The functions of awk.

import { formatDate } from '../commands/dates.ts';
import { splitFields } from './fields.ts';
import type { AwkMachine } from './machine.ts';
import { AwkFailure, type Expression } from './syntax.ts';
import { formatValues, inputOf, numberOf, type Value } from './values.ts';

type Builtin = (machine: AwkMachine, args: readonly Expression[]) => Value;

/** Calls a function of the language. Fails for one that there is not. */
export function callBuiltin(machine: AwkMachine, name: string, args: readonly Expression[]): Value {
  const builtin = Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
  if (builtin === undefined) throw new AwkFailure(`call to undefined function ${name}`);
  return builtin(machine, args);
}

/** Whether a text matches an expression: a regular one, or one whose value is. */
export function matches(machine: AwkMachine, pattern: Expression, text: string): boolean {
  return machine.find(sourceOf(machine, pattern), text) !== undefined;
}

function sourceOf(machine: AwkMachine, node: Expression | undefined): string {
  if (node === undefined) return '';
  return node.is === 'pattern' ? node.source : machine.text(machine.evaluate(node));
}

const text = (machine: AwkMachine, node: Expression | undefined): string =>
  machine.text(node === undefined ? machine.field(0) : machine.evaluate(node));
const number = (machine: AwkMachine, node: Expression | undefined, absent = 0): number =>
  node === undefined ? absent : numberOf(machine.evaluate(node));

function length(machine: AwkMachine, [node]: readonly Expression[]): Value {
  if (node?.is === 'variable' && (machine.arrays.has(node.name) || machine.calls.at(-1)?.get(node.name) instanceof Map))
    return machine.array(node.name).size;
  return text(machine, node).length;
}

/** Positions count from 1; what lies outside is cut off. */
function substring(machine: AwkMachine, [node, from, count]: readonly Expression[]): Value {
  const whole = text(machine, node);
  const begin = Math.round(number(machine, from, 1));
  const end = count === undefined ? Number.POSITIVE_INFINITY : begin + Math.round(number(machine, count));
  return whole.slice(Math.max(begin, 1) - 1, Math.max(end - 1, 0));
}

function split(machine: AwkMachine, [node, array, separator]: readonly Expression[]): Value {
  const whole = text(machine, node);
  if (array?.is !== 'variable') throw new AwkFailure('split: second argument is no array');
  const pattern = separator === undefined ? machine.format('FS') : sourceOf(machine, separator);
  const parts = splitFields(machine, whole, pattern);
  const target = machine.array(array.name);
  target.clear();
  parts.forEach((part, index) => target.set(String(index + 1), inputOf(machine.make(part))));
  return parts.length;
}

/** `sub` and `gsub`: an ampersand is what was found. */
function substitute(isAll: boolean): Builtin {
  return (machine, [pattern, replacement, place = { is: 'field', index: { is: 'number', value: 0 } } as const]) => {
    const source = sourceOf(machine, pattern);
    const template = text(machine, replacement ?? { is: 'string', value: '' });
    const whole = text(machine, place);
    const pieces: string[] = [];
    let count = 0;
    let kept = 0;
    let last = -1;
    for (let at = 0; at <= whole.length; ) {
      const span = machine.find(source, whole, at)?.[0];
      if (span === undefined) break;
      const isEmpty = span.end === span.begin;
      // Nothing is found right behind what was found.
      if (!isEmpty || span.begin !== last) {
        pieces.push(whole.slice(kept, span.begin), filled(template, whole.slice(span.begin, span.end)));
        count += 1;
        kept = span.end;
        last = span.end;
      }
      at = isEmpty ? span.end + 1 : span.end;
      if (!isAll) break;
    }
    if (count > 0) machine.assign(place, machine.make(pieces.join('') + whole.slice(kept)));
    return count;
  };
}

function filled(template: string, found: string): string {
  return template.replace(/\\\\&|\\&|&/g, (sign) => (sign === '&' ? found : sign === '\\&' ? '&' : `\\${found}`));
}

function match(machine: AwkMachine, [node, pattern]: readonly Expression[]): Value {
  const span = machine.find(sourceOf(machine, pattern), text(machine, node))?.[0];
  machine.set('RSTART', span === undefined ? 0 : span.begin + 1);
  machine.set('RLENGTH', span === undefined ? -1 : span.end - span.begin);
  return span === undefined ? 0 : span.begin + 1;
}

const BUILTINS: Readonly<Record<string, Builtin>> = {
  length,
  substr: substring,
  index: (machine, [whole, part]) => text(machine, whole).indexOf(text(machine, part)) + 1,
  split,
  sub: substitute(false),
  gsub: substitute(true),
  match,
  sprintf: (machine, [format, ...args]) =>
    machine.make(
      formatValues(
        text(machine, format),
        args.map((argument) => machine.evaluate(argument)),
      ),
    ),
  tolower: (machine, [node]) => text(machine, node).toLowerCase(),
  toupper: (machine, [node]) => text(machine, node).toUpperCase(),
  int: (machine, [node]) => Math.trunc(number(machine, node)),
  sqrt: (machine, [node]) => Math.sqrt(number(machine, node)),
  rand: (machine) => machine.context.host.random(1_000_000_000) / 1_000_000_000,
  srand: (machine, [node]) => {
    const before = machine.seed;
    machine.seed = number(machine, node, Math.floor(machine.context.host.nowMs / 1000));
    return before;
  },
  systime: (machine) => Math.floor(machine.context.host.nowMs / 1000),
  strftime: (machine, [format, seconds]) =>
    formatDate(
      number(machine, seconds, machine.context.host.nowMs / 1000) * 1000,
      format === undefined ? '%a %b %e %H:%M:%S %Z %Y' : text(machine, format),
    ),
  close: (machine, [node]) => machine.close(text(machine, node)),
  fflush: () => 0,
  system: () => {
    throw new AwkFailure('system: no commands can be run');
  },
  exp: () => unknown('exp'),
  log: () => unknown('log'),
  sin: () => unknown('sin'),
  cos: () => unknown('cos'),
  atan2: () => unknown('atan2'),
};

function unknown(name: string): Value {
  // Deviation: machines do not agree on the last digit of these.
  throw new AwkFailure(`${name}: no such function`);
}
