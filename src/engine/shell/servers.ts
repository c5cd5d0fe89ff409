// Which program answers for a process that listens.

import * as agnhost from './agnhost/index.ts';
import type { HttpReply, HttpRequest, ServerProcess } from './server.ts';
import { answerHttpd, answerListener, answerListenerHttp } from './small-servers.ts';

/** What the server answers to a request. */
export function answerHttp(server: ServerProcess, request: HttpRequest): HttpReply {
  switch (programOf(server)) {
    case 'httpd':
      return answerHttpd(server, request);
    case 'nc':
    case 'netcat':
      return answerListenerHttp(server, request);
    default:
      return agnhost.answerHttp(server, request);
  }
}

/** What it says to bytes that are no HTTP. */
export function answerRaw(server: ServerProcess, text: string, client: string): string {
  const program = programOf(server);
  return program === 'nc' || program === 'netcat' ? answerListener(server, text) : agnhost.answerRaw(server, text, client);
}

function programOf({ process }: ServerProcess): string {
  return (process.running?.words[0] ?? '').split('/').at(-1) ?? '';
}
