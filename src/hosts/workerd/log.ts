// The log: lines of JSON, as on Node. The runtime writes them out.

import { inspect } from 'node:util';

const [INFO, ERROR] = [30, 50];

export function logError(message: string, error: unknown, fields: Readonly<Record<string, unknown>> = {}): void {
  console.error(line(ERROR, message, { ...fields, err: inspect(error) }));
}

export function logInfo(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
  console.log(line(INFO, message, fields));
}

function line(level: number, message: string, fields: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ level, time: new Date().toISOString(), ...fields, msg: message });
}
