// `npm run examples`: executes the session of the examples and writes what was answered. What differs from run to run is written in one way: the address, wall
// times, and identities that are drawn.

import { writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { startOrrery } from '../src/hosts/library.ts';
import { type Example, SESSION } from '../src/http/rest/examples/session.ts';
import { ENDPOINTS } from '../src/http/rest/index.ts';

const OUTPUT = fileURLToPath(new URL('../src/http/rest/examples/answers.generated.ts', import.meta.url));

export interface ExampleAnswer {
  readonly status: number;
  readonly mediaType: string;
  readonly body: unknown;
}

/** Executes all examples in a service of its own. */
export async function runSession(): Promise<Readonly<Record<string, ExampleAnswer>>> {
  const orrery = await startOrrery();
  const texts = new Map<string, string>();
  const answers: Record<string, ExampleAnswer> = {};
  try {
    for (const example of SESSION) {
      const watch = await startWatch(orrery.url, example);
      const response = await send(orrery.url, example, texts);
      const text = await response.text();
      await watch?.stop();
      texts.set(example.name, text);
      const mediaType = response.headers.get('content-type') ?? '';
      const plain = normalize(text, orrery.url);
      answers[example.name] = {
        status: response.status,
        mediaType,
        body: mediaType.includes('json') && !mediaType.includes('ndjson') ? JSON.parse(plain) : plain,
      };
    }
  } finally {
    await orrery.close();
  }
  return answers;
}

/** Reads the watch that goes on beside an example, until it is stopped. */
async function startWatch(url: string, { beside, params = {} }: Example): Promise<{ stop(): Promise<void> } | undefined> {
  if (beside === undefined) return undefined;
  const abort = new AbortController();
  const { body } = await fetch(`${url}/clusters/${params['cluster']}${beside.path}`, {
    headers: { 'User-Agent': beside.client },
    signal: abort.signal,
  });
  const reading = body?.pipeTo(new WritableStream()).catch(() => undefined);
  return {
    async stop() {
      abort.abort();
      await reading;
    },
  };
}

function send(
  url: string,
  { operationId, params = {}, query = {}, accept, body, text }: Example,
  texts: ReadonlyMap<string, string>,
): Promise<Response> {
  const spec = ENDPOINTS.find((endpoint) => endpoint.spec.operationId === operationId)?.spec;
  if (spec === undefined) throw new Error(`there is no operation ${operationId}`);
  const path = spec.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const sent =
    body === undefined ? (text === undefined ? undefined : 'value' in text ? text.value : texts.get(text.answerOf)) : JSON.stringify(body);
  const mediaType = body === undefined ? text?.mediaType : 'application/json';
  return fetch(`${url}${path}?${new URLSearchParams(query).toString()}`, {
    method: spec.method.toUpperCase(),
    headers: {
      'User-Agent': 'example',
      ...(accept === undefined ? {} : { Accept: accept }),
      ...(mediaType === undefined ? {} : { 'Content-Type': mediaType }),
    },
    ...(sent === undefined ? {} : { body: sent }),
  });
}

/** Members that hold wall times, in JSON. */
const WALL_TIMES = /"(createdAt|storedAt)":"[^"]+"/g;
const WALL_TIME = '2025-06-01T12:00:00.000Z';

function normalize(text: string, url: string): string {
  return text
    .replaceAll(url, 'http://localhost:8080')
    .replace(WALL_TIMES, (_, name: string) => `"${name}":"${WALL_TIME}"`)
    .replace(/(-later-)[a-z0-9]{5}\b/g, '$1k8x2p')
    .replace(/(clusters\/[a-z-]+\.)[0-9a-z]{16,}/g, (_, path: string) => `${path}0123456789abcdef`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const answers = await runSession();
  const type = 'Readonly<Record<string, { readonly status: number; readonly mediaType: string; readonly body: unknown }>>';
  const head = '// What the examples of the document are answered. Written by `npm run examples`.\n\n';
  writeFileSync(OUTPUT, `${head}export const ANSWERS: ${type} = ${JSON.stringify(answers, null, 2)};\n`);
}
