// Replays cases that were recorded on a real v1.33 cluster through the HTTP layer, as far as their kinds exist here.

import { describe, expect, it } from 'vitest';
import {
  differencesOf,
  fillIn,
  HAS_RECORDINGS,
  type RecordedCase,
  normalize,
  recordedCases,
  type RecordedRequest,
  type RecordedStep,
} from './recorded-case.ts';
import { createTestCluster, type TestCluster } from './server.ts';

/** Differences that are meant, by case; a pattern matches the whole difference. */
const TOLERATED: Readonly<Record<string, readonly [pattern: RegExp, reason: string][]>> = {
  'auth-anonymous-version': [[/^step 0: (?:gitVersion|goVersion|buildDate): /, 'another patch release of the same minor version']],
  'body-yaml-bad': [[/^step 0: message: .*: yaml: line \d+: /, 'where and how another YAML library words a mistake']],
  'immutable-pod-spec': [
    [
      /^step 3: (?:message|details\.causes\[0\]\.message): .*was previously negative\)"$/,
      'the diff after the rule is for humans and not given (I7)',
    ],
  ],
};

const ONE_TOKEN = 'there are no users: one token, checked before this layer, may do everything';

/** Cases that ask for more than this layer has, with the reason. */
const NOT_REPLAYED: Readonly<Record<string, string>> = {
  'apply-conflict': 'server-side apply asks for managedFields, which has tests of its own',
  'auth-anonymous': ONE_TOKEN,
  'auth-bad-token': ONE_TOKEN,
  'auth-forbidden-cluster-list': ONE_TOKEN,
  'auth-forbidden-create': ONE_TOKEN,
  'auth-forbidden-get-named': ONE_TOKEN,
  'auth-forbidden-patch-scale': ONE_TOKEN,
  'auth-impersonation-forbidden': ONE_TOKEN,
  'not-found-log': 'logs of containers are not served',
  'watch-expired-rv':
    'a cluster keeps its history from revision 1 until retention cuts it, and no earlier states for lists; what is cut is tested in watch.test.ts',
};

const TOPICS = ['errors', 'lists', 'table'];

describe.runIf(HAS_RECORDINGS).each(TOPICS)('recorded on a real cluster: %s', (topic) => {
  it.each(
    recordedCases(topic)
      .filter((item) => !Object.hasOwn(NOT_REPLAYED, item.case))
      .map((item) => [item.case, item] as const),
  )('%s', async (name, recorded) => {
    const differences = await replay(recorded);
    const tolerated = TOLERATED[name] ?? [];
    const left = differences.filter((difference) => !tolerated.some(([pattern]) => pattern.test(difference)));
    expect(left, left.join('\n')).toEqual([]);
  });
});

/** Runs a case in a cluster of its own; the differences of all its checks. Ends where a kind is asked for that does not exist here. */
async function replay(recorded: RecordedCase): Promise<readonly string[]> {
  // The recordings began at this instant; ages count from it.
  const cluster = createTestCluster({ nodes: 0, startMs: Date.UTC(2026, 10, 23, 17, 15) });
  try {
    await send(cluster, {
      method: 'POST',
      path: '/api/v1/namespaces',
      body: { kind: 'Namespace', apiVersion: 'v1', metadata: { name: 'golden' } },
    });
    return await replaySteps(cluster, recorded.steps);
  } finally {
    await cluster.remove();
  }
}

async function replaySteps(cluster: TestCluster, steps: readonly RecordedStep[]): Promise<readonly string[]> {
  const answers: unknown[] = [];
  const differences: string[] = [];
  for (const [index, step] of steps.entries()) {
    const answer = isRequest(step) ? await send(cluster, fillIn(step.request, answers)) : undefined;
    if (answer !== undefined && isMissingKind(answer, step)) return differences;
    answers.push(answer?.body);
    if (answer !== undefined && step.role === 'check')
      differences.push(...checkStep(step, answer).map((difference) => `step ${index}: ${difference}`));
  }
  return differences;
}

function isRequest(step: RecordedStep): step is RecordedStep & { readonly request: RecordedRequest } {
  return step.request !== undefined && (step.role === 'setup' || step.role === 'check');
}

interface Answer {
  readonly status: number;
  readonly contentType?: string;
  readonly warnings?: readonly string[];
  readonly body: unknown;
}

async function send(cluster: TestCluster, request: RecordedRequest): Promise<Answer> {
  const { method, path, body } = request;
  const headers: Record<string, string> = { 'Content-Type': request.contentType ?? 'application/json' };
  if (request.accept !== undefined) headers['Accept'] = request.accept;
  const bytes = body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) };
  const response = await cluster.fetch(path, { method, headers, ...bytes });
  const text = await response.text();
  const contentType = response.headers.get('content-type');
  const warnings = splitWarnings(response.headers.get('warning') ?? '');
  return {
    status: response.status,
    ...(contentType === null ? {} : { contentType }),
    ...(warnings.length === 0 ? {} : { warnings }),
    body: contentType === 'application/json' ? parseBody(text) : text,
  };
}

function splitWarnings(header: string): readonly string[] {
  return header.match(/299 - "(?:[^"\\]|\\.)*"/g) ?? [];
}

/** A watch answers several lines. */
function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The kinds of later versions of this project are not an error of this one. */
function isMissingKind(answer: Answer, step: RecordedStep): boolean {
  if (answer.status !== 404 || step.response?.status === 404) return false;
  return answer.body === '404 page not found\n' || JSON.stringify(answer.body).includes('could not find the requested resource');
}

function checkStep(step: RecordedStep, answer: Answer): readonly string[] {
  const { body, ...rest } = step.response ?? { status: 0 };
  const { body: given, ...head } = answer;
  // A wholly different answer says enough by its first line.
  if (rest.status !== head.status) return [`status: ${rest.status}, not ${head.status} ${JSON.stringify(given).slice(0, 200)}`];
  return [...differencesOf(rest, head), ...differencesOf(normalize(body), normalize(given))];
}
