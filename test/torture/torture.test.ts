// A share of the torture run that fits into every run of the tests; `npm run torture` is the whole.

import { expect, it } from 'vitest';
import { damageAgainAndAgain } from './damage.ts';
import { killDuringHistory } from './history-kills.ts';
import { killAgainAndAgain } from './kills.ts';

// Each has services of its own, which wait more than they work.
it.concurrent('nothing acknowledged is lost through kills under load', async () => {
  const { kills, acknowledged, wrong } = await killAgainAndAgain(6, 11);
  expect(wrong).toEqual([]);
  expect(kills).toBe(6);
  expect(acknowledged).toBeGreaterThan(30);
}, 240_000);

it.concurrent('forks and rewinds are done or not done, whenever the service is killed', async () => {
  const { kills, forks, rewinds, wrong } = await killDuringHistory(6, 11);
  expect(wrong).toEqual([]);
  expect(kills).toBe(6);
  expect(Math.min(forks, rewinds)).toBeGreaterThanOrEqual(6);
}, 240_000);

it.concurrent('damage is said, and never silently wrong', async () => {
  const { damages, wrong } = await damageAgainAndAgain(7, 11);
  expect(wrong).toEqual([]);
  expect(damages).toBe(7);
}, 240_000);
