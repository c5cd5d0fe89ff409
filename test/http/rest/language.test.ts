// In which language the service speaks, and how a client says so.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { languageOf } from '../../../src/http/language.ts';
import { startTestService, type TestService } from '../../support/service.ts';

const CLUSTER = '/v1/clusters/demo';
const WEB = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web' },
  spec: { containers: [{ name: 'app', image: 'nginx', resources: { requests: { cpu: '8' } } }] },
};
const ENGLISH = 'Not scheduled: the pod requests 8 of cpu, but node-1 has 4 of 4 left.';
const KOREAN = '스케줄되지 않음: 파드가 요청한 cpu 양은 8인데, 남은 양이 모자랍니다: node-1 노드에 4 중 4 남음.';

let served: TestService;

beforeAll(async () => {
  served = await startTestService();
  await served.http.post('/v1/clusters').send({ name: 'demo', nodes: 1 });
  await served.http.post(`${CLUSTER}/manifests`).send(WEB);
  await served.http.post(`${CLUSTER}/clock/advance`).send({ by: '10s' });
});
afterAll(() => served.close());

const explain = (query = '') => served.http.get(`${CLUSTER}/explain?resource=po&name=web${query}`);

describe('the language of an answer', () => {
  it('is English when nobody asks for another', async () => {
    const answer = await explain();
    expect(answer.body.findings[0].sentence).toBe(ENGLISH);
    expect(answer.headers).toMatchObject({ 'content-language': 'en', vary: expect.stringContaining('Accept-Language') });
  });

  it('is that of Accept-Language, at any moment of the history', async () => {
    for (const query of ['', '&at=command:3']) {
      const answer = await explain(query).set('Accept-Language', 'fr, ko-KR;q=0.9, en;q=0.8');
      expect(answer.status).toBe(200);
      expect(answer.body.findings[0].sentence).toBe(KOREAN);
      expect(answer.headers).toMatchObject({ 'content-language': 'ko', vary: expect.stringContaining('Accept-Language') });
    }
  });

  it('is that of the address, which goes before the header', async () => {
    const answer = await explain('&language=en').set('Accept-Language', 'ko');
    expect(answer.body.findings[0].sentence).toBe(ENGLISH);
    expect((await explain('&language=ko')).body.findings[0].sentence).toBe(KOREAN);
    const unknown = await explain('&language=tlh');
    expect(unknown.status).toBe(400);
    expect(unknown.body.errors).toEqual([{ in: 'query', field: 'language', message: 'must be one of en, ko' }]);
  });

  it('changes nothing of what proves a finding, or of what a program reads', async () => {
    const [english, korean] = [(await explain()).body, (await explain('&language=ko')).body];
    const rest = ({ findings, ...others }: { findings: Record<string, unknown>[] }) => ({
      ...others,
      findings: findings.map(({ sentence: _sentence, wouldChange: _wouldChange, ...finding }) => finding),
    });
    expect(rest(korean)).toEqual(rest(english));
    expect(korean.findings[0].wouldChange).not.toBe(english.findings[0].wouldChange);
  });

  it('is that of an advance, too, which says why it did not reach its condition', async () => {
    const body = { until: { for: 'condition=Ready', resource: 'pods', name: 'web' }, timeout: '1s' };
    const whole = await served.http.post(`${CLUSTER}/clock/advance?language=ko`).send(body);
    expect(whole.body).toMatchObject({ reached: false, nearest: { state: 'Ready 컨디션이 없음' }, explanation: [{ sentence: KOREAN }] });
    const streamed = await served.http
      .post(`${CLUSTER}/clock/advance`)
      .set('Accept', 'text/event-stream')
      .set('Accept-Language', 'ko')
      .send(body);
    expect(streamed.headers['content-language']).toBe('ko');
    expect(streamed.text).toContain(KOREAN);
    expect((await served.http.post(`${CLUSTER}/clock/advance`).send(body)).body.explanation[0].sentence).toBe(ENGLISH);
  });

  it('is that of causes, and of the marks of a timeline', async () => {
    const { resourceVersion } = (await explain()).body;
    const causes = await served.http.get(`${CLUSTER}/changes/${resourceVersion}/causes?language=ko`);
    expect(causes.headers['content-language']).toBe('ko');
    expect(causes.body.causes.map(({ sentence }: { sentence: string }) => sentence)).toEqual([
      '스케줄러가 pods default/web 오브젝트를 변경했습니다: PodScheduled 컨디션 False (Unschedulable).',
      'API 서버가 pods default/web 오브젝트를 만들었습니다.',
      expect.stringMatching(/: 2번 명령을 내렸습니다: 매니페스트 1개 apply\.$/),
    ]);
    const whole = await served.http.get(`${CLUSTER}/timeline`).set('Accept-Language', 'ko');
    expect(whole.headers['content-language']).toBe('ko');
    expect(whole.body.marks).toContainEqual(expect.objectContaining({ type: 'command', text: '매니페스트 1개 apply' }));
    expect((await served.http.get(`${CLUSTER}/timeline`)).body.marks[0].text).toBe('apply 1 manifest');
  });

  it('is English for a client that says nothing of languages, as fetch of Node.js does with *', async () => {
    const answer = await fetch(`${served.url}${CLUSTER}/explain?resource=po&name=web`);
    expect(await answer.json()).toMatchObject({ findings: [{ sentence: ENGLISH }] });
  });
});

describe('languageOf', () => {
  it.each([
    [null, 'en'],
    ['', 'en'],
    ['*', 'en'],
    ['ko', 'ko'],
    ['KO-kr', 'ko'],
    ['en-GB,ko', 'en'],
    ['fr;q=1, *;q=0.1', 'en'],
    ['en;q=0.2, ko;q=0.7', 'ko'],
    ['ko;q=0, *', 'en'],
    ['kok', 'en'],
    ['ko;q=x', 'en'],
    [';;,,q=', 'en'],
  ] as const)('%s: %s', (accepted, language) => expect(languageOf(accepted)).toBe(language));
});
