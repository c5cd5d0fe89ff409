// How the reference asks the service: with the token of the tab, and of a stream it shows the beginning.

import { askForToken, token } from '../state/token.ts';

/** Wall time of a stream that is shown: it would go on as long as somebody listens. */
const STREAM_MS = 4_000;

/** A request of the reference. The token is added here, so that no command that is shown has it. */
export async function ask(url: string, options: RequestInit): Promise<Response> {
  const headers = new Headers(options.headers);
  if (token.value !== '') headers.set('Authorization', `Bearer ${token.value}`);
  const response = await fetch(url, { ...options, headers });
  if (response.status === 401) askForToken();
  return isStream(response) ? beginningOf(response) : response;
}

function isStream({ headers }: Response): boolean {
  return /event-stream|stream=watch/.test(headers.get('content-type') ?? '');
}

async function beginningOf(response: Response): Promise<Response> {
  const reader = response.body?.getReader();
  const decoder = new TextDecoder();
  let text = '';
  const timer = setTimeout(() => void reader?.cancel(), STREAM_MS);
  for (let part = await reader?.read(); part?.value !== undefined; part = await reader?.read())
    text += decoder.decode(part.value, { stream: true });
  clearTimeout(timer);
  return new Response(text, { status: response.status, headers: response.headers });
}
