// Manifests to apply: pasted or dropped, checked by the server first. Mistakes stand with the line they are on.

import { useRef, useState } from 'preact/hooks';
import { BASE } from '../api/base.ts';
import { api, ApiError, dataOf } from '../api/client.ts';
import { curlOf } from '../api/curl.ts';
import type { Schemas } from '../api/schemas.ts';
import type { Session } from '../cluster/session.ts';
import type { EditorHandle, ServiceProblem } from '../editor/editor.ts';
import { YamlEditor } from '../editor/yaml-editor.tsx';
import { FieldList } from '../objects/field-list.tsx';
import type { Kind } from '../objects/kube-objects.ts';
import { Command } from '../shell/command-strip.tsx';
import { Dialog } from '../shell/dialog.tsx';
import { say, sentenceOf } from '../state/notices.ts';
import { text } from '../text/text.ts';

type Outcome =
  | { readonly kind: 'checked'; readonly results: Schemas['ManifestResults'] }
  | { readonly kind: 'refused'; readonly detail: string; readonly errors: readonly Schemas['ProblemItem'][] };

/** What was written and not applied yet, by cluster: a key that closes the box takes nothing away. */
const drafts = new Map<string, string>();

function useDraft(cluster: string): readonly [manifests: string, write: (written: string) => void] {
  const [manifests, setManifests] = useState(drafts.get(cluster) ?? '');
  const write = (written: string) => {
    drafts.set(cluster, written);
    setManifests(written);
  };
  return [manifests, write];
}

interface ApplyProps {
  readonly session: Session;
  readonly kinds: readonly Kind[];
  readonly onClose: () => void;
}

export function ApplyDialog({ session, kinds, onClose }: ApplyProps) {
  const [manifests, setManifests] = useDraft(session.name);
  const [outcome, setOutcome] = useState<Outcome | undefined>(undefined);
  const editor = useRef<EditorHandle | undefined>(undefined);
  const run = async (isDry: boolean) => {
    try {
      const results = await send(session.name, manifests, isDry);
      setOutcome({ kind: 'checked', results });
      if (isDry) return;
      drafts.delete(session.name);
      session.show(undefined);
      say([text.apply.applied(results.items.length), ...results.warnings].join(' '));
      onClose();
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : undefined;
      setOutcome({ kind: 'refused', detail: sentenceOf(error), errors: problem?.errors ?? [] });
    }
  };
  const drop = (event: DragEvent) => {
    const files = [...(event.dataTransfer?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    event.stopPropagation();
    void Promise.all(files.map((file) => file.text())).then((texts) => {
      const dropped = texts.join('\n---\n');
      setManifests(dropped);
      editor.current?.setText(dropped);
    });
  };
  const url = `${BASE}/v1/clusters/${session.name}/manifests`;
  return (
    <Dialog title={text.apply.title} onClose={onClose} isWide>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void run(false);
        }}
      >
        <div onDragOver={(event) => event.preventDefault()} onDropCapture={drop}>
          <p class="field-name">{text.apply.manifests}</p>
          <YamlEditor
            cluster={session.name}
            kinds={kinds}
            label={text.apply.manifests}
            placeholder={text.apply.placeholder}
            value={manifests}
            onInput={setManifests}
            check={(typed) => problemsOf(session.name, typed)}
            onReady={(handle) => (editor.current = handle)}
          />
        </div>
        <div role="status" aria-live="polite">
          {outcome === undefined ? null : <OutcomeWords outcome={outcome} onLine={(line) => editor.current?.selectLine(line)} />}
        </div>
        <Command command={curlOf({ method: 'POST', url, body: manifests === '' ? '…' : manifests, type: 'application/yaml' })} />
        <div class="actions">
          <button type="button" disabled={manifests.trim() === ''} onClick={() => void run(true)}>
            {text.apply.check}
          </button>
          <button type="submit" class="primary" disabled={manifests.trim() === ''}>
            {text.apply.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function OutcomeWords({ outcome, onLine }: { readonly outcome: Outcome; readonly onLine: (line: number) => void }) {
  if (outcome.kind === 'checked')
    return (
      <ul class="outcome">
        {outcome.results.items.map(({ action, kind, namespace, name, fields = [] }) => (
          <li key={`${kind} ${namespace} ${name}`}>
            <span class="badge">{text.apply.actions[action]}</span> {kind} <bdi>{name}</bdi>
            <FieldList fields={fields.filter(({ path }) => !isNoise(path))} />
          </li>
        ))}
        {outcome.results.warnings.map((warning) => (
          <li key={warning} class="problem">
            <bdi>{warning}</bdi>
          </li>
        ))}
      </ul>
    );
  return (
    <div class="outcome refused">
      <p class="problem">
        <bdi>{outcome.detail}</bdi>
      </p>
      <ul>
        {outcome.errors.map(({ message, line, field }) => (
          <li key={`${line} ${field} ${message}`}>
            {line === undefined ? null : (
              <button type="button" class="link" onClick={() => onLine(line)}>
                {text.apply.line(line)}
              </button>
            )}{' '}
            {field === undefined ? null : <code>{field}</code>} <bdi>{message}</bdi>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** What follows from the manifest being applied, and is not in it. */
function isNoise(path: string): boolean {
  return path === '/metadata/generation' || path === '/metadata/annotations/kubectl.kubernetes.io~1last-applied-configuration';
}

function send(cluster: string, manifests: string, isDry: boolean): Promise<Schemas['ManifestResults']> {
  return dataOf(
    api.POST('/v1/clusters/{cluster}/manifests', {
      params: { path: { cluster }, query: isDry ? { dryRun: true } : {} },
      body: manifests as never,
      bodySerializer: () => manifests,
      headers: { 'Content-Type': 'application/yaml' },
    }),
  );
}

/** What the service says of manifests while they are written. */
async function problemsOf(cluster: string, manifests: string): Promise<readonly ServiceProblem[]> {
  try {
    await send(cluster, manifests, true);
    return [];
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return (error.problem?.errors ?? []).map(({ line, column, message }) => ({ line, column, message }));
  }
}
