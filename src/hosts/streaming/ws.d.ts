// What is used here of the package `ws`, which brings no types.

declare module 'ws' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage } from 'node:http';
  import type { Duplex } from 'node:stream';

  interface SendOptions {
    readonly binary?: boolean;
  }

  export class WebSocket extends EventEmitter {
    constructor(
      address: string,
      protocols?: readonly string[],
      options?: { readonly headers?: Readonly<Record<string, string>>; readonly autoPong?: boolean },
    );
    readonly protocol: string;
    readonly readyState: number;
    send(data: Uint8Array | string, options: SendOptions, done: (error?: Error) => void): void;
    send(data: Uint8Array | string): void;
    ping(): void;
    pong(data: Uint8Array): void;
    close(code?: number): void;
    terminate(): void;
    pause(): void;
    resume(): void;
    on(event: 'message', listener: (data: Buffer, isBinary: boolean) => void): this;
    on(event: 'close', listener: (code: number) => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
    on(event: 'open', listener: () => void): this;
    on(event: 'ping', listener: (data: Buffer) => void): this;
    once(event: 'pong' | 'close', listener: () => void): this;
    on(event: 'unexpected-response', listener: (request: unknown, response: IncomingMessage) => void): this;
  }

  export class WebSocketServer {
    constructor(options: { readonly noServer: true; readonly perMessageDeflate: boolean; readonly maxPayload: number });
    on(event: 'headers', listener: (headers: string[]) => void): this;
    handleUpgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer, done: (socket: WebSocket) => void): void;
  }
}
