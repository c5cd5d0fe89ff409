// An object as YAML; who owns which field is folded away.

import { useState } from 'preact/hooks';
import { Command, copyText } from '../shell/command-strip.tsx';
import { kubectlOf, quote } from '../api/curl.ts';
import type { Session } from '../cluster/session.ts';
import { route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatObject, type ObjectName } from '../timeline/objects.ts';
import { type Draft, draftOf, keepDraft } from './drafts.ts';
import { EditObject } from './edit-object.tsx';
import type { Kind } from './kube-objects.ts';
import { readObject } from './kubernetes.ts';
import { useLive } from './use-live.ts';
import { toYaml } from './yaml.ts';

interface ManifestProps {
  readonly session: Session;
  readonly object: ObjectName;
  readonly kind: Kind;
  readonly kinds: readonly Kind[];
}

export function Manifest({ session, object, kind, kinds }: ManifestProps) {
  const { at } = route.value;
  const draftKey = `${session.name} ${formatObject(object)}`;
  const [draft, setDraft] = useState(draftOf(draftKey));
  const edit = (next: Draft | undefined) => {
    keepDraft(draftKey, next);
    setDraft(next);
  };
  const key = `${formatObject(object)} ${at ?? ''}`;
  const { value, problem } = useLive(key, session.revision.value, () => readObject(session.name, at, kind, object));
  if (draft !== undefined && at === undefined)
    return (
      <EditObject
        session={session}
        object={object}
        kind={kind}
        kinds={kinds}
        draft={draft}
        onInput={(typed) => keepDraft(draftKey, { ...draft, typed })}
        onClose={() => edit(undefined)}
      />
    );
  if (value === undefined) return <p class="muted">{problem ?? text.loading}</p>;
  const { managedFields, ...metadata } = value.metadata;
  const yaml = toYaml({ ...value, metadata });
  const place = object.namespace === undefined ? '' : ` -n ${quote(object.namespace)}`;
  return (
    <>
      <Command command={kubectlOf(session.name, at, `get ${kind.resource} ${quote(object.name)}${place} -o yaml`)} />
      {problem === undefined ? null : <p class="problem">{problem}</p>}
      <pre class="yaml">{yaml}</pre>
      <div class="actions">
        {at === undefined ? (
          <button type="button" onClick={() => edit({ began: `${yaml}\n`, typed: `${yaml}\n` })}>
            {text.apply.edit}
          </button>
        ) : null}
        <button type="button" onClick={() => void copyText(yaml, text.copied)}>
          {text.copy}
        </button>
      </div>
      {managedFields === undefined ? null : (
        <details>
          <summary class="small">managedFields</summary>
          <pre class="yaml">{toYaml(managedFields)}</pre>
        </details>
      )}
    </>
  );
}
