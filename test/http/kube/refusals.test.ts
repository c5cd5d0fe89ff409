// Bodies and requests that the Kubernetes face refuses: how large, how deep, of what type; each refusal is a Status that says why.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../../support/service.ts';

let test: TestService;
beforeAll(async () => {
  test = await startTestService();
  await test.http.post('/v1/clusters').send({ name: 'demo', nodes: 1 });
});
afterAll(() => test.close());

const CONFIG_MAPS = '/clusters/demo/api/v1/namespaces/default/configmaps';
const BODY_BYTES_MAX = 3 * 1024 * 1024;

/** Twelve levels of nine aliases each: 282 thousand million values. */
const BOMB = [
  'l0: &l0 [x]',
  ...Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array.from({ length: 9 }, () => `*l${i}`).join(', ')}]`),
].join('\n');

const configMap = (name: string, more: object = {}) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, ...more });
const post = (type: string, body: string) => test.http.post(CONFIG_MAPS).set('Content-Type', type).send(body);
const status = (code: number, reason: string, message: RegExp) => ({
  kind: 'Status',
  apiVersion: 'v1',
  status: 'Failure',
  code,
  reason,
  message: expect.stringMatching(message),
});

describe('D9 size', () => {
  it('3 MiB are read, and one byte more is not', async () => {
    const json = JSON.stringify(configMap('padded'));
    const fitting = await post('application/json', json + ' '.repeat(BODY_BYTES_MAX - json.length));
    expect(fitting.status).toBe(201);
    const { body } = await post('application/json', json + ' '.repeat(BODY_BYTES_MAX + 1 - json.length));
    expect(body).toMatchObject(status(413, 'RequestEntityTooLarge', /limit is 3145728/));
  });
});

describe('depth and aliases', () => {
  it.each([
    ['deep YAML', 'application/yaml', '['.repeat(20_000), /line 1: exceeded max depth of 500/],
    ['YAML of 601 levels', 'application/yaml', `data: ${'['.repeat(600)}${']'.repeat(600)}`, /line 1: exceeded max depth of 500/],
    ['deep JSON', 'application/json', '['.repeat(20_000) + ']'.repeat(20_000), /exceeded max depth/],
    ['JSON of 601 levels', 'application/json', `{"data":${'['.repeat(600)}${']'.repeat(600)}}`, /exceeded max depth of 500/],
    ['a bomb of aliases', 'application/yaml', BOMB, /excessive aliasing/],
  ])('%s is refused', async (_, type, text, message) => {
    expect((await post(type, text)).body).toMatchObject(status(400, 'BadRequest', message));
  });

  it('bombs of aliases do not go off in patches either', async () => {
    const { body } = await test.http
      .patch(`${CONFIG_MAPS}/x?fieldManager=test`)
      .set('Content-Type', 'application/apply-patch+yaml')
      .send(BOMB);
    expect(body).toMatchObject(status(400, 'BadRequest', /excessive aliasing/));
  });
});

describe('bodies that cannot be read', () => {
  it.each([
    ['application/json', '{"a": ', /json parse error: unexpected end of JSON input/],
    ['application/json', '{"a" 1}', /json parse error: invalid character '1' after object key/],
    ['application/yaml', 'a: 1\nb: [1\nc: 2', /yaml: line 3: /],
    ['application/yaml', 'a: 1\n\tb: 2', /yaml: line 2: .*tab/i],
  ])('%s %j is a 400 that says where', async (type, text, message) => {
    expect((await post(type, text)).body).toMatchObject(status(400, 'BadRequest', message));
  });

  it('C11 unknown fields are named', async () => {
    const { body } = await test.http.post(`${CONFIG_MAPS}?fieldValidation=Strict`).send(configMap('odd', { colour: 'red' }));
    expect(body).toMatchObject(status(400, 'BadRequest', /unknown field "colour"/));
  });
});

describe('requests for what is not there', () => {
  it('D3 another content type is a 415 that says which are known', async () => {
    expect((await post('text/plain', 'x')).body).toMatchObject(
      status(415, 'UnsupportedMediaType', /accepted media types include: application\/json, application\/yaml/),
    );
  });

  it('another method is a 405', async () => {
    expect((await test.http.put(CONFIG_MAPS).send({})).body).toMatchObject(status(405, 'MethodNotAllowed', /does not allow this method/));
  });

  it('an unknown cluster is a 404 that names it', async () => {
    expect((await test.http.get('/clusters/nobody/api')).body).toMatchObject(status(404, 'NotFound', /there is no cluster nobody/));
  });
});
