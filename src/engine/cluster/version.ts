// Which engine this is. Histories that one version wrote another may not come to; who has such a history is told.

/** As in package.json. */
export const ENGINE_VERSION = '0.1.0';
