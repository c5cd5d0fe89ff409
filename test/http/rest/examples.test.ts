// The examples of the document: every operation has one, each is executed, and what is sent and answered is what the schemas of the document say.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAnswer, runSession } from '../../../scripts/examples.ts';
import { parseBehavior, parseOutside, parseTiming } from '../../../src/engine/cluster/index.ts';
import { ANSWERS } from '../../../src/http/rest/examples/answers.generated.ts';
import { bodyOf } from '../../../src/http/rest/examples/index.ts';
import { SESSION } from '../../../src/http/rest/examples/session.ts';
import { ENDPOINTS } from '../../../src/http/rest/index.ts';
import { advanceSchema } from '../../../src/http/rest/schemas/clock.ts';
import { createFaultSchema } from '../../../src/http/rest/schemas/fault.ts';

interface Content {
  readonly content?: Readonly<Record<string, { readonly schema: object; readonly examples?: object }>>;
}

interface Operation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly example?: unknown;
    readonly schema: { example?: unknown };
  }[];
  readonly requestBody?: Content;
  readonly responses: Readonly<Record<string, Content>>;
}

const DOCUMENT = JSON.parse(readFileSync(new URL('../../../openapi/service.json', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly servers: readonly { readonly url: string }[];
};
const OPERATIONS = Object.values(DOCUMENT.paths).flatMap((path) => Object.values(path));

const ajv = new Ajv2020({ strict: false, validateFormats: false });
ajv.addSchema(DOCUMENT, 'document');

/** What is wrong with a value; nothing: undefined. */
function mistakes(schema: object, value: unknown): string | undefined {
  const validate = ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"document#/')));
  return validate(value) ? undefined : ajv.errorsText(validate.errors);
}

function schemaOf(content: Content['content'], mediaType: string): object {
  const schema = content?.[mediaType]?.schema;
  if (schema === undefined) throw new Error(`the document has no ${mediaType} there`);
  return schema;
}

const component = (name: string) => ({ $ref: `#/components/schemas/${name}` });

let answers: Readonly<Record<string, ExampleAnswer>>;
beforeAll(async () => {
  answers = await runSession();
});

describe('the session of the examples', () => {
  it('is answered as the document says', () => {
    expect(answers).toEqual(ANSWERS);
  });

  it.each(SESSION)('$operationId: $name succeeds, and fits the schemas', (example) => {
    const operation = OPERATIONS.find(({ operationId }) => operationId === example.operationId);
    const answer = answers[example.name];
    if (operation === undefined || answer === undefined) throw new Error('there is no such operation');
    expect(answer.status).toBeLessThan(300);
    const body = bodyOf(example);
    if (body !== undefined) expect(mistakes(schemaOf(operation.requestBody?.content, body.mediaType), body.value)).toBeUndefined();
    if (answer.status === 204) return;
    expect(mistakes(schemaOf(operation.responses[answer.status]?.content, answer.mediaType), answer.body)).toBeUndefined();
  });
});

describe('the document', () => {
  it('is of every operation', () => {
    expect(OPERATIONS.map(({ operationId }) => operationId).sort()).toEqual(ENDPOINTS.map(({ spec }) => spec.operationId).sort());
  });

  it('has an example of what is sent and what is answered for every operation', () => {
    const lacking = OPERATIONS.filter(({ requestBody, responses, parameters = [] }) => {
      const sent = Object.values(requestBody?.content ?? {});
      const [, answer] = Object.entries(responses).find(([status]) => status.startsWith('2')) ?? [];
      const answered = Object.values(answer?.content ?? {});
      const isSent =
        sent.every((media) => media.examples !== undefined) && parameters.every((p) => p.in !== 'path' || p.example !== undefined);
      return !isSent || (answered.length > 0 && answered.every((media) => media.examples === undefined));
    });
    expect(lacking.map(({ operationId }) => operationId)).toEqual([]);
  });

  it('names operations verb first, and says of each what it is for and how it can fail', () => {
    for (const { operationId, summary, description, tags, responses } of OPERATIONS) {
      expect(operationId).toMatch(/^(?:create|list|get|set|delete|apply|advance|watch|explain|rewind|export|import|run|explore)[A-Z]/);
      expect([summary, description, tags?.length]).toEqual([expect.any(String), expect.any(String), 1]);
      for (const status of ['400', '401', '403', '503', 'default'])
        expect(responses[status]?.content?.['application/problem+json']?.schema, `${operationId} ${status}`).toEqual(component('Problem'));
    }
    expect(DOCUMENT.servers.map(({ url }) => url)).toEqual(['/']);
  });
});

describe('what the document says is what is taken', () => {
  it.each<[object, boolean]>([
    [{ by: '90s' }, true],
    [{ by: 90 }, true],
    [{ by: 'soon' }, false],
    [{ by: '-1s' }, false],
    [{ to: '2025-01-01T00:10:00Z' }, true],
    [{ steps: 10 }, true],
    [{ steps: 0 }, false],
    [{ until: 'idle' }, true],
    [{ until: 'idle', timeout: '1h' }, true],
    [{ until: { for: 'delete', name: 'web' }, timeout: 60 }, true],
    [{ until: 'later' }, false],
    [{ by: '1h', barrier: { clients: ['site-controller'], quiet: '50ms', patience: '10s' } }, true],
    [{ until: 'idle', barrier: { clients: ['site-controller'] } }, true],
    [{ by: '1h', barrier: { clients: [] } }, false],
    [{ barrier: { clients: ['site-controller'] } }, false],
    [{ by: '1s', steps: 1 }, false],
    [{ by: '1s', timeout: '1s' }, false],
    [{}, false],
  ])('an advance %j: %s', (value, isTaken) => {
    expect([mistakes(component('Advance'), value) === undefined, advanceSchema.safeParse(value).success]).toEqual([isTaken, isTaken]);
  });

  it.each<[object, boolean]>([
    [{ type: 'node-down', target: { node: 'a' } }, true],
    [{ type: 'node-down', target: { node: 'a' }, after: '1s', for: 5 }, true],
    [{ type: 'node-down', target: { pod: 'a' } }, false],
    [{ type: 'node-pressure', target: { node: 'a', resource: 'disk' } }, true],
    [{ type: 'container-kill', target: { pod: 'a', signal: 'TERM' } }, true],
    [{ type: 'probe-fail', target: { pod: 'a', probe: 'other' } }, false],
    [{ type: 'registry-down' }, true],
    [{ type: 'earthquake' }, false],
  ])('a fault %j: %s', (value, isTaken) => {
    expect([mistakes(component('FaultSpec'), value) === undefined, createFaultSchema.safeParse(value).success]).toEqual([isTaken, isTaken]);
  });

  it.each<[object, boolean]>([
    [{}, true],
    [{ startup: '3s' }, true],
    [{ startup: 3 }, true],
    [{ startup: 'soon' }, false],
    [{ run: 'forever' }, true],
    [{ run: '1m' }, true],
    [{ run: { for: '1m', exitCode: 1 } }, true],
    [{ run: [{ for: 5, signal: 9 }, { for: 'forever' }] }, true],
    [{ run: { for: '1m', exitCode: 'x' } }, false],
    [{ run: { oom: true, message: 'too much' } }, true],
    [{ http: [{ port: 80, path: '/', status: 302, latency: '1ms', body: '', location: '/x', from: 0, until: '1s' }] }, true],
    [{ http: [{ status: 99 }] }, false],
    [{ http: [{ colour: 'red' }] }, false],
    [{ tcp: [{ port: 1, accept: false, latency: 1 }] }, true],
    [{ grpc: [{ service: 'a', status: 'NOT_SERVING' }] }, true],
    [{ grpc: [{ status: 'OTHER' }] }, false],
    [{ exec: [{ command: 'cat x', exitCode: 1, output: 'no', latency: '1s' }] }, true],
    [{ sigterm: 'ignore' }, true],
    [{ sigterm: { after: '2s', exitCode: 143 } }, true],
    [{ sigterm: 'later' }, false],
    [{ memory: [{ value: '64Mi', from: '1m' }], cpu: [{ value: '250m' }] }, true],
    [{ memory: [{ from: '1m' }] }, false],
    [{ logs: [{ text: 'hello', at: '1s', every: '10s' }] }, true],
    [{ pull: { duration: '5s', size: 1000, error: 'denied', present: true } }, true],
    [{ files: { '/etc/x': 'text' }, user: '1000:1000', ports: [80], startError: 'no' }, true],
    [{ colour: 'red' }, false],
  ])('a behaviour %j: %s', (value, isTaken) => {
    expect([mistakes(component('ImageBehavior'), value) === undefined, parseBehavior(value, '').ok]).toEqual([isTaken, isTaken]);
  });

  const LATENCIES = [
    'imagePull',
    'volumeSetup',
    'sandboxCreate',
    'containerCreateStart',
    'stopLatency',
    'sandboxStop',
    'volumeTeardown',
    'probeLatency',
    'plegPhase',
    'syncTickPhase',
    'housekeepingPhase',
    'proberStartJitter',
    'metricsResolution',
    'endpointPropagation',
  ];
  it.each<[object, boolean]>([
    ...LATENCIES.map((name): [object, boolean] => [{ [name]: '1s' }, true]),
    ...LATENCIES.map((name): [object, boolean] => [{ [name]: 'soon' }, false]),
    [{ imagePull: 2.5 }, true],
    [{ proberStartJitter: 'seeded' }, true],
    [{ imagePull: 'seeded' }, false],
    [{ workerJitter: 'seeded' }, true],
    [{ workerJitter: 0.5 }, true],
    [{ workerJitter: 1 }, false],
    [{ colour: '1s' }, false],
  ])('a timing %j: %s', (value, isTaken) => {
    expect([mistakes(component('ClusterTiming'), value) === undefined, parseTiming(value as never).ok]).toEqual([isTaken, isTaken]);
  });

  it('names every timing that there is', () => {
    const refused = parseTiming({ colour: '1s' });
    const known = refused.ok ? '' : (/known are (.*)$/.exec(refused.errors[0]?.message ?? '')?.[1] ?? '');
    expect(known.split(', ').sort()).toEqual([...LATENCIES, 'workerJitter'].sort());
  });

  it.each<[object, boolean]>([
    [{}, true],
    [{ 'example.org': {} }, true],
    [{ '*': { fault: 'timeout' } }, true],
    [{ '*': { fault: 'late' } }, false],
    [{ '*.example.org': { status: 503, body: '', latency: '1s', ports: [443] } }, true],
    [{ a: { status: 99 } }, false],
    [{ a: { ports: [0] } }, false],
    [{ a: { body: 1 } }, false],
    [{ a: { colour: 'red' } }, false],
  ])('names outside %j: %s', (value, isTaken) => {
    expect([mistakes(component('OutsideNames'), value) === undefined, parseOutside(value as never).ok]).toEqual([isTaken, isTaken]);
  });
});
