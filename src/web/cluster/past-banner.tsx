// Says that the page shows a moment of the past, and what can be done there.

import { api, dataOf } from '../api/client.ts';
import { attempt, say } from '../state/notices.ts';
import { change, go, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatTime } from '../text/time.ts';
import { sayTime } from './session-time.ts';
import type { Session } from './session.ts';

export function PastBanner({ session }: { readonly session: Session }) {
  const { pastMs } = session;
  if (pastMs.value === undefined) return null;
  const time = new Date(pastMs.value).toISOString();
  const fork = () =>
    attempt(async () => {
      const params = { path: { cluster: session.name } };
      const made = await dataOf(api.POST('/v1/clusters/{cluster}/forks', { params, body: { at: route.value.at ?? time } }));
      go({ cluster: made.name, object: route.value.object });
      const compare = { label: text.clusters.compare(session.name), run: () => go({ cluster: session.name, with: made.name }) };
      say(text.clusters.forked(made.name), false, compare);
    });
  return (
    <p class="past-banner">
      <strong class="number">
        {text.past.shown(sayTime(session, pastMs.value))} <span class="small">({formatTime(time)})</span>
      </strong>
      <button type="button" onClick={() => void fork()}>
        {text.past.fork}
      </button>
      <button type="button" onClick={() => change({ with: session.name, resource: undefined })}>
        {text.past.compare}
      </button>
      <button type="button" onClick={() => session.show(undefined)}>
        {text.past.back}
      </button>
    </p>
  );
}
