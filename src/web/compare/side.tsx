// One side of a comparison: which cluster, at which moment, and its timeline.

import type { Signal } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { api, dataOf } from '../api/client.ts';
import type { Session } from '../cluster/session.ts';
import { sayTime } from '../cluster/session-time.ts';
import { attempt } from '../state/notices.ts';
import { text } from '../text/text.ts';
import { formatInstant, formatTime } from '../text/time.ts';
import type { Folds } from '../timeline/layout.ts';
import { Timeline } from '../timeline/timeline.tsx';
import type { TimeView } from '../timeline/view-range.ts';

interface SideProps {
  readonly session: Session;
  readonly view: TimeView;
  readonly folds: Signal<Folds>;
  readonly label: string;
  readonly onChoose: (cluster: string) => void;
}

export function Side({ session, view, folds, label, onChoose }: SideProps) {
  const names = useClusterNames(session.name);
  const refusal = session.refusal.value;
  return (
    <section class="side" aria-label={label}>
      <header class="side-head">
        <label>
          <span class="hidden">{text.compare.cluster}</span>
          <select value={session.name} onChange={(event) => onChoose(event.currentTarget.value)}>
            {names.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <Moment session={session} />
      </header>
      {session.isBroken.value ? (
        <p class="banner" role="alert">
          {text.reconnecting}
        </p>
      ) : null}
      {refusal === undefined ? (
        <Timeline session={session} view={view} folds={folds} label={`${text.timeline.title}: ${label}`} />
      ) : (
        <p class="problem">{refusal}</p>
      )}
    </section>
  );
}

/** The moment of a side: dragged on its timeline, or typed. */
function Moment({ session }: { readonly session: Session }) {
  const { pastMs } = session;
  const [isWrong, setWrong] = useState(false);
  const shownMs = session.shownMs.value;
  const submit = (event: Event) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget as HTMLFormElement).get('moment') ?? '').trim();
    const atMs = Date.parse(typed);
    setWrong(typed !== '' && Number.isNaN(atMs));
    if (typed === '') session.show(undefined);
    else if (!Number.isNaN(atMs)) session.show(atMs);
  };
  return (
    <form class="moment-form" onSubmit={submit}>
      <strong class={pastMs.value === undefined ? 'number' : 'number past-time'}>
        {shownMs === undefined ? '' : sayTime(session, shownMs)} {pastMs.value === undefined ? `(${text.timeline.present})` : ''}
      </strong>
      <input
        key={pastMs.value}
        name="moment"
        class="number"
        aria-label={text.compare.moment}
        aria-invalid={isWrong}
        title={text.compare.momentHint}
        placeholder={shownMs === undefined ? '' : formatTime(formatInstant(shownMs))}
        defaultValue={pastMs.value === undefined ? '' : formatInstant(pastMs.value)}
      />
      <button type="submit">{text.compare.goTo}</button>
      <button type="button" disabled={pastMs.value === undefined} onClick={() => session.show(undefined)}>
        {text.compare.present}
      </button>
    </form>
  );
}

/** All clusters; the one that is shown first, until they are known. */
function useClusterNames(shown: string): readonly string[] {
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    void attempt(async () => setNames((await dataOf(api.GET('/v1/clusters'))).items.map(({ name }) => name)));
  }, []);
  return names.includes(shown) ? names : [shown, ...names];
}
