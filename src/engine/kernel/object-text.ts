// An object as its compact JSON alone: what the digest and the tables need of it, without parsing all of it.

import { assert } from './assert.ts';
import { type Hash128, hash128 } from './hash.ts';
import type { KernelObject } from './stored-object.ts';

/** What a text says. */
export interface ObjectText {
  readonly name: string;
  readonly namespace: string | undefined;
  /** Of its members, as the digest takes them: that of metadata leaves the revision out. */
  readonly hashes: readonly Hash128[];
}

/** The metadata of an object, of which nothing else is parsed. */
export function readMetadata(json: string): KernelObject['metadata'] {
  let text = '{}';
  eachMember(json, 0, (from, to) => {
    const isFound = json.startsWith(METADATA, from);
    if (isFound) text = json.slice(from + METADATA.length - 1, to);
    return isFound;
  });
  return JSON.parse(text) as KernelObject['metadata'];
}

/** Reads the text of an object as the store writes it. */
export function readObjectText(json: string): ObjectText {
  const hashes: Hash128[] = [];
  let [name, namespace]: [string, string | undefined] = ['', undefined];
  eachMember(json, 0, (from, to) => {
    if (!json.startsWith(METADATA, from)) return void hashes.push(hash128(json.slice(from, to)));
    let [revisionFrom, revisionTo] = [to, to];
    eachMember(json, from + METADATA.length - 1, (start, end) => {
      if (json.startsWith(NAME, start)) name = stringAt(json, start + NAME.length, end);
      else if (json.startsWith(NAMESPACE, start)) namespace = stringAt(json, start + NAMESPACE.length, end);
      else if (json.startsWith(REVISION, start)) [revisionFrom, revisionTo] = [start + REVISION.length + 1, end - 1];
    });
    hashes.push(hash128(json.slice(from, revisionFrom) + json.slice(revisionTo, to)));
  });
  return { name, namespace, hashes };
}

const METADATA = '"metadata":{';
const NAME = '"name":';
const NAMESPACE = '"namespace":';
const REVISION = '"resourceVersion":';

const [QUOTE, COMMA, BACKSLASH, BRACKET, END_BRACKET, BRACE, END_BRACE] = [0x22, 0x2c, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d];

/** Calls with where each `"name":value` of the object begins and ends that begins at an index, until it is told that this is enough. */
function eachMember(json: string, at: number, call: (from: number, to: number) => boolean | void): void {
  assert(json.charCodeAt(at) === BRACE, 'an object begins with a brace');
  if (json.charCodeAt(at + 1) === END_BRACE) return;
  let from = at + 1;
  let depth = 0;
  for (let index = from; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if (code === QUOTE) index = endOfString(json, index);
    else if (code === BRACE || code === BRACKET) depth += 1;
    else if (depth > 0) {
      if (code === END_BRACE || code === END_BRACKET) depth -= 1;
    } else if (code === COMMA || code === END_BRACE) {
      if (call(from, index) === true || code === END_BRACE) return;
      from = index + 1;
    }
  }
  assert(false, 'an object ends with a brace');
}

/** The quotation mark that ends a string; those behind an odd number of backslashes are within. */
function endOfString(json: string, begin: number): number {
  for (let end = json.indexOf('"', begin + 1); ; end = json.indexOf('"', end + 1)) {
    assert(end !== -1, 'a string ends with a quotation mark');
    let before = end - 1;
    while (json.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((end - before) % 2 === 1) return end;
  }
}

function stringAt(json: string, from: number, to: number): string {
  return JSON.parse(json.slice(from, to)) as string;
}
