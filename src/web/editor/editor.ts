// The editor of manifests: CodeMirror, in a chunk of its own that is loaded when somebody writes one. It lives below a shadow root, where its styles
// are constructed style sheets: the policy of the page forbids style elements.

import { autocompletion, type CompletionContext, type CompletionResult, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { EditorState, type Extension, type Line, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightSpecialChars,
  keymap,
  lineNumbers,
  placeholder,
  tooltips,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { apiVersionsOf, checkYaml } from './check-yaml.ts';
import { choicesAt, type ServedKind } from './complete-yaml.ts';
import { locateField } from './locate-field.ts';
import { sayProblem } from './problem-words.ts';
import type { SchemaSource } from './schema-source.ts';
import { placeAt } from './yaml-place.ts';

/** A problem as the service tells it: by line, or by field. */
export interface ServiceProblem {
  readonly line?: number | undefined;
  /** From 1. */
  readonly column?: number | undefined;
  readonly field?: string | undefined;
  readonly message: string;
}

export interface EditorOptions {
  readonly text: string;
  readonly label: string;
  readonly placeholder: string;
  readonly schemas: SchemaSource;
  readonly kinds: () => readonly ServedKind[];
  onInput(text: string): void;
  /** Asks the service what it thinks of it. Fails: when nobody answers. */
  check(text: string): Promise<readonly ServiceProblem[]>;
}

export interface EditorHandle {
  setText(text: string): void;
  selectLine(line: number): void;
  /** Of the first document. */
  selectField(field: string): void;
}

export interface Editor extends EditorHandle {
  focus(): void;
  dispose(): void;
}

/** Wall time without a letter after which the text is checked here, and by the service. */
const CHECK_MS = 250;
const ASK_MS = 800;

export function openEditor(place: HTMLElement, options: EditorOptions): Editor {
  const root = place.shadowRoot ?? place.attachShadow({ mode: 'open' });
  const checker = new Checker(options);
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({ doc: options.text, extensions: extensionsOf(options, checker) }),
  });
  checker.schedule(view);
  const select = (from: number, to: number) => {
    view.focus();
    view.dispatch({ selection: { anchor: from, head: to }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
  };
  return {
    setText(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    selectLine(line) {
      const { from, to } = lineOf(view.state.doc, line);
      select(from, to);
    },
    selectField(field) {
      const found = locateField(view.state.doc.toString(), field);
      if (found !== undefined) select(found.from, found.to);
    },
    focus: () => view.focus(),
    dispose() {
      checker.dispose();
      view.destroy();
    },
  };
}

function extensionsOf(options: EditorOptions, checker: Checker): Extension {
  return [
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    highlightSpecialChars(),
    highlightActiveLine(),
    yaml(),
    indentUnit.of('  '),
    indentOnInput(),
    syntaxHighlighting(COLOURS),
    autocompletion({ override: [(context) => complete(context, options)], icons: false }),
    tooltips({ position: 'fixed' }),
    placeholder(options.placeholder),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ 'aria-label': options.label, tabindex: '0' }),
    EditorView.updateListener.of(({ docChanged, state, view }) => {
      if (!docChanged) return;
      options.onInput(state.doc.toString());
      checker.schedule(view);
    }),
    // Tab goes on to the next field, so that the keyboard is never caught.
    keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, ...lintKeymap]),
    THEME,
  ];
}

async function complete({ state, pos, explicit }: CompletionContext, { schemas, kinds }: EditorOptions): Promise<CompletionResult | null> {
  const place = placeAt(state.doc.toString(), pos);
  if (place === undefined || (!explicit && place.typed === '' && place.key === undefined)) return null;
  if (place.apiVersion !== undefined) await schemas.load([place.apiVersion]);
  const known = place.apiVersion === undefined ? undefined : (schemas.get(place.apiVersion) ?? undefined);
  const choices = choicesAt(place, known, kinds());
  if (choices.length === 0) return null;
  return {
    from: place.from,
    validFor: /^"?[\w./-]*$/,
    options: choices.map(({ label, type, description, text, isRequired }) => ({
      label,
      detail: isRequired ? `${type} *` : type,
      ...(description === undefined ? {} : { info: description }),
      apply: text,
      boost: isRequired ? 1 : 0,
    })),
  };
}

/** Marks what is wrong, first what the page knows, then what the service says. */
class Checker {
  private readonly options: EditorOptions;
  private timers: ReturnType<typeof setTimeout>[] = [];
  private turn = 0;

  constructor(options: EditorOptions) {
    this.options = options;
  }

  schedule(view: EditorView): void {
    this.dispose();
    const { turn } = this;
    this.timers = [setTimeout(() => void this.check(view, turn), CHECK_MS), setTimeout(() => void this.ask(view, turn), ASK_MS)];
  }

  dispose(): void {
    this.turn += 1;
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async check(view: EditorView, turn: number): Promise<void> {
    const text = view.state.doc.toString();
    await this.options.schemas.load(apiVersionsOf(text));
    if (this.turn === turn) this.mark(view, this.own(text));
  }

  private async ask(view: EditorView, turn: number): Promise<void> {
    const text = view.state.doc.toString();
    if (text.trim() === '') return;
    try {
      const told = await this.options.check(text);
      await this.options.schemas.load(apiVersionsOf(text));
      if (this.turn !== turn) return;
      const own = this.own(text);
      // On a line that the page has marked, the service would say the same in other words.
      const marked = new Set(own.map(({ from }) => view.state.doc.lineAt(from).number));
      const others = told.map((problem) => diagnosticOf(view.state.doc, text, problem));
      this.mark(view, [...own, ...others.filter(({ from }) => !marked.has(view.state.doc.lineAt(from).number))]);
    } catch {
      // Whoever presses a button hears that nobody answers.
    }
  }

  private own(text: string): readonly Diagnostic[] {
    return checkYaml(text, (apiVersion) => this.options.schemas.get(apiVersion)).map((problem) => ({
      from: problem.from,
      to: Math.max(problem.to, problem.from),
      severity: 'error',
      message: sayProblem(problem),
    }));
  }

  private mark(view: EditorView, diagnostics: readonly Diagnostic[]): void {
    const { length } = view.state.doc;
    const within = diagnostics.map((one) => ({ ...one, from: Math.min(one.from, length), to: Math.min(one.to, length) }));
    view.dispatch(setDiagnostics(view.state, within));
  }
}

function lineOf(doc: Text, line: number): Line {
  return doc.line(Math.min(Math.max(line, 1), doc.lines));
}

/** What is about no place stands at the top. */
function diagnosticOf(doc: Text, text: string, { line, column = 1, field = '', message }: ServiceProblem): Diagnostic {
  if (line === undefined) return { from: 0, to: 0, ...locateField(text, field), severity: 'error', message };
  const { from, to } = lineOf(doc, line);
  return { from: Math.min(from + column - 1, to), to, severity: 'error', message };
}

const COLOURS = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--accent)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.labelName, tags.typeName, tags.keyword, tags.meta], color: 'var(--past)' },
]);

const THEME = EditorView.theme({
  '&': { backgroundColor: 'var(--panel)', color: 'var(--text)', fontSize: '0.86rem', height: '100%' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', overflow: 'auto' },
  '.cm-content': { caretColor: 'var(--text)' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--panel)', color: 'var(--muted)', borderRight: '1px solid var(--line)' },
  '.cm-activeLine': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine': { backgroundColor: 'var(--page)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
    backgroundColor: 'var(--accent-soft)',
  },
  '.cm-tooltip': { backgroundColor: 'var(--raised)', color: 'var(--text)', border: '1px solid var(--strong-line)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '14em' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--accent-text)' },
  '.cm-completionDetail': { fontStyle: 'normal', opacity: '0.85' },
  '.cm-tooltip.cm-completionInfo': { maxWidth: '22rem' },
});
