// One cluster: its clock, what is in it, and when it was so.

import { useEffect, useMemo } from 'preact/hooks';
import { useKeys } from '../shell/keys.ts';
import { text } from '../text/text.ts';
import { Timeline } from '../timeline/timeline.tsx';
import { ClockBar } from './clock-bar.tsx';
import { PastBanner } from './past-banner.tsx';
import { Session } from './session.ts';

export function ClusterView({ name }: { readonly name: string }) {
  const session = useMemo(() => new Session(name), [name]);
  useEffect(() => {
    document.title = `${name} · ${text.product}`;
    return session.start();
  }, [session]);
  useKeys({ b: () => session.show(undefined) });
  const refusal = session.refusal.value;
  if (refusal !== undefined) return <Refusal detail={refusal} />;
  return (
    <div class="cluster">
      <h1 class="hidden">{name}</h1>
      {session.isBroken.value ? (
        <p class="banner" role="alert">
          {text.reconnecting}
        </p>
      ) : null}
      <ClockBar session={session} />
      <PastBanner session={session} />
      <Timeline session={session} />
    </div>
  );
}

function Refusal({ detail }: { readonly detail: string }) {
  return (
    <div class="empty">
      <h1>{text.cluster.notShown}</h1>
      <p class="muted">{detail}</p>
      <a class="button" href="#/">
        {text.keys.home}
      </a>
    </div>
  );
}
