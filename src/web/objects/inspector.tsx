// One object: why it is as it is, what happened to it, and how it is written.

import { useKeys } from '../shell/keys.ts';
import { change, route } from '../state/route.ts';
import { TerminalTab } from '../terminal/terminal-tab.tsx';
import { text } from '../text/text.ts';
import { formatObject, parseObject } from '../timeline/objects.ts';
import type { Session } from '../cluster/session.ts';
import { FaultButton, openFaultMenu } from '../faults/fault-menu.tsx';
import { targetOfObject } from '../faults/fault-types.ts';
import { HistoryTab } from '../history/history-tab.tsx';
import { Containers } from './containers.tsx';
import { Events } from './events.tsx';
import type { Kind } from './kube-objects.ts';
import { Logs } from './logs.tsx';
import { Manifest } from './manifest.tsx';
import { Why } from './why.tsx';

const TABS = ['why', 'history', 'events', 'logs', 'terminal', 'yaml'] as const;

export function Inspector({ session, kinds }: { readonly session: Session; readonly kinds: readonly Kind[] }) {
  const object = parseObject(route.value.object);
  const close = () => change({ object: undefined });
  const target = object === undefined ? undefined : targetOfObject(object);
  useKeys({ x: close, ...(target === undefined ? {} : { f: (event: Event) => openFaultMenu(session, target, event) }) });
  if (object === undefined) return null;
  const kind = kinds.find(({ resource }) => resource === object.resource);
  const tabs = TABS.filter((one) => (one !== 'logs' && one !== 'terminal') || object.resource === 'pods');
  const shown = tabs.find((one) => one === route.value.tab) ?? 'why';
  return (
    <aside class="panel inspector" aria-label={text.inspector.title}>
      <header class="panel-head">
        <div class="object-name">
          <span class="muted small">
            {kind?.kind ?? object.resource}
            {object.namespace === undefined ? '' : ` · ${object.namespace}`}
          </span>
          <h2>
            <bdi>{object.name}</bdi>
          </h2>
        </div>
        {target === undefined ? null : <FaultButton session={session} target={target} />}
        <button type="button" class="quiet" aria-label={text.keys.closeInspector} onClick={close}>
          ×
        </button>
      </header>
      <div class="tabs" role="group" aria-label={text.inspector.title}>
        {tabs.map((tab) => (
          <button key={tab} type="button" aria-pressed={tab === shown} onClick={() => change({ tab })}>
            {text.inspector[tab]}
          </button>
        ))}
      </div>
      <div class="inspector-body" tabIndex={0} role="region" aria-label={text.inspector[shown]}>
        {shown === 'why' ? (
          <Why session={session} object={object}>
            {object.resource === 'pods' && kind !== undefined ? <Containers session={session} object={object} kind={kind} /> : null}
          </Why>
        ) : null}
        {shown === 'history' && kind !== undefined ? <HistoryTab session={session} object={object} kind={kind} /> : null}
        {shown === 'events' ? <Events session={session} object={object} /> : null}
        {shown === 'logs' ? <Logs session={session} object={object} /> : null}
        {shown === 'terminal' ? <TerminalTab session={session} object={object} /> : null}
        {shown === 'yaml' && kind !== undefined ? (
          <Manifest key={formatObject(object)} session={session} object={object} kind={kind} kinds={kinds} />
        ) : null}
      </div>
    </aside>
  );
}
