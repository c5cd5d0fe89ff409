// The words for a cluster in Korean.

import type { Words } from '../words.ts';
import { causes } from './causes.ts';
import { owners } from './owners.ts';
import { pods } from './pods.ts';

export const ko: Words = { ...pods, ...owners, ...causes };
