// Who waits without a connection is known by what it asks again and again.

import { describe, expect, it } from 'vitest';
import { Waiters } from '../../src/service/waiting/waiters.ts';

describe('those who ask again', () => {
  it('wait when they were answered the same twice, and no longer when there is news', () => {
    const { polls } = new Waiters();
    const waits = ['a', 'a', 'a', 'a', 'b', 'b'].map((finding) => {
      const isWaiting = polls.isWaiting('GET /pods', finding);
      polls.answer('GET /pods', finding, false);
      return isWaiting;
    });
    expect(waits).toEqual([false, false, true, true, false, true]);
  });

  it('wait at once where nobody asks but to ask again', () => {
    const { polls } = new Waiters();
    polls.answer('GET /pods/p', 'a', true);
    expect([polls.isWaiting('GET /pods/p', 'a'), polls.isWaiting('GET /pods/p', 'b'), polls.isWaiting('GET /pods/q', 'a')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('wait for one cluster', () => {
    const [one, other] = [new Waiters(), new Waiters()];
    one.polls.answer('GET /pods/p', 'a', true);
    expect([one.polls.isWaiting('GET /pods/p', 'a'), other.polls.isWaiting('GET /pods/p', 'a')]).toEqual([true, false]);
  });

  it('turn the clock one after the other, also behind one that failed', async () => {
    const { polls } = new Waiters();
    const seen: string[] = [];
    const turn = (name: string) => async (): Promise<void> => {
      seen.push(`${name} begins`);
      await Promise.resolve();
      seen.push(`${name} ends`);
      if (name === 'a') throw new Error('busy');
    };
    const turns = await Promise.allSettled(['a', 'b'].map((name) => polls.inTurn(turn(name))));
    expect([turns.map(({ status }) => status), seen]).toEqual([
      ['rejected', 'fulfilled'],
      ['a begins', 'a ends', 'b begins', 'b ends'],
    ]);
  });
});
