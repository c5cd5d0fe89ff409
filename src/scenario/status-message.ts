// What a refusal says.

import type { Status } from '../engine/apimachinery/status.ts';

/** The message of a Status, or its reason. */
export function statusMessage({ message, reason }: Status): string {
  return message ?? reason ?? 'it was refused';
}
