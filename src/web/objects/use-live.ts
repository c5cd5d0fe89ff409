// Reads something again whenever it may have changed, one read at a time: what changes while one is under way is read after it.

import { useEffect, useRef, useState } from 'preact/hooks';
import { sentenceOf } from '../state/notices.ts';

export interface Live<T> {
  readonly value: T | undefined;
  readonly problem: string | undefined;
}

/** Wall time between two reads of a cluster whose clock runs. */
const READ_MS = 400;

/** `key` says what is read: another one forgets what came; `changed` says that it may be different now. */
export function useLive<T>(key: string, changed: string, load: () => Promise<T>): Live<T> {
  const [live, setLive] = useState<Live<T> & { readonly key: string }>({ key, value: undefined, problem: undefined });
  const latest = useRef({ key, load });
  latest.current = { key, load };
  const state = useRef({ isBusy: false, isStale: false });
  useEffect(() => {
    const now = state.current;
    now.isStale = true;
    if (now.isBusy) return;
    now.isBusy = true;
    void (async () => {
      while (now.isStale) {
        now.isStale = false;
        const { key: wanted, load: loadNow } = latest.current;
        try {
          const value = await loadNow();
          if (latest.current.key === wanted) setLive({ key: wanted, value, problem: undefined });
        } catch (error) {
          if (latest.current.key === wanted) setLive((before) => ({ key: wanted, value: before.value, problem: sentenceOf(error) }));
        }
        if (now.isStale && latest.current.key === wanted) await new Promise((resolve) => setTimeout(resolve, READ_MS));
      }
      now.isBusy = false;
    })();
  }, [key, changed]);
  return live.key === key ? live : { value: undefined, problem: undefined };
}
