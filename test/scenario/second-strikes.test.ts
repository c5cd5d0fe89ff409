// Pairs of strikes: what is struck again first, when there is no time for all.

import { expect, it } from 'vitest';
import { explore, type ExploreOptions, runUndisturbed, type Trial } from '../../src/scenario/explore.ts';
import { strikeText } from '../../src/scenario/strikes.ts';
import { scenarioOf } from './files.ts';

const SHOP = (always: string) => `cluster: {nodes: 2}
manifests:
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    replicas: 2
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers: [{name: web, image: 'nginx:1.27'}]
steps: [{wait: {for: condition=Available, on: deployment/web}}, {mark: steady}]
always: [{${always}, from: steady}]
explore: {from: steady}
`;

/** The first strikes of the pairs that were made before the time was over. */
async function struckAgain(always: string): Promise<string[]> {
  const scenario = await scenarioOf(SHOP(always));
  const trials: Trial[] = [];
  const pairs = (): Trial[] => trials.filter(({ struck }) => struck.length === 2);
  const options: ExploreOptions = {
    types: ['container-kill', 'node-down'],
    forMs: 400_000,
    lastsMs: null,
    depth: 2,
    share: { index: 0, count: 1 },
    isSpent: () => pairs().length >= 3,
  };
  explore(scenario, runUndisturbed(scenario, options.forMs), options, (trial) => trials.push(trial));
  expect(trials.filter(({ struck }) => struck.length === 1)).toHaveLength(4);
  expect(pairs()).toHaveLength(3);
  return [...new Set(pairs().map(({ struck: [first] }) => (first === undefined ? '' : (strikeText(first.strike).split(' ')[0] ?? ''))))];
}

it('what was nearest to failing is struck again first', async () => {
  expect(await struckAgain(`cel: 'pods.size() < 100'`)).toEqual(['node-down']);
});

it('what has failed already tells nothing when more strikes it', async () => {
  // Only a node that is dark takes a pod away.
  expect(await struckAgain(`cel: 'pods.all(p, !has(p.metadata.deletionTimestamp))'`)).toEqual(['container-kill']);
});
