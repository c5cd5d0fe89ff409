// The ordinary JavaScript client on the streams of a container: Exec, Attach and PortForward, as they are.

import { PassThrough } from 'node:stream';
import { Attach, Exec, KubeConfig, PortForward, type V1Status } from '@kubernetes/client-node';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openExecs } from '../../../../src/engine/cluster/index.ts';
import { until } from './clients.ts';
import { openStreamingStage, type StreamingStage } from './stage.ts';

let stage: StreamingStage;
let config: KubeConfig;

beforeEach(async () => {
  stage = await openStreamingStage();
  config = new KubeConfig();
  config.loadFromString((await stage.served.http.get('/v1/clusters/demo/kubeconfig').buffer(true)).text);
});
afterEach(() => stage.served.close());

/** A stream that remembers what came. */
function sink(): { readonly stream: PassThrough; readonly text: () => string } {
  const stream = new PassThrough();
  let text = '';
  stream.on('data', (part: Buffer) => {
    text += part.toString('utf8');
  });
  return { stream, text: () => text };
}

/** Runs a command to its end. */
async function run(command: readonly string[], stdin?: PassThrough): Promise<{ stdout: string; stderr: string; status: V1Status }> {
  const [out, error] = [sink(), sink()];
  const status = await new Promise<V1Status>((resolve, reject) => {
    const exec = new Exec(config);
    const streams = [out.stream, error.stream, stdin ?? null] as const;
    exec.exec('default', 'web', 'main', [...command], ...streams, false, resolve).catch(reject);
  });
  return { stdout: out.text(), stderr: error.text(), status };
}

it('S4 S5 S6 Exec tells streams and exit code', async () => {
  const { stdout, stderr, status } = await run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
  expect([stdout, stderr]).toEqual(['out\n', 'err\n']);
  expect(status).toMatchObject({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  });
  expect((await run(['true'])).status).toEqual({ metadata: {}, status: 'Success' });
});

it('S5 Exec closes standard input', async () => {
  const stdin = new PassThrough();
  stdin.end('one\ntwo\n');
  expect(await run(['wc', '-l'], stdin)).toMatchObject({ stdout: expect.stringMatching(/^\s*2\n$/), status: { status: 'Success' } });
});

it('S3 Exec fails on what is refused before the upgrade', async () => {
  const exec = new Exec(config);
  await expect(exec.exec('default', 'ghost', 'main', 'ls', null, null, null, false)).rejects.toMatchObject({
    message: 'Unexpected server response: 404',
  });
});

it('Exec that is closed ends its command', async () => {
  const socket = await new Exec(config).exec('default', 'web', 'main', ['sleep', '100'], sink().stream, null, null, false);
  await until(() => stage.served.service.read('demo', openExecs).length === 1);
  socket.close();
  await until(() => stage.served.service.read('demo', openExecs).length === 0);
});

it('S19 Attach shows what comes', async () => {
  const out = sink();
  const socket = await new Attach(config).attach('default', 'ticking', 'main', out.stream, null, null, false);
  await stage.advance('10s');
  await until(() => out.text() === 'tick 4\n', out.text);
  socket.close();
});

it('S16 PortForward carries HTTP', async () => {
  const [out, error, input] = [sink(), sink(), new PassThrough()];
  const forward = new PortForward(config);
  await forward.portForward('default', 'server', [80], out.stream, error.stream, input);
  input.write('GET /?code=404 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
  await until(() => out.text().endsWith('\r\n\r\n'), out.text);
  expect(out.text()).toMatch(/^HTTP\/1\.1 404 Not Found\r\nDate: Wed, 01 Jan 2025 00:00:30 GMT\r\n/);
  expect(error.text()).toBe('');
});
