// The examples of the document: every operation has one, each is executed, and what is sent and answered is what the schemas of the document say.

import { Ajv2020 } from 'ajv/dist/2020.js';
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAnswer, runSession } from '../../../scripts/examples.ts';
import type { JsonObject } from '../../../src/engine/apimachinery/meta.ts';
import { parseBehavior, parseOutside, parseTiming } from '../../../src/engine/cluster/index.ts';
import { ANSWERS } from '../../../src/http/rest/examples/answers.generated.ts';
import { bodyOf } from '../../../src/http/rest/examples/index.ts';
import { SESSION } from '../../../src/http/rest/examples/session.ts';
import { ENDPOINTS } from '../../../src/http/rest/index.ts';
import { writtenBehavior } from '../../../src/http/rest/written-behavior.ts';
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

type Json = Readonly<Record<string, unknown>>;

const DOCUMENT = JSON.parse(readFileSync(new URL('../../../openapi/service.json', import.meta.url), 'utf8')) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly servers: readonly { readonly url: string }[];
  readonly components: { readonly schemas: Readonly<Record<string, Json>> };
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

/** Whether a value is in the document, and whether it is taken; `short` is taken, and the document has one longer form for it. */
type Verdict = boolean | 'short';
const verdict = (isDescribed: boolean, isTaken: boolean): Verdict | 'described, and refused' =>
  isDescribed === isTaken ? isTaken : isTaken ? 'short' : 'described, and refused';

describe('lists', () => {
  const answerOf = ({ responses }: Operation) => JSON.stringify(responses['200']?.content?.['application/json']?.schema ?? '');
  const lists = OPERATIONS.filter(({ operationId }) => operationId.startsWith('list'));

  it.each(lists.map((operation) => [operation.operationId, operation] as const))('%s comes in pages', (_, operation) => {
    const names = (operation.parameters ?? []).filter((parameter) => parameter.in === 'query').map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['limit', 'cursor']));
    const name = /schemas\/(\w+)/.exec(answerOf(operation))?.[1] ?? '';
    expect(Object.keys(DOCUMENT.components.schemas[name]?.['properties'] as object)).toEqual(['items', 'nextCursor']);
  });
});

describe('what generators of clients make of the document', () => {
  const SCHEMAS = Object.entries(DOCUMENT.components.schemas);
  const nestedIn = (value: unknown, path: string): (readonly [string, Json])[] => {
    if (typeof value !== 'object' || value === null) return [];
    const deeper = Object.entries(value).flatMap(([name, member]) => nestedIn(member, `${path}.${name}`));
    return Array.isArray(value) ? deeper : [[path, value as Json], ...deeper];
  };
  const ALL = SCHEMAS.flatMap(([name, schema]) => nestedIn(schema, name));

  it('needs no names but those of the document: all objects and alternatives have one', () => {
    const roots = new Set(SCHEMAS.map(([name]) => name));
    const isNameless = ([path, schema]: readonly [string, Json]) =>
      !roots.has(path) && ((schema['type'] === 'object' && schema['properties'] !== undefined) || Array.isArray(schema['oneOf']));
    expect(ALL.filter(isNameless).map(([path]) => path)).toEqual([]);
  });

  it('has numbers as large and as precise as they are', () => {
    const isSmall = ({ type, format, maximum }: Json) =>
      (type === 'number' && format !== 'double') || (type === 'integer' && format !== 'int64' && !(Number(maximum) < 2 ** 31));
    expect(ALL.filter(([, schema]) => isSmall(schema)).map(([path]) => path)).toEqual([]);
  });

  it('says of members of any kind that they are, and not that they may be null too', () => {
    const isVague = ({ additionalProperties: members }: Json) =>
      typeof members === 'object' && members !== null && Object.keys(members).length === 0;
    expect(ALL.filter(([, schema]) => isVague(schema)).map(([path]) => path)).toEqual([]);
  });

  it('has answers in a type that every client reads: JSON, or text', () => {
    const isReadable = (type: string) => (type.endsWith('json') && !type.includes('ndjson') ? true : type.startsWith('text/'));
    const lacking = OPERATIONS.filter(({ responses }) =>
      Object.values(responses).some(({ content }) => content !== undefined && !Object.keys(content).some(isReadable)),
    );
    expect(lacking.map(({ operationId }) => operationId)).toEqual([]);
  });

  it('lets clients of today take members that answers have tomorrow, where these are no alternatives; what is asked for is closed', () => {
    const isClosed = (name: string) => DOCUMENT.components.schemas[name]?.['additionalProperties'] === false;
    expect(['ClusterFork', 'ClusterCommandList', 'Finding', 'ManifestResult', 'ClusterDifference'].map(isClosed)).toEqual(
      Array(5).fill(false),
    );
    expect(['ClusterSpec', 'ForkSpec', 'NodeDownFault', 'ImageBehavior', 'AdvanceBy'].map(isClosed)).toEqual(Array(5).fill(true));
    expect(['Cluster', 'BrokenCluster', 'TimelineSpanStep'].map(isClosed)).toEqual(Array(3).fill(true));
  });

  it('has words of a type that are its own, not those of a member that is of it', () => {
    expect(DOCUMENT.components.schemas['Duration']?.['description']).toMatch(/^A Go duration/);
    expect(DOCUMENT.components.schemas['ClockSpec']?.['description']).toBeUndefined();
    expect(DOCUMENT.components.schemas['Retention']?.['description']).toBeUndefined();
  });
});

describe('what the document says is what is taken', () => {
  it.each<[object, Verdict]>([
    [{ by: '90s' }, true],
    [{ by: 90 }, 'short'],
    [{ by: 'soon' }, false],
    [{ by: '-1s' }, false],
    [{ to: '2025-01-01T00:10:00Z' }, true],
    [{ steps: 10 }, true],
    [{ steps: 0 }, false],
    [{ until: 'idle' }, true],
    [{ until: 'idle', timeout: '1h' }, true],
    [{ until: { for: 'delete', name: 'web' }, timeout: '60s' }, true],
    [{ until: 'later' }, false],
    [{ by: '1h', barrier: { clients: ['site-controller'], quiet: '50ms', patience: '10s' } }, true],
    [{ until: 'idle', barrier: { clients: ['site-controller'] } }, true],
    [{ by: '1h', barrier: { clients: [] } }, false],
    [{ barrier: { clients: ['site-controller'] } }, false],
    [{ by: '1s', steps: 1 }, false],
    [{ by: '1s', timeout: '1s' }, false],
    [{}, false],
  ])('an advance %j: %s', (value, expected) => {
    expect(verdict(mistakes(component('Advance'), value) === undefined, advanceSchema.safeParse(value).success)).toBe(expected);
  });

  it.each<[object, Verdict]>([
    [{ type: 'node-down', target: { node: 'a' } }, true],
    [{ type: 'node-down', target: { node: 'a' }, after: '1s', for: '5s' }, true],
    [{ type: 'node-down', target: { node: 'a' }, for: 5 }, 'short'],
    [{ type: 'node-down', target: { pod: 'a' } }, false],
    [{ type: 'node-pressure', target: { node: 'a', resource: 'disk' } }, true],
    [{ type: 'container-kill', target: { pod: 'a', signal: 'TERM' } }, true],
    [{ type: 'probe-fail', target: { pod: 'a', probe: 'other' } }, false],
    [{ type: 'registry-down' }, true],
    [{ type: 'earthquake' }, false],
  ])('a fault %j: %s', (value, expected) => {
    expect(verdict(mistakes(component('FaultSpec'), value) === undefined, createFaultSchema.safeParse(value).success)).toBe(expected);
  });

  const BEHAVIOURS: readonly [object, Verdict][] = [
    [{}, true],
    [{ startup: '3s' }, true],
    [{ startup: 3 }, 'short'],
    [{ startup: 'soon' }, false],
    [{ run: 'forever' }, 'short'],
    [{ run: '1m' }, 'short'],
    [{ run: 60 }, 'short'],
    [{ run: { for: '1m', exitCode: 1 } }, 'short'],
    [{ run: [{ for: 5, signal: 9 }, { for: 'forever' }] }, 'short'],
    [{ run: [{ for: '5s', signal: 9 }, { for: 'forever' }] }, true],
    [{ run: [{ for: '1m', exitCode: 'x' }] }, false],
    [{ run: [{ oom: true, message: 'too much' }] }, true],
    [{ http: [{ port: 80, path: '/', status: 302, latency: '1ms', body: '', location: '/x', from: '0', until: '1s' }] }, true],
    [{ http: { path: '/health', status: 500, from: 0.25 } }, 'short'],
    [{ http: [{ status: 99 }] }, false],
    [{ http: [{ colour: 'red' }] }, false],
    [{ tcp: [{ port: 1, accept: false, latency: '1s' }] }, true],
    [{ tcp: { accept: false, until: 90 } }, 'short'],
    [{ grpc: [{ service: 'a', status: 'NOT_SERVING' }] }, true],
    [{ grpc: [{ status: 'OTHER' }] }, false],
    [{ grpc: { service: 'a' } }, 'short'],
    [{ exec: [{ command: 'cat x', exitCode: 1, output: 'no', latency: '1s' }] }, true],
    [{ exec: { command: ['cat', 'x'], latency: 1 } }, 'short'],
    [{ sigterm: 'ignore' }, true],
    [{ sigterm: 'ignored' }, 'short'],
    [{ sigterm: { after: 2 } }, 'short'],
    [{ sigterm: { after: '2s', exitCode: 143 } }, true],
    [{ sigterm: 'later' }, false],
    [{ memory: [{ value: '64Mi', from: '1m' }], cpu: [{ value: '250m' }] }, true],
    [{ memory: [{ from: '1m' }] }, false],
    [{ memory: '64Mi', cpu: 1 }, 'short'],
    [{ memory: { value: 1024, until: 60 } }, 'short'],
    [{ logs: [{ text: 'hello', at: '1s', every: '10s' }] }, true],
    [{ logs: 'hello' }, 'short'],
    [{ logs: { text: 'hello', every: 10 } }, 'short'],
    [{ pull: { duration: 5 } }, 'short'],
    [{ pull: { duration: '5s', size: 1000, error: 'denied', present: true } }, true],
    [{ files: { '/etc/x': 'text' }, user: '1000:1000', ports: [80], startError: 'no' }, true],
    [{ user: 1000, ports: 80 }, 'short'],
    [{ colour: 'red' }, false],
  ];
  it.each(BEHAVIOURS)('a behaviour %j: %s', (value, expected) => {
    expect(verdict(mistakes(component('ImageBehavior'), value) === undefined, parseBehavior(value, '').ok)).toBe(expected);
  });

  it.each(BEHAVIOURS.filter(([, expected]) => expected !== false))('an answer has %j as the document describes it', (value) => {
    const written = writtenBehavior(value as JsonObject);
    expect(mistakes(component('ImageBehavior'), written)).toBeUndefined();
    expect(parseBehavior(written, '')).toEqual(parseBehavior(value, ''));
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
  it.each<[object, Verdict]>([
    ...LATENCIES.map((name): [object, boolean] => [{ [name]: '1s' }, true]),
    ...LATENCIES.map((name): [object, boolean] => [{ [name]: 'soon' }, false]),
    [{ imagePull: 2.5 }, 'short'],
    [{ proberStartJitter: 'seeded' }, true],
    [{ imagePull: 'seeded' }, false],
    [{ workerJitter: 'seeded' }, true],
    [{ workerJitter: 0.5 }, true],
    [{ workerJitter: 1 }, false],
    [{ colour: '1s' }, false],
  ])('a timing %j: %s', (value, expected) => {
    expect(verdict(mistakes(component('ClusterTiming'), value) === undefined, parseTiming(value as never).ok)).toBe(expected);
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
