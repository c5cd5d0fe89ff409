// An endless response body, written at the reader's own pace: bytes are made only when the reader asks for more.

/** Makes bytes on demand; `undefined` ends the stream. */
export interface ByteSource {
  next(): Promise<Uint8Array | undefined>;
  close(): void;
}

/** The body of a streaming response. It closes its source when it ends, and when the reader leaves. */
export function streamOf(source: ByteSource): ReadableStream<Uint8Array> {
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

/** Frames in one piece; a single one is passed on as it is. */
export function joinFrames(frames: readonly Uint8Array[]): Uint8Array {
  const [first] = frames;
  if (first !== undefined && frames.length === 1) return first;
  const bytes = new Uint8Array(frames.reduce((length, frame) => length + frame.length, 0));
  let at = 0;
  for (const frame of frames) {
    bytes.set(frame, at);
    at += frame.length;
  }
  return bytes;
}
