// The command that does what the page did last.

import { signal } from '@preact/signals';

export const lastCommand = signal<string | undefined>(undefined);
