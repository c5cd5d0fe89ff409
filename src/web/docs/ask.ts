// How the reference asks the service: with the token of the tab, and a stream is shown as it comes, until it ends or nobody wants more.

import { askForToken, token } from '../state/token.ts';
import { text } from '../text/text.ts';
import { showStream } from './stream-panel.tsx';

/** The operation that is tried: that of the button which was pressed last. */
let operation: Element | null = null;

/** Remembers which operation asks. */
export function watchOperations(root: Element): void {
  root.addEventListener('click', ({ target }) => {
    const button = target instanceof Element ? target.closest('.execute') : null;
    if (button !== null) operation = button.closest('.opblock-body');
  });
}

/** A request of the reference. The token is added here, so that no command that is shown has it. */
export async function ask(url: string, options: RequestInit): Promise<Response> {
  const headers = new Headers(options.headers);
  if (token.value !== '') headers.set('Authorization', `Bearer ${token.value}`);
  const response = await fetch(url, { ...options, headers });
  if (response.status === 401) askForToken();
  if (!isStream(response) || response.body === null || operation === null) return response;
  showStream(operation, response.body);
  // The library shows an answer when it is whole, which a stream never is.
  return new Response(text.docs.streamed, { status: response.status, headers: response.headers });
}

function isStream({ headers }: Response): boolean {
  return /event-stream|stream=watch/.test(headers.get('content-type') ?? '');
}
