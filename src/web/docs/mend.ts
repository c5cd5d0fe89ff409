// What the library of the reference leaves out for those who hear a page or have no mouse: names of fields, and boxes that the keyboard can scroll.

import { text } from '../text/text.ts';

/** Mends what is there, and what comes. */
export function mend(root: Element): void {
  const all = () => {
    for (const box of root.querySelectorAll<HTMLElement>(BOXES)) if (box.tabIndex !== 0) box.tabIndex = 0;
    for (const [selector, name] of NAMES)
      for (const field of root.querySelectorAll(selector)) if (!field.hasAttribute('aria-label')) field.setAttribute('aria-label', name);
    for (const table of root.querySelectorAll('table.responses-table[role=region]')) {
      const path = table.closest('.opblock')?.querySelector('.opblock-summary-control')?.getAttribute('aria-label') ?? table.id;
      table.setAttribute('aria-label', `${text.docs.answers}: ${path}`);
    }
  };
  new MutationObserver(all).observe(root, { childList: true, subtree: true });
  all();
}

const BOXES = 'pre.microlight, .opblock-body, .table-container, .responses-inner';
const NAMES: readonly (readonly [string, string])[] = [
  ['textarea.body-param__text', text.docs.body],
  ['.examples-select-element', text.docs.examples],
  ['select.content-type', text.docs.mediaType],
  ['select:not([aria-label])', text.docs.choice],
];
