// Where the service is: the page may lie below a path.

export const BASE = new URL('.', document.baseURI).href.replace(/\/$/, '');
