// The reference of the service API: Swagger UI with the document of this service. It loads nothing from elsewhere, and asks nobody but the service.

import 'swagger-ui-dist/swagger-ui.css';
import SwaggerUi from 'swagger-ui-dist/swagger-ui-bundle.js';
import { BASE } from '../api/base.ts';
import { ask, watchOperations } from './ask.ts';
import { mend } from './mend.ts';

interface OpenApi {
  readonly info: { readonly description: string; readonly version: string };
  readonly [field: string]: unknown;
}

/** What the page itself says or does: its head, which service is asked, and with which token. */
const OWN = {
  wrapComponents: Object.fromEntries(
    ['InfoContainer', 'ServersContainer', 'SchemesContainer', 'authorizeBtn', 'authorizeOperationBtn'].map((name) => [
      name,
      () => () => null,
    ]),
  ),
};

export async function readDocument(): Promise<OpenApi> {
  const response = await fetch(`${BASE}/openapi.json`);
  if (!response.ok) throw new TypeError(response.statusText);
  return (await response.json()) as OpenApi;
}

/** Shows the document. The page may lie below a path, and so may the service. */
export function showReference(domNode: Element, document: OpenApi): void {
  SwaggerUi({
    domNode,
    spec: { ...document, servers: [{ url: BASE }] },
    // The address of the page is that of the view, as everywhere here: no links that leave it.
    deepLinking: false,
    validatorUrl: null,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    tryItOutEnabled: true,
    requestInterceptor: (request) => Object.assign(request, { userFetch: ask }),
    // Its colours cannot be read everywhere.
    syntaxHighlight: { activated: false },
    plugins: [OWN],
  });
  mend(domNode);
  watchOperations(domNode);
}
