// The document that xterm.js is given, in a page whose policy forbids style elements and style attributes (style-src 'self'): what it writes into a
// style element goes into a constructed style sheet, and what it sets as a style attribute goes through the object model. Both are allowed, since
// neither is text that somebody could have smuggled into the page. The build puts it in the place of the `document` that xterm.js knows.

import { adopt } from '../styles/adopt.ts';

export const strictDocument: Document = new Proxy(document, {
  get(target, key) {
    if (key === 'createElement') return createElement;
    const value: unknown = Reflect.get(target, key, target);
    return typeof value === 'function' ? value.bind(target) : value;
  },
});

function createElement(name: string): HTMLElement {
  return name === 'style' ? styleElement() : strictElement(name);
}

/** Stands for a style element: its text is that of a sheet, which is there as long as it is. */
function styleElement(): HTMLElement {
  const sheet = new CSSStyleSheet();
  const drop = adopt(sheet);
  const element = document.createElement('span');
  element.hidden = true;
  const remove = element.remove.bind(element);
  element.remove = () => {
    drop();
    remove();
  };
  Object.defineProperty(element, 'textContent', {
    set(css: string) {
      sheet.replaceSync(css);
    },
  });
  return element;
}

function strictElement(name: string): HTMLElement {
  const element = document.createElement(name);
  const setAttribute = element.setAttribute.bind(element);
  element.setAttribute = (key, value) => {
    if (key === 'style') element.style.cssText = value;
    else setAttribute(key, value);
  };
  return element;
}
