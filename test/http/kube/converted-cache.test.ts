// What is kept of converted objects is bounded, and what is used stays.

import { describe, expect, it } from 'vitest';
import type { Kind } from '../../../src/engine/kinds/kind.ts';
import { ConvertedCache } from '../../../src/http/kube/converted-cache.ts';
import type { EncodedObject } from '../../../src/engine/apiserver/read/encoded-object.ts';

const item = (uid: string, resourceVersion = '1'): EncodedObject =>
  ({ object: { metadata: { uid, resourceVersion } }, json: 'x'.repeat(10) }) as unknown as EncodedObject;
const [one, other] = [{}, {}] as [Kind, Kind];

describe('O15: converted objects that are kept', () => {
  it('O15 are those of one kind, object and revision', () => {
    const cache = new ConvertedCache();
    cache.set(one, item('a'), item('converted'));
    expect(cache.get(one, item('a'))?.object.metadata.uid).toBe('converted');
    expect([cache.get(one, item('a', '2')), cache.get(one, item('b')), cache.get(other, item('a'))]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('O15 leave when there are too many, the one that was used longest ago first', () => {
    const cache = new ConvertedCache(25);
    for (const uid of ['a', 'b']) cache.set(one, item(uid), item(uid));
    cache.get(one, item('a'));
    cache.set(one, item('c'), item('c'));
    expect(['a', 'b', 'c'].filter((uid) => cache.get(one, item(uid)) !== undefined)).toEqual(['a', 'c']);
    cache.set(one, item('c'), item('c'));
    expect(cache.get(one, item('a'))).toBeDefined();
  });
});
