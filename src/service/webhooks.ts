// Commands that webhooks have a say in: the engine refuses them until it is told what the webhooks answered, which whoever is given here asks. Meanwhile the
// cluster serves others; if what was asked about has changed by then, it is asked again, as upstream's retries of an update do.

import { answerInside, type Command, type Commit, type WebhookAnswer, type WebhookCall } from '../engine/cluster/index.ts';
import type { ClusterService } from './ports.ts';

/** Asks a webhook; always answers, at the latest when its time is over. */
export type CallWebhook = (call: WebhookCall) => Promise<WebhookAnswer>;

/** Answers for a service that calls nobody. */
export const CALLS_NOBODY: CallWebhook = ({ key }) => Promise.resolve({ key, failure: 'this service calls no webhooks' });

/** How a service asks webhooks about what is read: those of the cluster answer as they are at that instant. */
export function askingOf(service: Pick<ClusterService, 'read'>, call: CallWebhook): ClusterService['ask'] {
  return async (name, asked) =>
    asked.service === undefined ? await call(asked) : service.read(name, (state) => answerInside(state, asked));
}

/** How often one command is tried again with more answers: many webhooks in a row, or a cluster that changes faster than they answer. */
const PASSES_MAX = 100;

/** Gives a command, with the answers of all webhooks that it needs. */
export async function withWebhooks(command: Command, call: CallWebhook, give: (command: Command) => Promise<Commit>): Promise<Commit> {
  const answers: WebhookAnswer[] = [];
  let commit = await give(command);
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const asks = commit.outcome.ok ? undefined : commit.outcome.asks;
    if (asks === undefined) break;
    answers.push(...(await Promise.all(asks.map(call))));
    commit = await give(answered(command, answers));
  }
  return commit;
}

function answered(command: Command, webhooks: readonly WebhookAnswer[]): Command {
  if (command.type === 'manifests') return { ...command, webhooks: [...webhooks] };
  return command.type === 'request' ? { ...command, request: { ...command.request, webhooks: [...webhooks] } } : command;
}
