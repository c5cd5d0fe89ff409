// Why an object is as it is, in sentences with what proves them, and the chain of causes that led there: each step is a moment to go to.

import type { ComponentChildren } from 'preact';
import { api, dataOf } from '../api/client.ts';
import type { Schemas } from '../api/schemas.ts';
import type { Session } from '../cluster/session.ts';
import { change, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatObject, type ObjectName } from '../timeline/objects.ts';
import { sayTime } from '../cluster/session-time.ts';
import { useLive } from './use-live.ts';

interface Reasons {
  readonly explanation: Schemas['Explanation'];
  readonly causes: Schemas['Causes'] | undefined;
}

interface WhyProps {
  readonly session: Session;
  readonly object: ObjectName;
  /** What stands between the reasons and the causes. */
  readonly children?: ComponentChildren;
}

export function Why({ session, object, children }: WhyProps) {
  const { at } = route.value;
  const key = `${formatObject(object)} ${at ?? ''}`;
  const { value, problem } = useLive(key, session.revision.value, () => readReasons(session.name, object, at));
  if (value === undefined) return <p class="muted">{problem ?? text.loading}</p>;
  const { explanation, causes } = value;
  return (
    <>
      {problem === undefined ? null : <p class="problem">{problem}</p>}
      <ol class="findings">
        {explanation.findings.map((finding) => (
          <Finding key={`${finding.code} ${finding.sentence}`} finding={finding} />
        ))}
      </ol>
      {children}
      {causes === undefined ? null : <CauseChain session={session} causes={causes} />}
    </>
  );
}

async function readReasons(cluster: string, { resource, namespace, name }: ObjectName, at: string | undefined): Promise<Reasons> {
  const query = { resource, name, ...(namespace === undefined ? {} : { namespace }), ...(at === undefined ? {} : { at }) };
  const explanation = await dataOf(api.GET('/v1/clusters/{cluster}/explain', { params: { path: { cluster }, query } }));
  const path = { cluster, revision: Number(explanation.resourceVersion) };
  const { data: causes } = await api.GET('/v1/clusters/{cluster}/changes/{revision}/causes', { params: { path } });
  return { explanation, causes };
}

function Finding({ finding: { code, sentence, because, wouldChange, documentation } }: { readonly finding: Schemas['Finding'] }) {
  return (
    <li class={code === 'healthy' ? 'finding healthy' : 'finding'}>
      <p class="sentence">
        <bdi>{sentence}</bdi>
      </p>
      {wouldChange === undefined ? null : (
        <p class="small">
          <strong>{text.inspector.wouldChange}</strong> <bdi>{wouldChange}</bdi>
        </p>
      )}
      {because.length === 0 ? null : (
        <details>
          <summary class="small">{text.inspector.because}</summary>
          <ul class="proofs small">
            {because.map((proof) => (
              <li key={`${proof.resource} ${proof.name} ${proof.field}`}>
                <Proof proof={proof} />
              </li>
            ))}
          </ul>
        </details>
      )}
      <a class="small" href={documentation} target="_blank" rel="noreferrer">
        {text.inspector.documentation}
      </a>
    </li>
  );
}

function Proof({ proof: { resource, namespace, name, field, value } }: { readonly proof: Schemas['ObjectReference'] }) {
  return (
    <>
      <button type="button" class="link" onClick={() => change({ object: formatObject({ resource, namespace, name }) })}>
        <bdi>
          {resource}/{name}
        </bdi>
      </button>
      {field === undefined ? null : <code> {field}</code>}
      {value === undefined ? null : (
        <q>
          <bdi>{value}</bdi>
        </q>
      )}
    </>
  );
}

function CauseChain({ session, causes: { causes, isWhole } }: { readonly session: Session; readonly causes: Schemas['Causes'] }) {
  const follow = (cause: Schemas['Cause']) => {
    const { object } = cause;
    session.show(Date.parse(cause.time));
    if (object !== undefined) change({ object: formatObject({ ...object, namespace: object.namespace }) });
  };
  return (
    <section class="causes">
      <h3>{text.inspector.causes}</h3>
      <ol>
        {causes.map((cause, index) => (
          <li key={`${index} ${cause.sentence}`} class={`cause by-${cause.kind}`}>
            <button type="button" class="link" title={text.inspector.goTo} onClick={() => follow(cause)}>
              <span class="number muted">{sayTime(session, Date.parse(cause.time))}</span> <bdi>{cause.sentence}</bdi>
            </button>
          </li>
        ))}
      </ol>
      {isWhole ? null : <p class="muted small">{text.inspector.notWhole}</p>}
    </section>
  );
}
