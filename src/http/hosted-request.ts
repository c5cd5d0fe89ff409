// A request as the handlers read it, over the plain data that came to a host. Cheaper than the standard Request, and it takes every method, because
// to refuse one is the handlers' matter.

import type { HostRequest } from '../service/host.ts';

export class HostedRequest implements Pick<Request, 'url' | 'method' | 'headers' | 'signal' | 'body' | 'arrayBuffer'> {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly signal: AbortSignal;
  private readonly bytes: Uint8Array | undefined;

  constructor({ url, method, headers, body }: HostRequest, signal: AbortSignal) {
    this.url = url;
    this.method = method;
    this.headers = new Headers(headers as [string, string][]);
    this.signal = signal;
    this.bytes = body;
  }

  get body(): ReadableStream<Uint8Array> | null {
    return this.bytes === undefined ? null : (new Blob([this.bytes]).stream() as ReadableStream<Uint8Array>);
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    const { buffer, byteOffset, byteLength } = this.bytes ?? new Uint8Array();
    const isWhole = byteLength === buffer.byteLength;
    return (isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
  }

  /** What else a Request has no handler uses. */
  asRequest(): Request {
    return this as unknown as Request;
  }
}
