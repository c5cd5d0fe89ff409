// Takes a fault back: the cluster is rewound to the moment before the command that brought it.

import { api, dataOf } from '../api/client.ts';
import type { Session } from '../cluster/session.ts';
import { attempt, say } from '../state/notices.ts';
import { go } from '../state/route.ts';
import { text } from '../text/text.ts';

export async function undoFault(session: Session, id: string): Promise<void> {
  const path = { cluster: session.name };
  await attempt(async () => {
    const made = await commandsOf(session.name);
    const number = made[Number(id.replace('fault-', '')) - 1];
    if (number === undefined) throw new Error(text.faults.noUndo);
    const { kept } = await dataOf(api.POST('/v1/clusters/{cluster}/rewind', { params: { path }, body: { to: `#${number - 1}` } }));
    say(text.faults.undone(kept.name), false, { label: text.clusters.open, run: () => go({ cluster: kept.name }) });
    await Promise.all([session.loadClock(), session.loadScheduled()]);
  });
}

/** Numbers of the commands that brought the faults of a cluster, in their order. */
async function commandsOf(cluster: string): Promise<readonly number[]> {
  const numbers: number[] = [];
  let cursor: string | undefined;
  do {
    const query = { limit: COMMANDS_MAX, outcome: 'accepted' as const, ...(cursor === undefined ? {} : { cursor }) };
    const { items, nextCursor } = await dataOf(api.GET('/v1/clusters/{cluster}/commands', { params: { path: { cluster }, query } }));
    for (const { type, number } of items) if (type === 'fault') numbers.push(number);
    cursor = nextCursor;
  } while (cursor !== undefined);
  return numbers;
}

/** In one answer. */
const COMMANDS_MAX = 500;
