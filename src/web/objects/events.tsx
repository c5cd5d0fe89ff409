// Event objects about an object, the latest first.

import type { Session } from '../cluster/session.ts';
import { route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatObject, type ObjectName } from '../timeline/objects.ts';
import { sayTime } from '../cluster/session-time.ts';
import type { KubeObject } from './kube-objects.ts';
import { readEvents, timeOfEvent } from './kubernetes.ts';
import { useLive } from './use-live.ts';

export function Events({ session, object }: { readonly session: Session; readonly object: ObjectName }) {
  const { at } = route.value;
  const { value, problem } = useLive(`${formatObject(object)} ${at ?? ''}`, session.revision.value, () =>
    readEvents(session.name, at, object),
  );
  if (value === undefined) return <p class="muted">{problem ?? text.loading}</p>;
  if (value.length === 0) return <p class="muted">{text.inspector.noEvents}</p>;
  return (
    <ol class="events">
      {value.map((event) => (
        <EventLine key={event.metadata.uid} session={session} event={event} />
      ))}
    </ol>
  );
}

function EventLine({ session, event }: { readonly session: Session; readonly event: KubeObject }) {
  const { type, reason, message, count = 1 } = event as unknown as { type: string; reason: string; message: string; count?: number };
  const atMs = Date.parse(timeOfEvent(event));
  return (
    <li class={type === 'Warning' ? 'event warning' : 'event'}>
      <button type="button" class="link number small" title={text.inspector.goTo} onClick={() => session.show(atMs)}>
        {sayTime(session, atMs)}
      </button>
      <p>
        <strong>
          {type === 'Warning' ? <span aria-label={type}>⚠ </span> : null}
          <bdi>{reason}</bdi>
        </strong>
        {count > 1 ? <span class="muted small"> ×{count}</span> : null} <bdi>{message}</bdi>
      </p>
    </li>
  );
}
