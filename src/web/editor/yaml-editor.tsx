// A field for manifests: a plain one until the editor is there.

import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import type { Kind } from '../objects/kube-objects.ts';
import type { ServedKind } from './complete-yaml.ts';
import type { Editor, EditorHandle, ServiceProblem } from './editor.ts';
import { SchemaSource } from './schema-source.ts';

export interface YamlEditorProps {
  readonly cluster: string;
  readonly kinds: readonly Kind[];
  readonly label: string;
  readonly placeholder: string;
  /** What is written; the editor itself is told of another text by its handle. */
  readonly value: string;
  readonly onInput: (text: string) => void;
  readonly check: (text: string) => Promise<readonly ServiceProblem[]>;
  /** Gets what can be done with the editor. */
  readonly onReady: (handle: EditorHandle) => void;
}

export function YamlEditor(props: YamlEditorProps) {
  const { cluster, label, value, onInput, onReady } = props;
  const latest = useRef(props);
  latest.current = props;
  const schemas = useMemo(() => new SchemaSource(cluster), [cluster]);
  const area = useRef<HTMLTextAreaElement>(null);
  const place = useRef<HTMLDivElement>(null);
  const editor = useRef<Editor | undefined>(undefined);
  const [isReady, setReady] = useState(false);
  useEffect(() => {
    onReady({
      selectLine: (line) => (editor.current === undefined ? selectLine(area.current, line) : editor.current.selectLine(line)),
      setText: (text) => editor.current?.setText(text),
      selectField: (field) => editor.current?.selectField(field),
    });
    let isLeft = false;
    // Without the editor, which a service of another version may not have any more, the plain field does.
    import('./editor.ts').then(
      ({ openEditor }) => {
        if (isLeft || place.current === null || area.current === null) return;
        const hasFocus = document.activeElement === area.current;
        editor.current = openEditor(place.current, {
          text: latest.current.value,
          label,
          placeholder: latest.current.placeholder,
          schemas,
          kinds: () => latest.current.kinds.map(servedKind),
          onInput: (text) => latest.current.onInput(text),
          check: (text) => latest.current.check(text),
        });
        setReady(true);
        if (hasFocus) editor.current.focus();
      },
      () => undefined,
    );
    return () => {
      isLeft = true;
      editor.current?.dispose();
    };
  }, [schemas]);
  return (
    <div class="yaml-editor">
      {isReady ? null : (
        <textarea
          ref={area}
          rows={14}
          spellcheck={false}
          aria-label={label}
          value={value}
          placeholder={props.placeholder}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      )}
      <div ref={place} class={isReady ? 'yaml-editor-place ready' : ''} />
    </div>
  );
}

function servedKind({ path, kind }: Kind): ServedKind {
  return { apiVersion: path.replace(/^\/apis?\//, ''), kind };
}

function selectLine(area: HTMLTextAreaElement | null, line: number): void {
  if (area === null) return;
  const lines = area.value.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, one) => sum + one.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1] ?? '').length);
  area.scrollTop = (line - 4) * Number.parseFloat(getComputedStyle(area).lineHeight);
}
