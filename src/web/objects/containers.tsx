// The containers of a pod, with the images that they are made from: each can be broken.

import type { Session } from '../cluster/session.ts';
import { FaultButton, openFaultMenu } from '../faults/fault-menu.tsx';
import { targetOfContainer, targetOfImage } from '../faults/fault-types.ts';
import { route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatObject, type ObjectName, rowIdOf } from '../timeline/objects.ts';
import { stateClass, stateName } from '../timeline/states.ts';
import type { Kind, KubeObject } from './kube-objects.ts';
import { readObject } from './kubernetes.ts';
import { useLive } from './use-live.ts';

interface Container {
  readonly name: string;
  readonly image: string;
  readonly restartCount: number;
}

interface ContainersProps {
  readonly session: Session;
  readonly object: ObjectName;
  readonly kind: Kind;
}

export function Containers({ session, object, kind }: ContainersProps) {
  const { at } = route.value;
  const key = `${formatObject(object)} ${at ?? ''}`;
  const { value = [] } = useLive(key, session.revision.value, async () => containersOf(await readObject(session.name, at, kind, object)));
  if (value.length === 0) return null;
  const rows = session.timeline.children.get(rowIdOf(formatObject(object)) ?? '') ?? [];
  return (
    <section class="containers">
      <h3>{text.inspector.containers}</h3>
      <ul>
        {value.map(({ name, image, restartCount }) => {
          const row = rows.find((one) => one.name === name);
          const span = row === undefined ? undefined : session.timeline.stateAt(row, session.shownMs.value ?? 0);
          return (
            <li key={name}>
              <div>
                <strong>
                  <bdi>{name}</bdi>
                </strong>{' '}
                {span === undefined ? null : (
                  <span class="small">
                    <span class={`swatch ${stateClass(span.state)}`} /> {stateName(span.state)}
                  </span>
                )}{' '}
                {restartCount === 0 ? null : <span class="muted small">{text.inspector.restarts(restartCount)}</span>}
                <br />
                <button
                  type="button"
                  class="link small"
                  aria-haspopup="menu"
                  title={text.faults.image}
                  onClick={(event) => openFaultMenu(session, targetOfImage(image), event)}
                  onContextMenu={(event) => openFaultMenu(session, targetOfImage(image), event)}
                >
                  <bdi>{image}</bdi>
                </button>
              </div>
              <FaultButton session={session} target={targetOfContainer(object, name)} label={text.faults.addTo(name)} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function containersOf({ spec, status }: KubeObject): readonly Container[] {
  const { initContainers = [], containers = [] } = spec as { readonly [list: string]: readonly Container[] };
  const { initContainerStatuses = [], containerStatuses = [] } = (status ?? {}) as { readonly [list: string]: readonly Container[] };
  const statuses = [...initContainerStatuses, ...containerStatuses];
  return [...initContainers, ...containers].map(({ name, image }) => ({
    name,
    image,
    restartCount: statuses.find((one) => one.name === name)?.restartCount ?? 0,
  }));
}
