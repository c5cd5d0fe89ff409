// What a run keeps for later: its commands, from which its cluster is made again, and what held.

import { existsSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createCluster, execute } from '../../src/engine/cluster/index.ts';
import { heldInAll } from '../../src/scenario/failures.ts';
import { recordScenario, runScenario } from '../../src/scenario/run-scenario.ts';
import type { Scenario } from '../../src/scenario/scenario.ts';
import { exampleOf, scenarioOf } from './files.ts';

const EXAMPLES = readdirSync(new URL('../../examples', import.meta.url), { withFileTypes: true })
  .map(({ name }) => name)
  .filter((name) => existsSync(new URL(`../../examples/${name}/scenario.yaml`, import.meta.url)));

const POD = `manifests: {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: busybox, command: [sleep, '600']}]}}\n`;
const EVERYTHING = `${POD}steps:
  - {wait: {for: condition=Ready, on: pod/web}}
  - {label: {on: pod/web, labels: {tier: front}}}
  - {patch: {on: pod/web, merge: {metadata: {annotations: {a: b}}}}}
  - {label: {on: pod/none, labels: {a: b}}, rejected: not found}
  - {exec: {on: pod/web, command: [sh, -c, 'sleep 2; echo ok'], contains: ok}}
  - {image: {reference: 'nginx:1.27', behavior: {startup: 40s}}}
  - {fault: {type: node-down, node: node-1, as: dark}}
  - {advance: 90s}
  - {end-fault: dark}
  - {fault: {type: node-down, node: node-2, after: 10s, for: 20s}}
  - {advance: 5m}
  - {drain: node-3}
  - {advance: 90500ms}
`;

/** Plays what was taped. */
function playedDigests(scenario: Scenario, { tape }: ReturnType<typeof recordScenario>): readonly string[] {
  const { state } = createCluster(scenario.config);
  return tape.commands.map(({ command }) => execute(state, command).digest);
}

describe('a tape', () => {
  it.each([...EXAMPLES.map((name) => [name, exampleOf(name)] as const), ['everything that steps do', scenarioOf(EVERYTHING)] as const])(
    'makes the cluster of %s again, to the byte',
    async (_, loading) => {
      const scenario = await loading;
      const recorded = recordScenario(scenario);
      expect(recorded.tape.commands.length).toBeGreaterThan(1);
      expect(playedDigests(scenario, recorded)).toEqual(recorded.tape.commands.map(({ digest }) => digest));
      expect(recorded.tape.commands.at(-1)?.digest).toBe(recorded.result.digest);
      expect(recorded.result.digest).toBe(runScenario(scenario).digest);
    },
  );
});

describe('what held', () => {
  const held = async (text: string) => {
    const { held: all, startMs } = runScenario(await scenarioOf(text));
    return all.map(({ kind, expected, fromMs, toMs, place }) => `${kind} ${expected} ${fromMs - startMs} ${toMs - startMs} ${place.line}`);
  };
  const STEPS = `steps: [{expect: {ready: pod/web, equals: 1}, within: 1m}, {mark: ready}, {advance: 10s}, {expect: {phase: pod/web, equals: Running}}]\n`;

  it('is told with the time in which it counted', async () => {
    const lasting = 'always: [{restarts: pod/web}, {ready: pod/web, equals: 1, from: ready}]\n';
    const [first, second, third, ...rest] = await held(
      `${POD}${STEPS}${lasting}eventually: [{phase: pod/web, equals: Running, from: ready, within: 1m}]\n`,
    );
    const readyMs = Number(first?.split(' ').at(-2));
    expect(readyMs).toBeGreaterThan(500);
    expect(first).toBe(`step ready("pod/web") == 1 0 ${readyMs} 5`);
    expect(second).toBe(`step phase("pod/web") == "Running" ${readyMs + 10_000} ${readyMs + 10_000} 5`);
    expect(third).toBe(`eventually phase("pod/web") == "Running" ${readyMs} ${readyMs + 60_000} 7`);
    expect(rest).toEqual([
      `always restarts("pod/web") == 0 0 ${readyMs + 60_000} 6`,
      `always ready("pod/web") == 1 ${readyMs} ${readyMs + 60_000} 6`,
    ]);
  });

  it('is not what did not, nor what never counted', async () => {
    const text = `${POD}steps: [{expect: {ready: pod/web, equals: 1}}, {mark: late}]\nalways: [{ready: pod/web, equals: 1}, {restarts: pod/web, from: late}]\n`;
    expect(await held(text)).toEqual([]);
  });

  it('of an exploration is what no trial broke', async () => {
    const scenario = await scenarioOf(
      `${POD}always: [{restarts: pod/web}, {ready: pod/web, equals: 1}]\neventually: [{phase: pod/web, equals: Running, within: 1m}]\n`,
    );
    const broken = [{ violations: [{ kind: 'always', expected: 'ready("pod/web") == 1' }] }] as never;
    expect(heldInAll(scenario, broken).map(({ kind, expected }) => `${kind} ${expected}`)).toEqual([
      'always restarts("pod/web") == 0',
      'eventually phase("pod/web") == "Running"',
    ]);
  });
});
