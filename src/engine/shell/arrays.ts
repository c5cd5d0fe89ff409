// Variables as bash has them: text, indexed and associative arrays, and names that stand for other names. Upstream of the behaviour: bash 5, "Arrays". Rule: K926.

import { evaluateText } from './arithmetic-text.ts';
import { spend } from './budget.ts';
import type { Process, ShellState } from './state.ts';

export interface ShellArray {
  isAssociative: boolean;
  /** By number for an indexed array, in the order in which they came for an associative one. */
  entries: [string, string][];
}

/** A variable, or an element of an array; a null key is the variable itself. */
export interface Subscript {
  readonly name: string;
  readonly key: string | null;
}

/** References that lead to one another. */
const REFERENCES_MAX = 10;

/** The name that a name stands for. */
export function targetOf(process: Process, name: string): string {
  let at = name;
  for (let hops = 0; hops < REFERENCES_MAX && Object.hasOwn(process.references, at); hops += 1) at = process.references[at] ?? at;
  return at;
}

/** The array of a name, if it is one. */
export function arrayOf(process: Process, name: string): ShellArray | undefined {
  const target = targetOf(process, name);
  return Object.hasOwn(process.arrays, target) ? process.arrays[target] : undefined;
}

/** The text of a variable; that of an array is its element 0. */
export function readVariable(process: Process, name: string): string | undefined {
  const target = targetOf(process, name);
  const place = placeOf(target);
  if (place !== undefined) return readElement(process, place.name, place.key);
  if (Object.hasOwn(process.variables, target)) return process.variables[target];
  return Object.hasOwn(process.arrays, target) ? find(process.arrays[target], '0')?.[1] : undefined;
}

export function writeVariable(process: Process, name: string, value: string): void {
  const target = targetOf(process, name);
  const place = placeOf(target);
  if (place !== undefined) writeElement(process, place.name, place.key, value);
  else if (Object.hasOwn(process.arrays, target)) writeElement(process, target, '0', value);
  else process.variables[target] = value;
}

/** `name[key]` taken apart. */
export function placeOf(text: string): { readonly name: string; readonly key: string } | undefined {
  const match = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(text);
  return match === null ? undefined : { name: match[1] ?? '', key: match[2] ?? '' };
}

/** An element by what stands between its brackets; a plain variable has one, number 0. */
export function readElement(process: Process, name: string, text: string): string | undefined {
  const array = arrayOf(process, name);
  if (array === undefined) return keyOf(process, name, text) === '0' ? readVariable(process, name) : undefined;
  return find(array, keyOf(process, name, text))?.[1];
}

export function writeElement(process: Process, name: string, text: string, value: string): void {
  const array = becomeArray(process, name);
  const key = keyOf(process, name, text);
  const present = find(array, key);
  if (present !== undefined) present[1] = value;
  else if (array.isAssociative || Number(key) > Number(array.entries.at(-1)?.[0] ?? -1)) array.entries.push([key, value]);
  else
    array.entries.splice(
      array.entries.findIndex(([other]) => Number(other) > Number(key)),
      0,
      [key, value],
    );
}

export function removeElement(process: Process, name: string, text: string): void {
  const array = arrayOf(process, name);
  if (array === undefined) return;
  const key = keyOf(process, name, text);
  array.entries = array.entries.filter(([other]) => other !== key);
}

/** Gives an array elements: `value`, or with its key; behind those it has when it is appended to. */
export function writeArray(process: Process, name: string, items: readonly ArrayItem[], append: boolean): void {
  const target = targetOf(process, name);
  const { isAssociative = false } = arrayOf(process, target) ?? {};
  if (!append) {
    delete process.variables[target];
    process.arrays[target] = { isAssociative, entries: [] };
  }
  const array = becomeArray(process, target);
  for (const { key, value } of items) {
    const next = key ?? String(Number(array.entries.at(-1)?.[0] ?? -1) + 1);
    writeElement(process, target, next, value);
  }
}

export interface ArrayItem {
  readonly key: string | null;
  readonly value: string;
}

/** Makes a name an array, with its text as element 0. */
export function becomeArray(process: Process, name: string, isAssociative = false): ShellArray {
  const target = targetOf(process, name);
  const known = Object.hasOwn(process.arrays, target) ? process.arrays[target] : undefined;
  if (known !== undefined) return known;
  const text = Object.hasOwn(process.variables, target) ? process.variables[target] : undefined;
  const array: ShellArray = { isAssociative, entries: text === undefined ? [] : [['0', text]] };
  delete process.variables[target];
  process.arrays[target] = array;
  return array;
}

export function valuesOf(process: Process, name: string): readonly string[] {
  const array = arrayOf(process, name);
  if (array !== undefined) return array.entries.map(([, value]) => value);
  const text = readVariable(process, name);
  return text === undefined ? [] : [text];
}

export function keysOf(process: Process, name: string): readonly string[] {
  const array = arrayOf(process, name);
  if (array !== undefined) return array.entries.map(([key]) => key);
  return readVariable(process, name) === undefined ? [] : ['0'];
}

export function unsetVariable(process: Process, name: string): void {
  const place = placeOf(name);
  if (place !== undefined) return removeElement(process, place.name, place.key);
  const target = targetOf(process, name);
  delete process.variables[target];
  delete process.arrays[target];
}

/** A copy that does not change with its original. */
export function copyArrays(arrays: Readonly<Record<string, ShellArray>>): Record<string, ShellArray> {
  const copies = Object.entries(arrays).map(([name, { isAssociative, entries }]): [string, ShellArray] => [
    name,
    { isAssociative, entries: entries.map(([key, value]) => [key, value]) },
  ]);
  return Object.fromEntries(copies);
}

/** Elements of an associative array that are looked at in the time of an instruction. */
const ELEMENTS_PER_WORK = 100;

/** What it costs to look up so many elements. */
export function spendArray({ budget }: ShellState, process: Process, name: string, count: number): void {
  const array = arrayOf(process, name);
  spend(budget, array?.isAssociative === true ? (array.entries.length * count) / ELEMENTS_PER_WORK : count / ELEMENTS_PER_WORK);
}

function find(array: ShellArray | undefined, key: string): [string, string] | undefined {
  if (array === undefined) return undefined;
  if (array.isAssociative) return array.entries.find(([other]) => other === key);
  const found = array.entries[placeFor(array, Number(key))];
  return found?.[0] === key ? found : undefined;
}

/** Where an element of an indexed array is, or would be. */
function placeFor({ entries }: ShellArray, index: number): number {
  let [low, high] = [0, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(entries[middle]?.[0]) < index) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A number is what an expression says; below zero it counts from the end. */
function keyOf(process: Process, name: string, text: string): string {
  const array = arrayOf(process, name);
  if (array?.isAssociative === true) return text;
  const value = /^\d+$/.test(text) ? Number(text) : evaluateText(text, (variable) => readVariable(process, variable) ?? '');
  const index = value < 0 ? Number(array?.entries.at(-1)?.[0] ?? -1) + 1 + value : value;
  return String(index);
}
