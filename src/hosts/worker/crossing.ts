// Errors as data, and bytes that own their buffer: what a message copies or moves is the whole buffer behind them.

import { ServiceError } from '../../service/ports.ts';
import type { CrossingError } from './messages.ts';

export function packError(error: unknown): CrossingError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined };
  const { name, message, stack } = error;
  return { name, message, stack, ...(error instanceof ServiceError ? { service: { code: error.code, detail: error.detail } } : {}) };
}

export function unpackError({ name, message, stack, service }: CrossingError): Error {
  const error = service === undefined ? Object.assign(new Error(message), { name }) : new ServiceError(service.code, service.detail);
  if (stack !== undefined) error.stack = stack;
  return error;
}

/** The same bytes, alone in their buffer. */
export function ownBytes(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
}
