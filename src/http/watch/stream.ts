// Endless response bodies, written at the reader's own pace: bytes are made only when the reader asks for more. A host that can write
// bytes to its socket directly takes the source out of the response (`takeSource`); everywhere else the body is an ordinary stream.

import type { ByteSource } from '../../service/host.ts';

const sources = new WeakMap<Response, ByteSource>();

/** A response whose body is the source. The source is closed when the body ends, and when the reader leaves. */
export function streamingResponse(source: ByteSource, headers: ConstructorParameters<typeof Headers>[0], status = 200): Response {
  const response = new Response(streamOf(source), { status, headers });
  sources.set(response, source);
  return response;
}

/** Whether a response has a source that nobody has taken yet. */
export function isStream(response: Response): boolean {
  return sources.has(response);
}

/** The source behind a response of `streamingResponse`. Whoever takes it reads and closes it; the response's body is not to be touched. */
export function takeSource(response: Response): ByteSource | undefined {
  const source = sources.get(response);
  sources.delete(response);
  return source;
}

function streamOf(source: ByteSource): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const bytes = await source.next();
          if (bytes !== undefined) return controller.enqueue(bytes);
        } catch (error) {
          // The stream has no other way to say that it broke: the client sees the connection end and comes back.
          source.close();
          return controller.error(error);
        }
        source.close();
        controller.close();
      },
      cancel() {
        source.close();
      },
    },
    { highWaterMark: 0 },
  );
}
