// What the bundler puts into the module that workerd runs, because an object has no files.

import type { Migrations } from '../../db/object-database.ts';

declare const __VERSION__: string;
declare const __DOCUMENT__: string;
declare const __MIGRATIONS__: { readonly cluster: Migrations; readonly directory: Migrations };

/** In package.json. */
export const VERSION = __VERSION__;

/** The OpenAPI document, as one line of JSON. */
export const DOCUMENT = __DOCUMENT__;

export const { cluster: CLUSTER_MIGRATIONS, directory: DIRECTORY_MIGRATIONS } = __MIGRATIONS__;
