// The keyboard: views say what a key does while they are there.

import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { go } from '../state/route.ts';

export const isHelpOpen = signal(false);

export type KeyActions = Readonly<Record<string, (event: Event) => void>>;

const layers: KeyActions[] = [
  {
    '?': () => (isHelpOpen.value = true),
    g: () => go({}),
  },
];

/** While a component is there, these keys are its. */
export function useKeys(actions: KeyActions): void {
  useEffect(() => {
    layers.push(actions);
    return () => void layers.splice(layers.indexOf(actions), 1);
  });
}

export function listenToKeys(): void {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.composedPath()[0])) return;
    const action = layers.findLast((layer) => event.key in layer)?.[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action(event);
  });
}

/** What is typed into a field is text, and a button knows what a space does. */
function isTyping(target: EventTarget | undefined): boolean {
  if (!(target instanceof Element)) return false;
  // What stands below a shadow root here is an editor.
  return target.getRootNode() instanceof ShadowRoot || target.closest('input, textarea, select, dialog, [contenteditable]') !== null;
}
