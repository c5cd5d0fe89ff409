// Finds the built page: beside the built hosts, or in dist/ when the hosts run from their sources.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PageFiles } from '../http/web/page-files.ts';

const FOLDERS = ['../web/', '../../dist/web/'];

/** Reads the page; none of its files when nobody has built it. */
export function readPageFiles(): PageFiles {
  const folder = FOLDERS.map((path) => new URL(path, import.meta.url)).find((url) => existsSync(new URL('page.json', url)));
  if (folder === undefined) return new Map();
  const names = readdirSync(fileURLToPath(folder)).filter((name) => name !== 'page.json');
  return new Map(names.map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))]));
}
