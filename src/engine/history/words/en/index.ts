// The words for a cluster in English.

import { causes } from './causes.ts';
import { owners } from './owners.ts';
import { pods } from './pods.ts';

export const en = { ...pods, ...owners, ...causes } as const;
