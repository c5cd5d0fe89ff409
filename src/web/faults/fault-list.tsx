// The faults of a cluster: those that wait, those that hold, those that are over.

import { useState } from 'preact/hooks';
import { api, dataOf } from '../api/client.ts';
import type { Schemas } from '../api/schemas.ts';
import type { Session } from '../cluster/session.ts';
import { useLive } from '../objects/use-live.ts';
import { attempt } from '../state/notices.ts';
import { route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { sayTime } from '../cluster/session-time.ts';
import { FaultDialog } from './fault-dialog.tsx';
import { undoFault } from './undo.ts';

export function FaultList({ session }: { readonly session: Session }) {
  const { at } = route.value;
  const path = { cluster: session.name };
  const query = at === undefined ? {} : { at };
  const read = async () => (await dataOf(api.GET('/v1/clusters/{cluster}/faults', { params: { path, query } }))).items;
  // A fault that changes nothing yet changes no revision.
  const changed = `${session.version.value} ${session.clock.value?.now ?? ''}`;
  const { value, problem } = useLive(`faults ${session.name} ${at ?? ''}`, changed, read);
  const end = (id: string) =>
    attempt(async () => {
      await dataOf(api.DELETE('/v1/clusters/{cluster}/faults/{id}', { params: { path: { ...path, id } } }));
      await session.loadClock();
    });
  const [isAdding, setAdding] = useState(false);
  return (
    <div class="pad">
      {at === undefined ? (
        <button type="button" onClick={() => setAdding(true)}>
          {text.faults.add}
        </button>
      ) : null}
      {isAdding ? <FaultDialog session={session} onClose={() => setAdding(false)} /> : null}
      {problem === undefined ? null : <p class="problem">{problem}</p>}
      {value?.length === 0 ? <p class="muted">{text.faults.none}</p> : null}
      <ul class="faults">
        {value?.map((fault) => (
          <li key={fault.id}>
            <FaultWords fault={fault} session={session} />
            <div class="actions">
              {fault.state === 'over' || at !== undefined ? null : (
                <button type="button" onClick={() => void end(fault.id)}>
                  {text.faults.end}
                </button>
              )}
              {at === undefined ? (
                <button type="button" title={text.faults.undoHint} onClick={() => void undoFault(session, fault.id)}>
                  {text.faults.undo}
                </button>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}

function FaultWords({ fault, session }: { readonly fault: Schemas['ClusterFault']; readonly session: Session }) {
  const { type, target, state, startsAt, endsAt } = fault;
  const until = endsAt === null ? '' : ` – ${sayTime(session, Date.parse(endsAt))}`;
  return (
    <div>
      <strong>{text.faults.types[type]}</strong> <span class="badge">{text.faults.states[state]}</span>
      <p class="small muted number">
        <bdi>{Object.values(target).join(' · ')}</bdi> · {text.faults.from(sayTime(session, Date.parse(startsAt)))}
        {until}
      </p>
    </div>
  );
}
