import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { YAML_DOCUMENT_LENGTH_MAX } from '../../../src/http/kube/yaml-documents.ts';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
});
afterAll(() => test.close());

let clusters = 0;
async function cluster() {
  clusters += 1;
  const name = `manifests-${clusters}`;
  await test.http.post('/v1/clusters').send({ name, nodes: 1 }).expect(201);
  const base = `/v1/clusters/${name}`;
  const revision = async () => (await test.http.get(base)).body.resourceVersion;
  return {
    revision,
    yaml: (text: string, query: object = {}) =>
      test.http.post(`${base}/manifests`).query(query).set('Content-Type', 'application/yaml').send(text),
    json: (body: object, query: object = {}) => test.http.post(`${base}/manifests`).query(query).send(body),
    get: async (path: string) => (await test.http.get(`/clusters/${name}${path}`)).body,
  };
}

const pod = (name: string, extra: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...extra },
  spec: { containers: [{ name: 'main', image: 'nginx' }] },
});

const TWO_DOCUMENTS = `# the first
apiVersion: v1
kind: Namespace
metadata:
  name: shop
---
apiVersion: apps/v1
kind: ReplicaSet
metadata:
  name: web
  namespace: shop
spec:
  replicas: 2
  selector: &labels
    matchLabels: {app: web}
  template:
    metadata:
      labels: {app: web}
    spec:
      containers:
      - name: web
        image: nginx
---
`;

const actions = (body: { items: { action: string }[] }) => body.items.map((item) => item.action);

describe('ok', () => {
  it('applies YAML documents in order, and knows what is new, changed and the same', async () => {
    const { yaml, get } = await cluster();
    const first = await yaml(TWO_DOCUMENTS);
    expect(first.status).toBe(200);
    expect(first.body.items).toMatchObject([
      { action: 'created', apiVersion: 'v1', kind: 'Namespace', name: 'shop' },
      { action: 'created', apiVersion: 'apps/v1', kind: 'ReplicaSet', namespace: 'shop', name: 'web' },
    ]);
    expect(actions((await yaml(TWO_DOCUMENTS)).body)).toEqual(['unchanged', 'unchanged']);
    expect(actions((await yaml(TWO_DOCUMENTS.replace('replicas: 2', 'replicas: 3'))).body)).toEqual(['unchanged', 'configured']);
    expect(await get('/apis/apps/v1/namespaces/shop/replicasets/web')).toMatchObject({ spec: { replicas: 3 } });
    expect(actions((await yaml(TWO_DOCUMENTS, { mode: 'delete' })).body)).toEqual(['deleted', 'deleted']);
  });

  it.each<[string, object]>([
    ['an object', pod('a')],
    ['an array', [pod('a'), pod('b')]],
    ['a List', { apiVersion: 'v1', kind: 'List', items: [pod('a'), pod('b')] }],
    ['a list of one kind', { apiVersion: 'v1', kind: 'PodList', items: [pod('a')] }],
    ['lists in arrays', [{ apiVersion: 'v1', kind: 'List', items: [pod('a')] }, pod('b')]],
  ])('takes JSON: %s', async (_, body) => {
    const { json } = await cluster();
    const answer = await json(body);
    expect([answer.status, new Set(actions(answer.body))]).toEqual([200, new Set(['created'])]);
  });

  it('puts objects without a namespace where the query says, and checks only on a dry run', async () => {
    const { json, get, revision } = await cluster();
    const before = await revision();
    expect((await json(pod('a'), { dryRun: 'true' })).body.items).toMatchObject([{ action: 'created', namespace: 'default' }]);
    expect(await revision()).toBe(before);
    expect((await json(pod('a'), { namespace: 'kube-public' })).body.items).toMatchObject([{ namespace: 'kube-public' }]);
    expect(await get('/api/v1/namespaces/kube-public/pods/a')).toMatchObject({ kind: 'Pod' });
  });

  it('says on a dry run by field what would be different, and on others nothing of it', async () => {
    const { json } = await cluster();
    const map = (value: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data: { level: value } });
    await json(map('info'));
    const { items } = (await json(map('debug'), { dryRun: 'true' })).body;
    expect(items[0].fields).toContainEqual({ path: '/data/level', from: 'info', to: 'debug' });
    expect((await json(map('info'), { dryRun: 'true' })).body.items[0]).not.toHaveProperty('fields');
    const [written] = (await json(map('debug'))).body.items;
    expect([written.action, written.fields]).toEqual(['configured', undefined]);
  });

  it('generates names on create', async () => {
    const { json } = await cluster();
    const { body } = await json({ ...pod(''), metadata: { generateName: 'job-' } }, { mode: 'create' });
    expect(body.items[0].name).toMatch(/^job-[a-z0-9]{5}$/);
  });

  it('reads scalars as Kubernetes does', async () => {
    const { yaml, get } = await cluster();
    const text = [
      'apiVersion: v1',
      'kind: ConfigMap',
      'metadata: {name: scalars}',
      'data: {quoted: "yes", octal: "0o17", date: 2001-12-14, time: 12:30:45, version: 1.2.3, folded: >-',
      '    a',
      '    b}',
    ];
    const wrong = await yaml(text.join('\n'));
    expect(wrong.status).toBe(400);
    const right = text
      .slice(0, 3)
      .concat([
        'data:',
        '  quoted: "yes"',
        '  date: 2001-12-14',
        '  time: 12:30:45',
        '  version: 1.2.3',
        '  folded: >-',
        '    a',
        '    b',
        'immutable: yes',
      ]);
    expect((await yaml(right.join('\n'))).status).toBe(200);
    expect(await get('/api/v1/namespaces/default/configmaps/scalars')).toMatchObject({
      data: { quoted: 'yes', date: '2001-12-14', time: '12:30:45', version: '1.2.3', folded: 'a b' },
      immutable: true,
    });
  });

  it('reads many documents without keeping others waiting', async () => {
    const { yaml } = await cluster();
    const text = Array.from(
      { length: 4_000 },
      (_, i) => `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c-${i}\ndata:\n  k: "${'x'.repeat(100)}"\n`,
    ).join('---\n');
    const progress = { isDone: false };
    const applying = yaml(text, { dryRun: 'true' }).then((answer) => {
      progress.isDone = true;
      return answer;
    });
    let answered = 0;
    while (!progress.isDone) {
      await test.http.get('/healthz').expect(200);
      answered += 1;
    }
    expect((await applying).body.items).toHaveLength(4_000);
    expect(answered).toBeGreaterThan(5);
  });
});

describe('invalid', () => {
  it('lists every mistake with document, line, column and field, and changes nothing', async () => {
    const { yaml, revision } = await cluster();
    const before = await revision();
    const { status, body } = await yaml(`apiVersion: v1
kind: Pod
metadata:
  name: good
spec:
  containers: [{name: a, image: nginx}]
---
apiVersion: v1
kind: Pod
metadata:
  name: Bad_Name
  labels:
    app.kubernetes.io/name: "!"
spec:
  containers:
  - name: a
    image: nginx
    ports:
    - containerPort: 99999
---
apiVersion: v1
kind: Unicorn
metadata:
  name: u
---
apiVersion: v1
kind: Pod
metadata: {name: typo}
spec:
  containers:
  - name: a
    imagee: nginx
`);
    expect([status, body.code]).toEqual([400, 'invalid-manifest']);
    expect(body.errors).toMatchObject([
      { document: 1, line: 11, column: 3, field: 'metadata.name' },
      { document: 1, line: 12, column: 3, field: 'metadata.labels' },
      { document: 1, line: 19, column: 7, field: 'spec.containers[0].ports[0].containerPort' },
      { document: 2, line: 22, column: 1, field: 'kind', message: expect.stringContaining('Unicorn') },
      { document: 3, line: 32, column: 5, field: 'spec.containers[0].imagee', message: expect.stringContaining('unknown field') },
    ]);
    expect(await revision()).toBe(before);
  });

  it('names fields of lists by their place in the document', async () => {
    const { json } = await cluster();
    const { body } = await json({ apiVersion: 'v1', kind: 'List', items: [pod('a'), { ...pod('b'), spec: { containers: [] } }] });
    expect(body.errors).toMatchObject([{ document: 0, line: 1, field: 'items[1].spec.containers' }]);
    const array = (await json([pod('a'), pod('B')])).body;
    expect(array.errors).toMatchObject([{ document: 0, field: '[1].metadata.name' }]);
  });

  it.each<[text: string, line: number, column: number, message: RegExp]>([
    ['a: [1, 2', 1, 9, /./],
    ['a: 1\nb: {\n', 3, 1, /./],
    ['apiVersion: v1\n\tkind: Pod\n', 2, 1, /tab/i],
    ['a: 1\n---\nb: "x\n', 4, 1, /quote/i],
    ['a: *nobody\n', 1, 1, /unknown anchor/],
    ['just text\n', 1, 1, /must be an object/],
    ['- 1\n', 1, 3, /must be an object/],
    ['? {a: 1}\n: 2\n', 1, 1, /map key/],
  ])('%j is wrong at line %i, column %i', async (text, line, column, message) => {
    const { yaml } = await cluster();
    const { status, body } = await yaml(text);
    expect([status, body.code]).toEqual([400, 'malformed-body']);
    expect(body.errors[0]).toMatchObject({
      in: 'body',
      document: expect.any(Number),
      line,
      column,
      message: expect.stringMatching(message),
    });
  });

  it('keys that are given twice are named with their line', async () => {
    const { yaml } = await cluster();
    const { body } = await yaml('a: 1\n---\nb: 1\nb: 2\n');
    expect(body.errors).toEqual([{ in: 'body', document: 1, line: 4, message: 'key "b" already set in map' }]);
  });

  it('bombs of aliases do not go off', async () => {
    const { yaml } = await cluster();
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(', ')}]`);
    const bomb = ['l0: &l0 [x]', ...levels].join('\n');
    const { status, body } = await yaml(bomb);
    expect([status, body.errors[0].message]).toEqual([400, 'document contains excessive aliasing']);
    const small = ['l0: &l0 [x]', ...levels.slice(0, 4)].join('\n');
    const many = await yaml(Array.from({ length: 200 }, () => small).join('\n---\n'));
    expect([many.status, many.body.errors[0].message]).toEqual([400, 'document contains excessive aliasing']);
  });

  it.each([['['], ['{a: '], ['- '], ['? ']])('nesting of %j that nobody needs is refused', async (open) => {
    const { yaml } = await cluster();
    const { status, body } = await yaml(open.repeat(20_000));
    expect([status, body.code]).toEqual([400, 'malformed-body']);
  });

  it('one document may not be too long', async () => {
    const { yaml } = await cluster();
    const line = '- {apiVersion: v1, kind: ConfigMap, metadata: {name: a}}\n';
    const { status, body } = await yaml(`a: 1\n---\n${line.repeat(YAML_DOCUMENT_LENGTH_MAX / line.length + 100)}`);
    expect([status, body.errors[0]]).toEqual([
      400,
      { in: 'body', document: 1, line: 2, column: 1, message: expect.stringContaining('longer than') },
    ]);
  });

  it.each(['', '---\n', '# nothing\n', '---\n---\n', 'null\n'])('%j has no object', async (text) => {
    const { yaml } = await cluster();
    const { status, body } = await yaml(text);
    expect([status, body.detail]).toEqual([400, 'There is no object in the body.']);
  });

  it.each([
    [{ mode: 'replace' }, 'mode'],
    [{ namespace: 'No Such' }, 'namespace'],
    [{ dryRun: 'All' }, 'dryRun'],
    [{ force: 'true' }, 'force'],
  ])('refuses the query %j', async (query, field) => {
    const { json } = await cluster();
    const { status, body } = await json(pod('a'), query);
    expect([status, body.errors[0]]).toEqual([400, { in: 'query', field, message: expect.any(String) }]);
  });
});

describe('not found', () => {
  it('there is no such cluster', async () => {
    const { status, body } = await test.http.post('/v1/clusters/nobody/manifests').send(pod('a'));
    expect([status, body.code]).toEqual([404, 'cluster-not-found']);
  });

  it('there is no such namespace, or no such object to delete', async () => {
    const { json } = await cluster();
    const missing = await json(pod('a', { namespace: 'nowhere' }));
    expect([missing.status, missing.body.errors[0].message]).toEqual([404, expect.stringContaining('namespaces "nowhere" not found')]);
    const gone = await json([pod('a'), pod('b')], { mode: 'delete' });
    expect([gone.status, gone.body.code, gone.body.errors.length]).toEqual([404, 'not-found', 2]);
  });
});

describe('conflict', () => {
  it('refuses to create what exists, and creates nothing else of the same call', async () => {
    const { json, revision } = await cluster();
    await json(pod('a'), { mode: 'create' });
    const before = await revision();
    const { status, body } = await json([pod('b'), pod('a')], { mode: 'create' });
    expect([status, body.code]).toEqual([409, 'conflict']);
    expect(body.errors).toMatchObject([{ field: '[1]', message: 'pods "a" already exists' }]);
    expect(await revision()).toBe(before);
  });
});

describe('limits', () => {
  it('refuses more objects than one call may hand in', async () => {
    const { json } = await cluster();
    const { status, body } = await json(Array.from({ length: 5_001 }, () => pod('a')));
    expect([status, body.code]).toEqual([429, 'limit-exceeded']);
  });
});
