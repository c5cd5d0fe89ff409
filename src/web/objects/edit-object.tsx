// An object to change: its YAML in the editor, checked by the cluster while it is written.

import { useRef, useState } from 'preact/hooks';
import type { Session } from '../cluster/session.ts';
import type { EditorHandle, ServiceProblem } from '../editor/editor.ts';
import { YamlEditor } from '../editor/yaml-editor.tsx';
import { say, sentenceOf } from '../state/notices.ts';
import { text } from '../text/text.ts';
import type { ObjectName } from '../timeline/objects.ts';
import type { Draft } from './drafts.ts';
import type { Kind } from './kube-objects.ts';
import { RefusedObject, saveObject } from './save-object.ts';

interface EditProps {
  readonly session: Session;
  readonly object: ObjectName;
  readonly kind: Kind;
  readonly kinds: readonly Kind[];
  readonly draft: Draft;
  readonly onInput: (typed: string) => void;
  readonly onClose: () => void;
}

interface Outcome {
  readonly detail: string;
  readonly problems: readonly ServiceProblem[];
  readonly isRefusal: boolean;
}

export function EditObject({ session, object, kind, kinds, draft, onInput, onClose }: EditProps) {
  const [typed, setTyped] = useState(draft.typed);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const editor = useRef<EditorHandle | undefined>(undefined);
  const run = async (isDry: boolean) => {
    try {
      await saveObject(session.name, kind, object, typed, isDry);
      if (isDry) return setOutcome({ detail: text.apply.fine, problems: [], isRefusal: false });
      say(text.apply.replaced(object.name));
      onClose();
    } catch (error) {
      setOutcome({ detail: sentenceOf(error), problems: error instanceof RefusedObject ? error.problems : [], isRefusal: true });
    }
  };
  return (
    <form
      class="edit-object"
      onSubmit={(event) => {
        event.preventDefault();
        void run(false);
      }}
    >
      <YamlEditor
        cluster={session.name}
        kinds={kinds}
        label={text.inspector.yaml}
        placeholder=""
        value={typed}
        onInput={(latest) => {
          setTyped(latest);
          onInput(latest);
        }}
        check={(latest) => problemsOf(session.name, kind, object, latest)}
        onReady={(handle) => (editor.current = handle)}
      />
      <div role="status" aria-live="polite">
        {outcome === undefined ? null : <Words outcome={outcome} onField={(field) => editor.current?.selectField(field)} />}
      </div>
      <div class="actions">
        <button type="button" onClick={onClose}>
          {text.cancel}
        </button>
        <button type="button" onClick={() => void run(true)}>
          {text.apply.check}
        </button>
        <button type="submit" class="primary">
          {text.apply.replace}
        </button>
      </div>
    </form>
  );
}

function Words({ outcome, onField }: { readonly outcome: Outcome; readonly onField: (field: string) => void }) {
  return (
    <div class={outcome.isRefusal ? 'outcome refused' : 'outcome'}>
      <p class={outcome.isRefusal ? 'problem' : ''}>
        <bdi>{outcome.detail}</bdi>
      </p>
      <ul>
        {outcome.problems.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            {field === undefined ? null : (
              <button type="button" class="link" onClick={() => onField(field)}>
                <code>{field}</code>
              </button>
            )}{' '}
            <bdi>{message}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}

async function problemsOf(cluster: string, kind: Kind, object: ObjectName, typed: string): Promise<readonly ServiceProblem[]> {
  try {
    await saveObject(cluster, kind, object, typed, true);
    return [];
  } catch (error) {
    if (error instanceof RefusedObject) return error.problems;
    throw error;
  }
}
