// The screen of a terminal: xterm.js, in a chunk of its own that is loaded when somebody opens one.

import { FitAddon } from '@xterm/addon-fit';
import { type ITheme, Terminal } from '@xterm/xterm';
import css from '@xterm/xterm/css/xterm.css?text';
import { adopt } from '../styles/adopt.ts';
import { strictDocument } from './xterm-document.ts';

export interface Screen {
  write(data: Uint8Array | string): void;
  /** Empties it, and takes what is typed, or not. */
  reset(takesInput: boolean): void;
  focus(): void;
  readonly size: { readonly columns: number; readonly rows: number };
  dispose(): void;
}

export interface ScreenHandlers {
  /** What somebody typed, as a terminal sends it. */
  onInput(text: string): void;
  onResize(columns: number, rows: number): void;
  /** Somebody wants out by the keyboard. */
  onLeave(): void;
}

const LINES_KEPT = 5_000;

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);
adopt(sheet);

export function openScreen(place: HTMLElement, handlers: ScreenHandlers): Screen {
  const terminal = new Terminal({
    documentOverride: strictDocument,
    theme: readTheme(),
    fontFamily: getComputedStyle(document.documentElement).getPropertyValue('--mono'),
    fontSize: 13,
    scrollback: LINES_KEPT,
    // Colours that a program chooses can be read on ours, whatever they are; and what is written can be heard.
    minimumContrastRatio: 4.5,
    screenReaderMode: true,
    cursorBlink: !matchMedia('(prefers-reduced-motion: reduce)').matches,
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(place);
  fit.fit();
  // A terminal takes every key: this one lets the keyboard out again.
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.key !== 'Tab' || !event.shiftKey) return true;
    if (event.type === 'keydown') handlers.onLeave();
    event.preventDefault();
    return false;
  });
  terminal.onData((text) => handlers.onInput(text));
  terminal.onResize(({ cols, rows }) => handlers.onResize(cols, rows));
  const observer = new ResizeObserver(() => fit.fit());
  observer.observe(place);
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  const dress = () => void (terminal.options.theme = readTheme());
  scheme.addEventListener('change', dress);
  return {
    write: (data) => terminal.write(data),
    reset(takesInput) {
      terminal.reset();
      terminal.options.disableStdin = !takesInput;
      // What is read only has lines that end as files do.
      terminal.options.convertEol = !takesInput;
    },
    focus: () => terminal.focus(),
    get size() {
      return { columns: terminal.cols, rows: terminal.rows };
    },
    dispose() {
      observer.disconnect();
      scheme.removeEventListener('change', dress);
      terminal.dispose();
    },
  };
}

/** The colours of the page. */
function readTheme(): ITheme {
  const styles = getComputedStyle(document.documentElement);
  const colour = (name: string) => styles.getPropertyValue(`--${name}`).trim();
  return {
    background: colour('panel'),
    foreground: colour('text'),
    cursor: colour('accent'),
    cursorAccent: colour('panel'),
    selectionBackground: colour('accent-soft'),
  };
}
