// Where things are.

import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const HERE = fileURLToPath(new URL('.', import.meta.url));
export const ROOT = join(HERE, '..', '..');
/** As those see it that run in this folder. */
export const DOCUMENT = '../../openapi/service.json';
