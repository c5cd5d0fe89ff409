// Something goes wrong: with a node, a pod, a probe, an image or a registry.

import { useState } from 'preact/hooks';
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
import type { ObjectName } from '../timeline/objects.ts';

type FaultType = Schemas['FaultSpec']['type'];
type FieldName = 'node' | 'namespace' | 'pod' | 'container' | 'image' | 'registry' | 'delay' | 'name';

/** What each strikes, and which of it may be left out. */
const FIELDS: Readonly<Record<FaultType, readonly FieldName[]>> = {
  'node-down': ['node'],
  'node-partition': ['node'],
  'node-reboot': ['node'],
  'node-pressure': ['node'],
  'container-kill': ['namespace', 'pod', 'container'],
  'container-oom': ['namespace', 'pod', 'container'],
  'container-hang': ['namespace', 'pod', 'container'],
  'probe-fail': ['namespace', 'pod', 'container'],
  'image-pull-fail': ['image'],
  'registry-down': ['registry'],
  'sandbox-fail': ['node', 'namespace', 'pod'],
  'container-create-fail': ['node', 'namespace', 'pod', 'container'],
  'network-delay': ['node', 'namespace', 'pod', 'delay'],
  'dns-fail': ['node', 'namespace', 'pod', 'name'],
};
const OPTIONAL: ReadonlySet<FieldName> = new Set(['namespace', 'container', 'registry', 'name']);
/** Faults of all pods, or of those that fields name. */
const OF_PODS: ReadonlySet<FaultType> = new Set(['sandbox-fail', 'container-create-fail', 'network-delay', 'dns-fail']);
const isOptional = (type: FaultType, field: FieldName): boolean => OPTIONAL.has(field) || (OF_PODS.has(type) && field !== 'delay');
const EXAMPLES: Readonly<Partial<Record<FieldName, string>>> = { image: 'nginx:1.27', delay: '200ms', name: 'db.shop' };
const TYPES = Object.keys(FIELDS) as FaultType[];

/** A button where there is something to break. */
export function FaultButton({ session, object }: { readonly session: Session; readonly object?: ObjectName }) {
  const [isOpen, setOpen] = useState(false);
  if (object !== undefined && object.resource !== 'pods' && object.resource !== 'nodes') return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {text.faults.add}
      </button>
      {isOpen ? <FaultDialog session={session} object={object} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

interface DialogProps {
  readonly session: Session;
  readonly object: ObjectName | undefined;
  readonly onClose: () => void;
}

/** What strikes a pod: it, its containers, and where its images come from. */
const OF_A_POD: readonly FieldName[] = ['pod', 'image', 'registry'];

function FaultDialog({ session, object, onClose }: DialogProps) {
  const isPod = object?.resource === 'pods';
  const types =
    object === undefined
      ? TYPES
      : TYPES.filter((type) => FIELDS[type].some((field) => (isPod ? OF_A_POD.includes(field) : field === 'node')));
  const choices = useChoices(session, isPod ? object : undefined);
  const [type, setType] = useState<FaultType>(isPod ? 'probe-fail' : 'node-down');
  const [values, setValues] = useState<Readonly<Record<string, string>>>(
    isPod ? { pod: object.name, namespace: object.namespace ?? '' } : { node: object?.name ?? '' },
  );
  const body = bodyOf(type, values);
  const submit = (event: Event) => {
    event.preventDefault();
    void attempt(async () => {
      const params = { path: { cluster: session.name } };
      await dataOf(api.POST('/v1/clusters/{cluster}/faults', { params, body }));
      session.show(undefined);
      session.version.value += 1;
      void session.loadScheduled();
      say(text.faults.added(text.faults.types[type]));
      onClose();
    });
  };
  const held = { values, onInput: (name: string, value: string) => setValues({ ...values, [name]: value }) };
  const choose = (next: FaultType) => {
    setType(next);
    // Of a pod with one image, one container, it is clear what is meant.
    const only = FIELDS[next].flatMap((field) => (values[field] || choices[field]?.length !== 1 ? [] : [[field, choices[field][0]]]));
    setValues({ ...values, ...Object.fromEntries(only) });
  };
  return (
    <Dialog title={text.faults.title} onClose={onClose}>
      <form onSubmit={submit}>
        <label class="field">
          {text.faults.what}
          <select value={type} onChange={(event) => choose(event.currentTarget.value as FaultType)}>
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
        placeholder={example}
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
