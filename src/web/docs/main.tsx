// The page at /docs: the reference of the service API, to read and to try.

import { useSignal } from '@preact/signals';
import { render } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { TokenDialog } from '../shell/token-dialog.tsx';
import { isTokenWanted } from '../state/token.ts';
import { language, text } from '../text/text.ts';
import { readDocument, showReference } from './reference.ts';
import '../styles/base.css';
import './docs.css';

function Docs() {
  const place = useRef<HTMLDivElement>(null);
  const description = useSignal<string | undefined>(undefined);
  const problem = useSignal<string | undefined>(undefined);
  useEffect(() => {
    readDocument().then(
      (document) => {
        description.value = `${document.info.description.replaceAll('`', '')} (${document.info.version})`;
        if (place.current !== null) showReference(place.current, document);
      },
      () => (problem.value = text.noAnswer),
    );
  }, []);
  return (
    <>
      <header class="top">
        <a class="brand" href="./">
          {text.product}
        </a>
        <nav class="links">
          <a href="openapi.json">openapi.json</a>
          <button type="button" class="quiet" onClick={() => (isTokenWanted.value = true)}>
            {text.token.change}
          </button>
        </nav>
      </header>
      {/* Swagger UI brings the main part of the document. */}
      <section class="docs-head" aria-labelledby="docs-title">
        <h1 id="docs-title">{text.apiReference}</h1>
        <p class="muted">{description.value ?? problem.value ?? text.loading}</p>
        <h2 class="hidden">{text.docs.operations}</h2>
      </section>
      <div ref={place} class="docs" />
      {isTokenWanted.value ? <TokenDialog /> : null}
    </>
  );
}

document.documentElement.lang = language;
// Swagger UI has colours for the dark, and wants to be told.
const scheme = matchMedia('(prefers-color-scheme: dark)');
const dress = () => document.documentElement.classList.toggle('dark-mode', scheme.matches);
scheme.addEventListener('change', dress);
dress();
const root = document.querySelector('#app');
if (root !== null) {
  root.replaceChildren();
  render(<Docs />, root);
}
