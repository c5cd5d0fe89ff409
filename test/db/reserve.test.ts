// Room that is given up for what makes room.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Reserve } from '../../src/db/reserve.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'orrery-reserve-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const sizeOf = () => statSync(join(folder, 'reserve'), { throwIfNoEntry: false })?.size;
const failure = (code: string) => Object.assign(new Error(code), { code });

it.each(['SQLITE_FULL', 'ENOSPC', 'EDQUOT'])('is given up after %s, and taken again', (code) => {
  const reserve = new Reserve(join(folder, 'reserve'));
  expect(sizeOf()).toBe(262_144);
  const sizes: (number | undefined)[] = [];
  reserve.spend(() => {
    sizes.push(sizeOf());
    if (sizes.length === 1) throw failure(code);
  });
  expect(sizes).toEqual([262_144, undefined]);
  expect(sizeOf()).toBe(262_144);
});

it('stays for every other failure', () => {
  const reserve = new Reserve(join(folder, 'reserve'));
  expect(() =>
    reserve.spend(() => {
      throw failure('EACCES');
    }),
  ).toThrow('EACCES');
  expect(sizeOf()).toBe(262_144);
});

it('goes with what else can be given up, which is asked for it only then', () => {
  const reserve = new Reserve(join(folder, 'reserve'));
  const acts: string[] = [];
  const giveUp = () => acts.push('given up');
  reserve.spend(() => acts.push('done'), giveUp);
  expect(acts).toEqual(['done']);
  reserve.spend(() => {
    acts.push('tried');
    if (acts.length === 2) throw failure('SQLITE_FULL');
  }, giveUp);
  expect(acts).toEqual(['done', 'tried', 'given up', 'tried']);
});
