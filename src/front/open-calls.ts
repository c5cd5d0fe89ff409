// Requests that hosts are answering, so that all that takes long can be ended when the service stops.

import type { HostAnswer } from '../service/host.ts';

export class OpenCalls {
  private readonly aborts = new Set<() => void>();

  /** Runs a call with a signal that aborts with the client's, or when all are ended. A stream goes on being the call's until it is closed. */
  async run(client: AbortSignal, call: (signal: AbortSignal) => Promise<HostAnswer>): Promise<HostAnswer> {
    const controller = new AbortController();
    const abort = () => controller.abort();
    const release = () => {
      client.removeEventListener('abort', abort);
      this.aborts.delete(abort);
    };
    if (client.aborted) abort();
    client.addEventListener('abort', abort);
    this.aborts.add(abort);
    try {
      const answer = await call(controller.signal);
      const { body } = answer;
      if (body === undefined || body instanceof Uint8Array) {
        release();
        return answer;
      }
      const close = () => {
        release();
        body.close();
      };
      return { ...answer, body: { next: () => body.next(), close } };
    } catch (error) {
      release();
      throw error;
    }
  }

  endAll(): void {
    for (const abort of this.aborts) abort();
  }
}
