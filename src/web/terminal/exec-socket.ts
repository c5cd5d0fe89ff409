// exec of Kubernetes over a WebSocket, as any browser can speak it: the first byte of a message is its channel (v5.channel.k8s.io), and the token is
// one of the protocols that are offered, because a page cannot set the headers of a WebSocket.

import { BASE } from '../api/base.ts';
import { token } from '../state/token.ts';
import { type ExecEnd, endOf } from './exec-end.ts';

const PROTOCOL = 'v5.channel.k8s.io';
const CHANNEL = { stdin: 0, stdout: 1, stderr: 2, status: 3, size: 4 } as const;

export interface ExecHandlers {
  onOpen(): void;
  onOutput(bytes: Uint8Array): void;
  /** Called once, and last. */
  onEnd(end: ExecEnd): void;
}

export interface ExecSocket {
  write(text: string): void;
  resize(columns: number, rows: number): void;
  /** Leaves without a word: the handlers hear nothing any more. */
  close(): void;
}

/** Opens a session at the path of an exec. */
export function openExec(path: string, handlers: ExecHandlers): ExecSocket {
  const socket = new WebSocket(`${BASE.replace(/^http/, 'ws')}${path}`, protocolsFor(token.value));
  socket.binaryType = 'arraybuffer';
  let end: ExecEnd | undefined;
  let wasOpen = false;
  let isLeft = false;
  socket.addEventListener('open', () => {
    wasOpen = true;
    handlers.onOpen();
  });
  socket.addEventListener('message', ({ data }: MessageEvent<ArrayBuffer>) => {
    const [channel] = new Uint8Array(data, 0, 1);
    const bytes = new Uint8Array(data, 1);
    if (channel === CHANNEL.status) end = endOf(new TextDecoder().decode(bytes));
    else if (!isLeft && bytes.length > 0) handlers.onOutput(bytes);
  });
  socket.addEventListener('close', () => {
    if (!isLeft) handlers.onEnd(end ?? { kind: 'lost', wasOpen });
  });
  const send = (channel: number, text: string) => {
    if (socket.readyState !== WebSocket.OPEN) return;
    const bytes = new TextEncoder().encode(text);
    const message = new Uint8Array(bytes.length + 1);
    message[0] = channel;
    message.set(bytes, 1);
    socket.send(message);
  };
  return {
    write: (text) => send(CHANNEL.stdin, text),
    resize: (columns, rows) => send(CHANNEL.size, JSON.stringify({ Width: columns, Height: rows })),
    close() {
      isLeft = true;
      socket.close();
    },
  };
}

/** What is offered; the name that holds the token is not answered. */
function protocolsFor(bearer: string): string[] {
  if (bearer === '') return [PROTOCOL];
  const binary = String.fromCharCode(...new TextEncoder().encode(bearer));
  const encoded = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return [`base64url.bearer.authorization.k8s.io.${encoded}`, PROTOCOL];
}
