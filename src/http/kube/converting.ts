// Objects of custom resources that a webhook converts, in the version that was asked for. Rule: O15.
// Upstream: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, apiserver/pkg/storage/cacher (v1.33): a get asks anew, lists and watches are
// served by a cache of what was converted.

import { internalError, fail, ok, type Result } from '../../engine/apimachinery/status.ts';
import { type EncodedObject, encodedObject } from '../../engine/apiserver/read/encoded-object.ts';
import { asksOf, readCustom, type WebhookAnswer } from '../../engine/cluster/index.ts';
import type { Kind } from '../../engine/kinds/kind.ts';
import type { ClusterService } from '../../service/ports.ts';
import { ConvertedCache } from './converted-cache.ts';

/** Objects that a webhook is asked about at a time. */
const AT_A_TIME = 64;

const cache = new ConvertedCache();

export interface Converting {
  readonly service: ClusterService;
  readonly cluster: string;
}

/** Whether the stored objects of a kind must be converted before they are shown. */
export function isConverted(kind: Kind): boolean {
  return kind.structure?.webhook !== undefined;
}

/** Stored objects as a version has them. Fails: as the first does. */
export async function convertAll(
  context: Converting,
  kind: Kind,
  items: readonly EncodedObject[],
): Promise<Result<readonly EncodedObject[]>> {
  const shown: EncodedObject[] = [];
  for (let first = 0; first < items.length; first += AT_A_TIME) {
    const some = items.slice(first, first + AT_A_TIME);
    for (const converted of await Promise.all(some.map((item) => cache.get(kind, item) ?? convertAnew(context, kind, item)))) {
      if ('json' in converted) shown.push(converted);
      else if (converted.ok) shown.push(converted.value);
      else return converted;
    }
  }
  return ok(shown);
}

/** A stored object as a version has it. Fails: 500 without reason, in the words of the webhook or about it. */
export async function convertAnew(context: Converting, kind: Kind, item: EncodedObject): Promise<Result<EncodedObject>> {
  const { service, cluster } = context;
  const read = (answers: readonly WebhookAnswer[]) => service.read(cluster, (state) => readCustom(state, kind, item.object, answers));
  const first = read([]);
  const asks = first.ok ? undefined : asksOf(first.status);
  const result = asks === undefined ? first : read(await Promise.all(asks.map((call) => service.ask(cluster, call))));
  if (!result.ok) return asksOf(result.status) === undefined ? result : fail(internalError('the webhook was asked about another object'));
  const converted = result.value === item.object ? item : encodedObject(result.value);
  cache.set(kind, item, converted);
  return ok(converted);
}
