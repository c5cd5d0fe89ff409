// The words for a cluster in English.

import { owners } from './owners.ts';
import { pods } from './pods.ts';

export const en = { ...pods, ...owners } as const;
