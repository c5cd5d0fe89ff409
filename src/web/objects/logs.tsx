// What a container of a pod wrote, up to the moment that is shown.

import { useState } from 'preact/hooks';
import { ApiError, read } from '../api/client.ts';
import { kubectlOf, quote } from '../api/curl.ts';
import type { Session } from '../cluster/session.ts';
import { Command } from '../shell/command-strip.tsx';
import { route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatObject, type ObjectName, rowIdOf } from '../timeline/objects.ts';
import { ContainerChoice } from './container-choice.tsx';
import { kubernetesPath } from './kubernetes.ts';
import { useLive } from './use-live.ts';

/** Lines that are shown; kubectl has the others. */
const LINES_MAX = 1000;

export function Logs({ session, object }: { readonly session: Session; readonly object: ObjectName }) {
  const { at } = route.value;
  void session.version.value;
  const names = containersOf(session, object);
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const container = names.find((name) => name === chosen) ?? names[0];
  const key = `${formatObject(object)} ${container ?? ''} ${at ?? ''}`;
  // What is written changes no object.
  const changed = `${session.revision.value} ${session.nowMs.value ?? ''}`;
  const { value, problem } = useLive(key, changed, () => readLog(session.name, at, object, container));
  const place = `-n ${quote(object.namespace ?? 'default')}`;
  return (
    <>
      <ContainerChoice names={names} chosen={container} onChoose={setChosen} />
      <Command
        command={kubectlOf(
          session.name,
          at,
          `logs ${quote(object.name)} ${place}${container === undefined ? '' : ` -c ${quote(container)}`}`,
        )}
      />
      {problem === undefined ? null : <p class="muted">{problem}</p>}
      {value === undefined ? null : value === '' ? <p class="muted">{text.inspector.noLogs}</p> : <pre class="yaml">{value}</pre>}
    </>
  );
}

/** The containers of a pod, as the timeline knows them. */
export function containersOf({ timeline }: Session, object: ObjectName): readonly string[] {
  return (timeline.children.get(rowIdOf(formatObject(object)) ?? '') ?? []).map(({ name }) => name);
}

async function readLog(
  cluster: string,
  at: string | undefined,
  { namespace, name }: ObjectName,
  container: string | undefined,
): Promise<string> {
  const base = await kubernetesPath(cluster, at);
  const query = new URLSearchParams({ tailLines: String(LINES_MAX), ...(container === undefined ? {} : { container }) });
  const response = await read(
    `${base}/api/v1/namespaces/${encodeURIComponent(namespace ?? 'default')}/pods/${encodeURIComponent(name)}/log?${query}`,
    '*/*',
  );
  const body = await response.text();
  if (response.ok) return body;
  throw new ApiError((JSON.parse(body) as { message?: string }).message ?? response.statusText);
}
