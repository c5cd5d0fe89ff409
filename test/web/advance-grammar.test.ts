// What may be typed to turn the clock.

import { expect, it } from 'vitest';
import { parseAdvance } from '../../src/web/cluster/advance-grammar.ts';

it.each([
  ['90s', { by: '90s' }],
  ['+ 1h 30m', { by: '1h30m' }],
  ['10 s', { by: '10s' }],
  ['2025-01-01T01:00:00Z', { to: '2025-01-01T01:00:00Z' }],
  ['10 steps', { steps: 10 }],
  ['1 change', { steps: 1 }],
  ['idle', { until: 'idle' }],
  ['until idle --timeout 1h', { until: 'idle', timeout: '1h' }],
  ['condition=Ready', { until: { for: 'condition=Ready' } }],
  ['--for=condition=Ready pods/web', { until: { for: 'condition=Ready', resource: 'pods', name: 'web' } }],
  [
    'until condition=Ready pods -l app=web -n shop --timeout=5m',
    { until: { for: 'condition=Ready', resource: 'pods', selector: 'app=web', namespace: 'shop' }, timeout: '5m' },
  ],
  ["jsonpath='{.status.phase}'=Running pods/web", { until: { for: "jsonpath='{.status.phase}'=Running", resource: 'pods', name: 'web' } }],
  ['{"by": 90}', { by: 90 }],
  ['soon', undefined],
  ['10', undefined],
  ['{"by"', undefined],
  ['condition=Ready pods web', undefined],
  ['condition=Ready pods -n', undefined],
])('%s', (typed, expected) => {
  expect(parseAdvance(typed)).toEqual(expected);
});
