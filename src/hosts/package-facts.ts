// What the package says of itself: its version, and the OpenAPI document of its service. Both lie two folders up from src/hosts and from dist/hosts alike.

import { readFileSync } from 'node:fs';

/** The version in package.json. */
export function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** The OpenAPI document, as one line of JSON: the file is made from the routes, and checked against them, when the package is made. */
export function readDocument(): string {
  document ??= JSON.stringify(JSON.parse(readFileSync(new URL('../../openapi/service.json', import.meta.url), 'utf8')));
  return document;
}

let document: string | undefined;
