// What the bundler puts into the module that workerd runs, because an object has no files.

import type { Migrations } from '../../db/object-database.ts';
import type { PageFiles } from '../../http/web/page-files.ts';

declare const __VERSION__: string;
declare const __DOCUMENT__: string;
declare const __PAGE__: Readonly<Record<string, string>>;
declare const __MIGRATIONS__: { readonly cluster: Migrations; readonly directory: Migrations };

/** In package.json. */
export const VERSION = __VERSION__;

/** The OpenAPI document, as one line of JSON. */
export const DOCUMENT = __DOCUMENT__;

/** The page, as it was built. */
export const PAGE: PageFiles = new Map(Object.entries(__PAGE__).map(([name, base64]) => [name, Buffer.from(base64, 'base64')]));

export const { cluster: CLUSTER_MIGRATIONS, directory: DIRECTORY_MIGRATIONS } = __MIGRATIONS__;
