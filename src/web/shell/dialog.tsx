// A dialog: the browser keeps the focus in it, and gives it back.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { notice } from '../state/notices.ts';
import { text } from '../text/text.ts';

export interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly isWide?: boolean;
}

export function Dialog({ title, onClose, children, isWide = false }: DialogProps) {
  const element = useRef<HTMLDialogElement>(null);
  const before = useRef(notice.value);
  // What is said meanwhile stands behind the dialog: what went wrong is said in it, too.
  const said = notice.value === before.current ? undefined : notice.value;
  useEffect(() => {
    element.current?.showModal();
    // Who opens a form wants to fill it in, not to close it.
    const fields = [...(element.current?.querySelectorAll<HTMLElement>('form :is(input, select, textarea)') ?? [])];
    (fields.find((field) => field.matches('[type=radio]:checked')) ?? fields[0])?.focus({ preventScroll: true });
  }, []);
  return (
    <dialog ref={element} class={isWide ? 'wide' : ''} aria-labelledby="dialog-title" onClose={onClose}>
      <header>
        <h2 id="dialog-title">{title}</h2>
        <button type="button" class="quiet" aria-label={text.close} onClick={onClose}>
          ×
        </button>
      </header>
      {children}
      {said?.isProblem === true ? (
        <p class="problem" role="alert">
          {said.message}
        </p>
      ) : null}
    </dialog>
  );
}
