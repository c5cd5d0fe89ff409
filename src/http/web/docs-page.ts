// The page at /docs: the OpenAPI document as something to read, with a form for every operation to try it.

import { DOCS_SCRIPT } from './docs-script.ts';
import type { Page } from './page.ts';
import { TOKEN_FIELD, TOKEN_SCRIPT } from './token-script.ts';

export function docsPage(): Page {
  const body = `
<header><h1>Orrery API reference</h1><p><a href="./">Start page</a> <a href="openapi.json">OpenAPI document</a></p><p id="description"></p></header>
${TOKEN_FIELD}
<main id="operations">Loading.</main>
<h2>Schemas</h2>
<section id="schemas"></section>`;
  return { title: 'Orrery API reference', body, style: STYLE, script: `${TOKEN_SCRIPT}${DOCS_SCRIPT}` };
}

const STYLE = `
.token { display: block; max-width: 24rem; margin: 1rem 0; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .5rem 0; padding: .4rem .8rem; }
summary { cursor: pointer; }
.method { display: inline-block; min-width: 4.2rem; font-weight: 600; }
.muted { opacity: .7; }
form { margin: .8rem 0; }
.field { display: grid; grid-template-columns: 12rem 1fr; gap: .6rem; margin: .4rem 0; align-items: start; }
#description { white-space: pre-line; }
.answer { max-height: 24rem; }
`;
