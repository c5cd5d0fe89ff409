// Scenarios on the service: runs, explorations, their progress, and what is refused.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Orrery, startOrrery } from '../../../src/hosts/library.ts';
import { HEAD } from '../../scenario/files.ts';

let orrery: Orrery;
beforeAll(async () => {
  orrery = await startOrrery();
});
afterAll(() => orrery.close());

const POD = `manifests: {apiVersion: v1, kind: Pod, metadata: {name: web}, spec: {containers: [{name: web, image: 'nginx:1.27'}]}}
steps: [{wait: {for: condition=Ready, on: pod/web}}, {mark: ready}]
`;

function post(path: string, text: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return fetch(`${orrery.url}/v1/scenarios/${path}`, {
    method: 'POST',
    body: text,
    headers: { 'Content-Type': 'application/yaml', ...headers },
  });
}

describe('POST /v1/scenarios/runs', { timeout: 60_000 }, () => {
  it('says of every combination what does not hold, and where that stands', async () => {
    const answer = await post('runs', `${HEAD}${POD}always: [{restarts: pod/web, atMost: 0}]\nmatrix: {images.web.startup: [1s, 2s]}\n`);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toMatchObject({
      name: 'test',
      ok: true,
      runs: [{ variant: 'images.web.startup=1s' }, { variant: 'images.web.startup=2s' }],
    });
    const bad = await (await post('runs', `${HEAD}${POD}eventually: [{phase: pod/web, equals: Failed, within: 1m}]\n`)).json();
    expect(bad).toMatchObject({
      ok: false,
      runs: [{ violations: [{ kind: 'eventually', line: 6, expected: 'phase("pod/web") == "Failed"', found: '"Running"' }] }],
    });
  });

  it.each([
    ['steps: [{advnce: 1m}]', 4, 'steps[0]: a step begins with one of'],
    ['manifests: deploy.yaml', 4, 'there are no files here'],
    ['a: [', 5, 'Flow sequence'],
    ['matrix: {seed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], nodes: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}', 4, 'more than 100 combinations'],
  ])('%s is a mistake with its line', async (text, line, message) => {
    const answer = await post('runs', `${HEAD}${text}\n`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'malformed-body', errors: [{ line, message: expect.stringContaining(message) }] });
  });

  it.each(['', 'null', '[]', 'text', '3'])('%j is no scenario', async (text) => {
    const answer = await post('runs', text);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'malformed-body', errors: [{ line: 1 }] });
  });

  it('hands over the recording of each cluster, from which it is made again', async () => {
    const text = `${HEAD}${POD}always: [{restarts: pod/web}]\n`;
    const plain = (await (await post('runs', text)).json()) as { runs: { recording?: string }[] };
    expect(plain.runs[0]).not.toHaveProperty('recording');
    const { runs } = (await (await post('runs?recordings=true', text)).json()) as {
      runs: { recording: string; digest: string; now: string }[];
    };
    expect(runs[0]).toMatchObject({ held: [{ kind: 'always', line: 6, expected: 'restarts("pod/web") == 0' }] });
    const made = await fetch(`${orrery.url}/v1/clusters/import?name=again`, {
      method: 'POST',
      body: runs[0]?.recording ?? '',
      headers: { 'Content-Type': 'application/x-ndjson' },
    });
    expect(made.status).toBe(201);
    const { digest, now } = runs[0] ?? {};
    expect(await made.json()).toMatchObject({ cluster: { name: 'again', digest, now }, differences: [] });
    await fetch(`${orrery.url}/v1/clusters/again`, { method: 'DELETE' });
  });

  it('leaves clusters alone', async () => {
    expect(await (await fetch(`${orrery.url}/v1/clusters`)).json()).toMatchObject({ items: [] });
  });
});

describe('POST /v1/scenarios/explorations', { timeout: 60_000 }, () => {
  it('says what fails, with the shortest scenario', async () => {
    const answer = await post(
      'explorations?faults=container-kill&for=1m',
      `${HEAD}${POD}always: [{ready: pod/web, equals: 1, from: ready}]\n`,
    );
    const body = (await answer.json()) as { runs: number; failures: { scenario: string }[] };
    expect(body).toMatchObject({
      ok: false,
      failures: [{ strikes: [{ what: 'container-kill default/web (web)' }], violation: { found: '0' } }],
    });
    const again = await post('runs', JSON.stringify(body.failures[0]?.scenario), { 'Content-Type': 'application/json' });
    expect(await again.json()).toMatchObject({ ok: false });
  });

  it('lets faults of nodes last as long as it is told', async () => {
    const text = `${HEAD}${POD}eventually: [{condition: Ready, on: node/node-1, within: 4m, from: ready}]\n`;
    const explored = async (lasts: string) =>
      (await post(`explorations?faults=node-down&for=1m${lasts}`, text)).json() as Promise<{ ok: boolean; runs: number; states: number }>;
    const [forEver, aWhile] = [await explored(''), await explored('&lasts=1m')];
    expect([forEver.ok, aWhile.ok]).toEqual([false, true]);
    expect(aWhile.states).toBe(aWhile.runs);
  });

  it('streams how far it is', async () => {
    const text = await (await post('explorations?for=1m', HEAD + POD, { Accept: 'text/event-stream' })).text();
    expect(text).toContain('event: progress\ndata: {"runs":');
    expect(text).toMatch(/event: done\ndata: \{"name":"test","ok":true/);
  });

  it('refuses faults that cannot be explored', async () => {
    expect(await (await post('explorations?faults=rain', HEAD + POD)).json()).toMatchObject({
      errors: [{ message: expect.stringContaining('"rain" cannot be explored') }],
    });
  });
});
