// Sources of bytes as streams of the runtime, which cross from object to object, and back.

import type { ByteSource } from '../../service/host.ts';

/** A stream that asks its source only when its reader wants more. */
export function bytesOf(source: ByteSource): ReadableStream<Uint8Array> {
  return new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      try {
        const bytes = await source.next();
        // A stream of bytes hands over the buffer behind them, which others may be reading too.
        if (bytes !== undefined) return controller.enqueue(bytes.slice());
      } catch (error) {
        source.close();
        return controller.error(error);
      }
      source.close();
      controller.close();
    },
    cancel() {
      source.close();
    },
  });
}

/** A source over a stream; `onClose` is called once. */
export function sourceOf(stream: ReadableStream<Uint8Array>, onClose: () => void): ByteSource {
  const reader = stream.getReader();
  let isClosed = false;
  return {
    async next() {
      if (isClosed) return undefined;
      const { done, value } = await reader.read();
      return done || isClosed ? undefined : value;
    },
    close() {
      if (isClosed) return;
      isClosed = true;
      reader.cancel().catch(() => {});
      onClose();
    },
  };
}
