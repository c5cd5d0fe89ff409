// A stream in the reference: what comes, as it comes, and a button that ends it. It ends with the operation, too, when that is folded or asked again.

import { signal, type Signal } from '@preact/signals';
import { render } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { text } from '../text/text.ts';

/** Characters that are shown; of a stream that goes on and on, the last ones. */
const SHOWN_MAX = 100_000;
const LOOK_MS = 500;

interface Shown {
  readonly text: string;
  readonly isOpen: boolean;
}

const stops = new WeakMap<Element, () => void>();

/** Shows a stream above what the document says of answers. */
export function showStream(operation: Element, body: ReadableStream<Uint8Array>): void {
  stops.get(operation)?.();
  const place = document.createElement('div');
  operation.insertBefore(place, operation.querySelector(':scope > .responses-wrapper'));
  const shown = signal<Shown>({ text: '', isOpen: true });
  const reader = body.getReader();
  const stop = () => void reader.cancel();
  // Where nobody can see it, it takes a connection for nothing.
  const timer = setInterval(() => {
    if (!place.isConnected) stop();
  }, LOOK_MS);
  stops.set(operation, () => {
    stop();
    render(null, place);
    place.remove();
  });
  render(<StreamPanel shown={shown} onStop={stop} />, place);
  void follow(reader, shown).finally(() => clearInterval(timer));
}

async function follow(reader: ReadableStreamDefaultReader<Uint8Array>, shown: Signal<Shown>): Promise<void> {
  const decoder = new TextDecoder();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const all = shown.value.text + decoder.decode(part.value, { stream: true });
      shown.value = { text: all.slice(-SHOWN_MAX), isOpen: true };
    }
  } catch {
    // The service is gone; that it ended is what there is to say.
  }
  shown.value = { ...shown.value, isOpen: false };
}

function StreamPanel({ shown, onStop }: { readonly shown: Signal<Shown>; readonly onStop: () => void }) {
  const box = useRef<HTMLPreElement>(null);
  const isAtEnd = useRef(true);
  const { text: content, isOpen } = shown.value;
  useLayoutEffect(() => {
    if (isAtEnd.current && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [content]);
  const onScroll = () => {
    const { scrollTop = 0, scrollHeight = 0, clientHeight = 0 } = box.current ?? {};
    isAtEnd.current = scrollTop + clientHeight >= scrollHeight - 4;
  };
  return (
    <section class="stream" aria-label={text.docs.stream}>
      <header>
        <h4>{text.docs.stream}</h4>
        <span role="status">{isOpen ? text.docs.streamOpen : text.docs.streamEnded}</span>
        <button type="button" disabled={!isOpen} onClick={onStop}>
          {text.docs.stop}
        </button>
      </header>
      <pre ref={box} tabIndex={0} aria-label={text.docs.stream} onScroll={onScroll}>
        {content}
      </pre>
    </section>
  );
}
