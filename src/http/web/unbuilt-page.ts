// What stands at / and /docs when the service runs from sources whose page nobody has built.

import type { Page } from './page.ts';

export function unbuiltPage(version: string): Page {
  const body = `
<header><h1>Orrery</h1><p>A clockwork model of Kubernetes, as a service. Version ${version}.</p></header>
<p>The page has not been built: <code>npm run build</code> builds it, and <code>npm start</code> does so by itself.</p>
<nav><a href="openapi.json">OpenAPI document</a></nav>`;
  return { title: 'Orrery', body, style: '', script: '' };
}
