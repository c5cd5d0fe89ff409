// `orrery healthcheck`: is the service of these settings, on this machine, ready? For container engines, which know nothing of its port, its
// certificate or its address.

import { get as getPlain, type IncomingMessage } from 'node:http';
import { get as getTls } from 'node:https';
import { type Config, ConfigError, readConfig } from './config.ts';
import type { FolderReport } from './folder-commands.ts';
import { urlHost } from './url-host.ts';

const PATIENCE_MS = 3_000;

/** Exit code 0 when `/readyz` answers 200, else 1 with the reason. Fails: ConfigError. */
export async function runHealthcheck(flags: readonly string[], environment: NodeJS.ProcessEnv): Promise<FolderReport> {
  const config = readConfig(flags, environment);
  if (config.port === 0) throw new ConfigError('The port of the service must be said: --port (or ORRERY_PORT).');
  const url = `${config.tls === undefined ? 'http' : 'https'}://${urlHost(config.host)}:${config.port}/readyz`;
  try {
    const { status, text } = await ask(url, config);
    return { lines: [`${url} answers ${status}: ${text.trim()}`], exitCode: status === 200 ? 0 : 1 };
  } catch (error) {
    return { lines: [`${url} does not answer: ${(error as Error).message}`], exitCode: 1 };
  }
}

/** The certificate is not looked at: it is for the names that clients use, and this asks the machine itself. */
function ask(url: string, { tls }: Config): Promise<{ readonly status: number; readonly text: string }> {
  return new Promise((resolve, reject) => {
    const read = (answer: IncomingMessage) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (part: string) => (text += part));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text })).on('error', reject);
    };
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const request = tls === undefined ? getPlain(url, { signal }, read) : getTls(url, { signal, rejectUnauthorized: false }, read);
    request.on('error', (error) => reject(signal.aborted ? new Error(`nothing for ${PATIENCE_MS / 1_000} s`) : error));
  });
}
