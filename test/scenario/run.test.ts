// Scenario files: what they may say, how they run, and the words for what is wrong.

import { XMLParser } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { jsonOf, junitOf, textOf } from '../../src/scenario/report.ts';
import { runScenario } from '../../src/scenario/run-scenario.ts';
import { loadScenario } from '../../src/scenario/scenario.ts';
import { scenarioJsonSchema } from '../../src/scenario/schema.ts';
import { variantsOf } from '../../src/scenario/variants.ts';
import { HEAD, scenarioOf, textFiles } from './files.ts';

const WEB = `manifests:
  apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web}
  spec:
    replicas: 2
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec:
        containers:
          - {name: web, image: nginx:1.27, ports: [{containerPort: 80}], readinessProbe: {httpGet: {path: /, port: 80}}}
`;

const SERVICE = `apply: {apiVersion: v1, kind: Service, metadata: {name: web}, spec: {selector: {app: web}, ports: [{port: 80}]}}`;

const violationsOf = async (text: string, more?: Readonly<Record<string, string>>) => runScenario(await scenarioOf(text, more)).violations;

describe('steps', () => {
  it.each([
    ['apply and request', `[{${SERVICE}}, {advance: 30s}, {request: {http: service/web, status: 200}}]`],
    [
      'scale and wait',
      `[{scale: {on: deployment/web, replicas: 3}}, {wait: {for: 'jsonpath={.status.readyReplicas}=3', on: deployment/web}}]`,
    ],
    [
      'patch and label',
      `[{patch: {on: deployment/web, merge: {spec: {paused: true}}}}, {label: {on: deployment/web, labels: {tier: front}}}, {expect: {cel: 'get("deployment/web").spec.paused && get("deployment/web").metadata.labels.tier == "front"'}}]`,
    ],
    ['delete', `[{advance: 30s}, {delete: deployment/web}, {advance: 2m}, {expect: {cel: 'pods.size() == 0'}}]`],
    ['rejected', `[{scale: {on: deployment/none, replicas: 3}, rejected: not found}]`],
    [
      'exec',
      `[{apply: {apiVersion: v1, kind: Pod, metadata: {name: box}, spec: {containers: [{name: box, image: busybox, command: [sleep, '600']}]}}}, {advance: 30s}, {exec: {on: pod/box, command: [sh, -c, 'sleep 2; echo ok; exit 3'], exitCode: 3, contains: ok}}]`,
    ],
    [
      'fault, under a name, and its end',
      `[{advance: 30s}, {fault: {type: node-down, node: node-1, as: dark}}, {advance: 60s}, {expect: {condition: Ready, on: node/node-1, equals: Unknown}}, {end-fault: dark}, {advance: 5m}, {expect: {condition: Ready, on: node/node-1}}]`,
    ],
    ['drain', `[{advance: 30s}, {drain: node-1}, {expect: {cel: 'pods.all(p, p.node != "node-1")'}}]`],
    [
      'mark, marks in expressions, and time',
      `[{advance: 30s}, {mark: here}, {advance: 1m}, {expect: {cel: 'now - mark("here") == duration("1m") && elapsed == duration("90s")'}}]`,
    ],
    [
      'image',
      `[{image: {reference: 'nginx:1.27', behavior: {startup: 40s}}}, {advance: until}]`.replace(
        '{advance: until}',
        '{advance: {steps: 3}}',
      ),
    ],
    ['within', `[{expect: {ready: deployment/web, equals: 2}, within: 1m}]`],
    [
      'events, restarts, phase and logs',
      `[{advance: 30s}, {expect: {events: Started, atLeast: 2}}, {expect: {restarts: deployment/web}}, {expect: {phase: namespace/default, equals: Active}}]`,
    ],
  ])('%s', async (_, steps) => {
    expect(await violationsOf(`${WEB}steps: ${steps}\n`)).toEqual([]);
  });

  it('that fail end the run, with the line, what was found and why', async () => {
    const violations = await violationsOf(`${WEB}cluster: {nodes: 0}
steps:
  - wait: {for: condition=Available, on: deployment/web, timeout: 1m}
  - expect: {cel: 'false'}
`);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatchObject({
      kind: 'step',
      place: { file: 'test.yaml', line: 18, column: 5 },
      expected: 'condition=Available on deployment/web by 2025-01-01T00:01:00Z',
      found: expect.stringContaining('Available is False'),
    });
    expect(violations[0]?.explanation.join(' ')).toContain('pods/web-');
  });

  it('that are to be rejected fail when they are not, and when the words differ', async () => {
    const [accepted] = await violationsOf(`${WEB}steps: [{scale: {on: deployment/web, replicas: 3}, rejected: nope}]\n`);
    expect(accepted?.found).toBe('it was accepted');
    const [other] = await violationsOf(`${WEB}steps: [{scale: {on: deployment/none, replicas: 3}, rejected: nope}]\n`);
    expect(other?.found).toBe('deployments.apps "none" not found');
  });
});

describe('lasting expectations', () => {
  it('are judged after every change, and said once', async () => {
    const violations =
      await violationsOf(`${WEB}steps: [{advance: 30s}, {mark: steady}, {fault: {type: node-down, node: node-1}}, {advance: 10m}]
always: [{ready: deployment/web, from: steady}]
`);
    expect(violations).toHaveLength(1);
    expect(violations[0]).toMatchObject({ kind: 'always', expected: 'ready("deployment/web") == wanted("deployment/web")', found: '1' });
  });

  it('do not count before their mark', async () => {
    expect(
      await violationsOf(
        `${WEB}steps: [{advance: 1m}, {mark: up}, {advance: 1m}]\nalways: [{ready: deployment/web, equals: 2, from: up}]\n`,
      ),
    ).toEqual([]);
  });

  it('that must be so in the end are judged then, counted from the last fault', async () => {
    const text = (within: string) =>
      `${WEB}steps: [{advance: 30s}, {fault: {type: node-down, node: node-1, for: 2m}}]\neventually: [{ready: deployment/web, equals: 2, within: ${within}}]\n`;
    expect(await violationsOf(text('10m'))).toEqual([]);
    expect(await violationsOf(text('1m'))).toMatchObject([{ kind: 'eventually', found: '1' }]);
  });
});

describe('mistakes are said with file, line and column', () => {
  it.each([
    ['steps: [{advnce: 1m}]', '4:9', 'steps[0]: a step begins with one of apply, delete'],
    ['steps: [{advance: soon}]', '4:10', 'steps[0].advance: '],
    ['steps: [{mark: a, wait: {for: create}}]', '4:9', 'wait and mark are there'],
    ['always: [{cel: "pods.all(p, p.ready"}]', '4:11', 'Syntax error'],
    ['always: [{cel: "1 + 1"}]', '4:11', 'must be true or false, and is of the type int'],
    ['always: [{cel: "ready(1)"}]', '4:11', 'found no matching overload'],
    ['always: [{ready: web}]', '4:11', 'must be kind/name or namespace/kind/name'],
    ['always: [{ready: deployment/web, from: never}]', '4:34', 'there is no mark "never"'],
    ['steps: [{fault: {type: node-down}}]', '4:10', ''],
    ['steps: [{fault: {type: nonsense}}]', '4:18', ''],
    ['manifests: none.yaml', '4:1', 'there is no file none.yaml'],
    ['cluster: {nodes: many}', '4:11', 'cluster.nodes: '],
    ['colour: blue', '1:1', 'colour'],
  ])('%s', async (text, place, message) => {
    const loaded = await loadScenario('test.yaml', textFiles({ 'test.yaml': `${HEAD}${text}\n` }));
    if (loaded.ok) throw new Error('it was accepted');
    const [mistake] = loaded.mistakes;
    expect(`${mistake?.line}:${mistake?.column}`).toBe(place);
    expect(mistake?.message).toContain(message);
  });

  it('also of aliases that come to too much, and not at more places than anybody reads', async () => {
    const load = async (text: string) => {
      const loaded = await loadScenario('test.yaml', textFiles({ 'test.yaml': text }));
      if (loaded.ok) throw new Error('it was accepted');
      return loaded.mistakes;
    };
    const bomb = 'abcdefg'.split('').map(
      (name, index, all) =>
        `${name}: &${name} [${
          index === 0
            ? 'x'
            : Array(9)
                .fill(`*${all[index - 1]}`)
                .join(', ')
        }]\n`,
    );
    expect(await load(bomb.join(''))).toMatchObject([{ line: 1, column: 1, message: expect.stringContaining('alias') }]);
    expect((await load('[}\n'.repeat(2_000))).length).toBeLessThanOrEqual(100);
  });

  it('in the file of a manifest', async () => {
    const loaded = await loadScenario(
      'test.yaml',
      textFiles({ 'test.yaml': `${HEAD}manifests: m.yaml\n`, 'm.yaml': 'kind: Pod\n  broken: [\n' }),
    );
    if (loaded.ok) throw new Error('it was accepted');
    expect(loaded.mistakes[0]).toMatchObject({ file: 'm.yaml' });
  });
});

describe('variants', () => {
  it('are every combination of the matrix', () => {
    const source = {
      images: { 'shop/api:v1.2': { startup: '1s' } },
      matrix: { seed: [1, 2], 'images.shop/api:v1.2.startup': ['2s', '45s'] },
    };
    const found = variantsOf(source as never);
    expect(found.map(({ name }) => name)).toEqual([
      'seed=1, images.shop/api:v1.2.startup=2s',
      'seed=1, images.shop/api:v1.2.startup=45s',
      'seed=2, images.shop/api:v1.2.startup=2s',
      'seed=2, images.shop/api:v1.2.startup=45s',
    ]);
    expect(found[3]?.source).toEqual({ cluster: { seed: 2 }, images: { 'shop/api:v1.2': { startup: '45s' } } });
  });
});

describe('reports', () => {
  const reports = async () => {
    const scenario = await scenarioOf(`${WEB}steps: [{expect: {ready: deployment/web, because: "a < b & \\"c\\""}}]\n`);
    const good = await scenarioOf(`${WEB}steps: [{advance: 1m}]\n`);
    return [scenario, good].map((one, index) => ({
      file: `${index}.yaml`,
      name: 'x',
      variant: undefined,
      mistakes: [],
      result: runScenario(one),
    }));
  };

  it('in JUnit XML are what a parser of XML reads', async () => {
    const parsed = new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '' }).parse(junitOf(await reports()));
    expect(parsed.testsuites).toMatchObject({ tests: '2', failures: '1' });
    const [bad, good] = parsed.testsuites.testsuite;
    expect(bad).toMatchObject({ name: '0.yaml', failures: '1' });
    expect(bad.testcase.failure['#text']).toContain('a < b & "c"');
    expect(good).toMatchObject({ failures: '0' });
  });

  it('are equal for equal runs', async () => {
    expect(jsonOf(await reports())).toBe(jsonOf(await reports()));
    expect((await reports()).map((one) => textOf(one).join('\n'))).toEqual((await reports()).map((one) => textOf(one).join('\n')));
  });
});

it('the schema for editors knows every step and every expectation', () => {
  const text = JSON.stringify(scenarioJsonSchema());
  for (const word of ['apply', 'end-fault', 'drain', 'advance', 'within', 'endpoints', 'http', 'cel', 'eventually'])
    expect(text).toContain(`"${word}"`);
});
