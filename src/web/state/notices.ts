// What the page has to say once: that something was done, or was refused.

import { signal } from '@preact/signals';
import { ApiError } from '../api/client.ts';
import { text } from '../text/text.ts';

export interface NoticeAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Notice {
  readonly message: string;
  readonly isProblem: boolean;
  /** What can be done about it. */
  readonly action?: NoticeAction | undefined;
}

export const notice = signal<Notice | undefined>(undefined);

let timer: ReturnType<typeof setTimeout> | undefined;
const SHOWN_MS = 6000;

export function say(message: string, isProblem = false, action?: NoticeAction): void {
  notice.value = { message, isProblem, action };
  clearTimeout(timer);
  // Problems stay until they are read, and what can be done until it is.
  if (!isProblem && action === undefined) timer = setTimeout(() => (notice.value = undefined), SHOWN_MS);
}

/** Does something, and says why not when it fails. Returns whether it was done. */
export async function attempt(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (!(error instanceof ApiError && error.problem?.status === 401)) say(sentenceOf(error), true);
    return false;
  }
}

export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  return error instanceof TypeError ? text.noAnswer : String(error);
}
