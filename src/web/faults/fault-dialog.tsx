// Something goes wrong: with a node, a pod, a probe, an image or a registry.

import { useEffect, useState } from 'preact/hooks';
import { BASE } from '../api/base.ts';
import { api, dataOf } from '../api/client.ts';
import { curlOf } from '../api/curl.ts';
import type { Schemas } from '../api/schemas.ts';
import type { Session } from '../cluster/session.ts';
import { Command } from '../shell/command-strip.tsx';
import { Dialog } from '../shell/dialog.tsx';
import { attempt, say } from '../state/notices.ts';
import { text } from '../text/text.ts';
import { useChoices } from './fault-choices.ts';
import { type FaultTarget, type FaultType, type FieldName, FIELDS, isOptional, podOf, typesOf } from './fault-types.ts';
import { undoFault } from './undo.ts';

const EXAMPLES: Readonly<Partial<Record<FieldName, string>>> = { image: 'nginx:1.27', delay: '200ms', name: 'db.shop' };

interface DialogProps {
  readonly session: Session;
  /** Absent: whatever the cluster has. */
  readonly target?: FaultTarget;
  /** What was chosen already. */
  readonly type?: FaultType;
  readonly onClose: () => void;
}

export function FaultDialog({ session, target, type: first, onClose }: DialogProps) {
  const types = typesOf(target);
  const choices = useChoices(session, target === undefined ? undefined : podOf(target));
  const [type, setType] = useState<FaultType>(first ?? types[0] ?? 'node-down');
  const [values, setValues] = useState<Readonly<Record<string, string>>>(target?.values ?? {});
  const body = bodyOf(type, values);
  const submit = (event: Event) => {
    event.preventDefault();
    void attempt(async () => {
      const params = { path: { cluster: session.name } };
      const { id } = await dataOf(api.POST('/v1/clusters/{cluster}/faults', { params, body }));
      session.show(undefined);
      session.version.value += 1;
      void session.loadScheduled();
      onClose();
      say(text.faults.added(text.faults.types[type]), false, { label: text.faults.undo, run: () => void undoFault(session, id) });
    });
  };
  const held = { values, onInput: (name: string, value: string) => setValues({ ...values, [name]: value }) };
  useEffect(() => {
    // Of a pod with one image, one container, it is clear what is meant.
    const only = FIELDS[type].flatMap((field) => (values[field] || choices[field]?.length !== 1 ? [] : [[field, choices[field][0]]]));
    if (only.length > 0 && target !== undefined) setValues({ ...values, ...Object.fromEntries(only) });
  }, [type, choices]);
  return (
    <Dialog title={text.faults.title} onClose={onClose}>
      <form onSubmit={submit}>
        <label class="field">
          {text.faults.what}
          <select value={type} onChange={(event) => setType(event.currentTarget.value as FaultType)}>
            {types.map((one) => (
              <option key={one} value={one}>
                {text.faults.types[one]}
              </option>
            ))}
          </select>
        </label>
        {FIELDS[type].map((field) => (
          <Field
            key={field}
            name={field}
            label={text.faults.fields[field]}
            isRequired={!isOptional(type, field)}
            example={EXAMPLES[field]}
            choices={choices[field]}
            {...held}
          />
        ))}
        <div class="pair">
          <Field name="after" label={text.faults.after} example="30s" {...held} />
          <Field name="for" label={text.faults.for} example="5m" {...held} />
        </div>
        <Command command={curlOf({ method: 'POST', url: `${BASE}/v1/clusters/${session.name}/faults`, body: JSON.stringify(body) })} />
        <div class="actions">
          <button type="submit" class="primary">
            {text.faults.submit}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly isRequired?: boolean;
  readonly example?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  readonly values: Readonly<Record<string, string>>;
  readonly onInput: (name: string, value: string) => void;
}

/** A field with what the cluster has to choose from; anything else may be written all the same. */
function Field({ name, label, isRequired = false, example = '', choices = [], values, onInput }: FieldProps) {
  return (
    <label class="field">
      {label}
      <input
        value={values[name] ?? ''}
        required={isRequired}
        placeholder={example === '' ? choices.slice(0, 3).join(', ') : example}
        list={`fault-${name}`}
        onInput={(event) => onInput(name, event.currentTarget.value)}
      />
      <datalist id={`fault-${name}`}>
        {choices.map((choice) => (
          <option key={choice} value={choice} />
        ))}
      </datalist>
    </label>
  );
}

/** The service says what is wrong with it, if anything. */
function bodyOf(type: FaultType, values: Readonly<Record<string, string>>): Schemas['FaultSpec'] {
  const given = (names: readonly string[]) => Object.fromEntries(names.flatMap((name) => (values[name] ? [[name, values[name]]] : [])));
  return { type, target: given(FIELDS[type]), ...given(['after', 'for']) } as Schemas['FaultSpec'];
}
