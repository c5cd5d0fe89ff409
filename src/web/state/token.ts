// The token of the service, or of a cluster: asked for when the service wants one, kept for the tab, and never part of an address.

import { signal } from '@preact/signals';

const KEY = 'orrery-token';

export const token = signal(sessionStorage.getItem(KEY) ?? '');
/** The service wants a token, or another one. */
export const isTokenWanted = signal(false);

export function askForToken(): void {
  isTokenWanted.value = true;
}

export function keepToken(value: string): void {
  sessionStorage.setItem(KEY, value);
  token.value = value;
  isTokenWanted.value = false;
}
