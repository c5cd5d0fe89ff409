// One request by Node's own client, for tests that send thousands: `fetch` is half of the work of such a test. What is not said is what `fetch` says then.

import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';

export interface PlainRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** Wall time after which it is given up. */
  readonly patienceMs?: number;
  /** Whether of this answer the head is enough, because it may have no end; the connection is closed then. */
  readonly isEndless?: (status: number, type: string) => boolean;
}

export interface PlainAnswer {
  readonly status: number;
  /** The media type; empty where there is none. */
  readonly type: string;
  readonly text: string;
}

/** Connections that are used again. None of them keeps the process. */
const agent = new Agent({ keepAlive: true });

/** Sends a request and returns the answer to its end. Fails: there is none, or not in time. */
export async function sendPlain(sent: PlainRequest): Promise<PlainAnswer> {
  const asked = begin(sent, agent);
  try {
    return await finish(sent, asked);
  } catch (error) {
    // The connection was ended while nobody used it: the request was not read.
    if (!asked.reusedSocket || (error as NodeJS.ErrnoException).code !== 'ECONNRESET') throw error;
    return finish(sent, begin(sent, false));
  }
}

function begin(sent: PlainRequest, way: Agent | false): ClientRequest {
  return request(new URL(sent.url), { method: sent.method, headers: headersOf(sent), agent: way });
}

async function finish({ method, url, body, patienceMs, isEndless }: PlainRequest, asked: ClientRequest): Promise<PlainAnswer> {
  const giveUp = () => asked.destroy(new Error(`${method} ${url}: no answer within ${patienceMs} ms`));
  const late = patienceMs === undefined ? undefined : setTimeout(giveUp, patienceMs);
  try {
    const response = await answerTo(asked, body);
    const status = response.statusCode ?? 0;
    const type = response.headers['content-type'] ?? '';
    if (isEndless?.(status, type) !== true) return { status, type, text: await textOf(response) };
    // What arrives until the connection is closed is nobody's.
    response.on('error', () => {}).destroy();
    return { status, type, text: '' };
  } finally {
    clearTimeout(late);
  }
}

function headersOf({ headers, body }: PlainRequest): Record<string, string | number> {
  const said = new Set(Object.keys(headers).map((name) => name.toLowerCase()));
  return {
    'User-Agent': 'node',
    ...headers,
    ...(said.has('accept') ? {} : { Accept: '*/*' }),
    ...(body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }),
    ...(body === undefined || said.has('content-type') ? {} : { 'Content-Type': 'text/plain;charset=UTF-8' }),
  };
}

function answerTo(asked: ClientRequest, body: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    asked.once('response', resolve).on('error', reject).end(body);
  });
}

function textOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    response
      .setEncoding('utf8')
      .on('data', (part: string) => (text += part))
      .on('end', () => resolve(text))
      .on('error', reject);
  });
}
