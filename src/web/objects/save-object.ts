// Saves an object as somebody wrote it, as `kubectl replace` does: what is not in it any more is gone.

import { BASE } from '../api/base.ts';
import { ApiError, send } from '../api/client.ts';
import type { ServiceProblem } from '../editor/editor.ts';
import type { ObjectName } from '../timeline/objects.ts';
import type { Kind } from './kube-objects.ts';
import { kubernetesPath } from './kubernetes.ts';

interface Refusal {
  readonly message?: string;
  readonly details?: { readonly causes?: readonly { readonly field?: string; readonly message?: string }[] };
}

/** Why an object was not saved; the fields that are wrong, where the cluster names them. */
export class RefusedObject extends ApiError {
  readonly problems: readonly ServiceProblem[];

  constructor({ message = '', details }: Refusal) {
    super(message);
    const causes = (details?.causes ?? []).map(({ field, message: words = message }) => ({ field, message: words }));
    // Fields that no type has are told in the message alone.
    const unknown = [...message.matchAll(/unknown field "([^"]+)"/g)].map(([words, field]) => ({ field, message: words }));
    this.problems = [...causes, ...unknown];
  }
}

/** Fails: RefusedObject, TypeError when nobody answers. */
export async function saveObject(
  cluster: string,
  kind: Kind,
  { namespace, name }: ObjectName,
  yaml: string,
  isDry: boolean,
): Promise<void> {
  const base = await kubernetesPath(cluster, undefined);
  const place = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  const query = new URLSearchParams({ fieldManager: 'orrery-page', fieldValidation: 'Strict', ...(isDry ? { dryRun: 'All' } : {}) });
  const path = `${base}${kind.path}${place}/${kind.resource.split('.')[0]}/${encodeURIComponent(name)}?${query}`;
  const headers = { 'Content-Type': 'application/yaml', Accept: 'application/json' };
  const response = await send(new Request(`${BASE}${path}`, { method: 'PUT', headers, body: yaml }));
  if (!response.ok) throw new RefusedObject((await response.json()) as Refusal);
}
