// The words for a cluster in Korean.

import type { Words } from '../words.ts';
import { owners } from './owners.ts';
import { pods } from './pods.ts';

export const ko: Words = { ...pods, ...owners };
