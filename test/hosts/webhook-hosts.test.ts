// Which hosts admission webhooks may be on: what a user of a cluster writes must not make the service ask whom it should not.

import { describe, expect, it } from 'vitest';
import { readConfig } from '../../src/hosts/config.ts';
import { hasHost } from '../../src/hosts/webhook-hosts.ts';
import { webhookCaller } from '../../src/hosts/webhooks.ts';

const hostsOf = (...flags: readonly string[]) => readConfig(flags, {}).webhookHosts;

describe('hosts of webhooks', () => {
  it('are those of this machine for a service that only this machine can ask, and none for another', () => {
    expect(hostsOf()).toEqual(['loopback']);
    expect(hostsOf('--host', '0.0.0.0', '--token', 'secret')).toEqual([]);
    expect(hostsOf('--host', '0.0.0.0', '--token', 'secret', '--webhook-hosts', 'loopback,*.example.com')).toEqual([
      'loopback',
      '*.example.com',
    ]);
    expect(hostsOf('--webhook-hosts', 'none')).toEqual([]);
  });

  it.each<[string, string, boolean]>([
    ['loopback', '127.0.0.1', true],
    ['loopback', '127.1.2.3', true],
    ['loopback', '::1', true],
    ['loopback', 'localhost', true],
    ['loopback', 'localhost.example.com', false],
    ['loopback', '10.0.0.1', false],
    ['loopback', '169.254.169.254', false],
    ['loopback', '0.0.0.0', false],
    ['loopback', '127.0.0.1.example.com', false],
    ['*.example.com', 'a.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'badexample.com', false],
    ['Hook.example.com', 'hook.example.com', true],
    ['*', '10.0.0.1', true],
  ])('%s has %s: %s', (list, host, expected) => {
    expect(hasHost([list], host)).toBe(expected);
  });

  it.each([
    ['https://10.0.0.1:8080/x', '10.0.0.1'],
    ['https://169.254.169.254/latest', '169.254.169.254'],
    ['https://[::ffff:a00:1]/x', '::ffff:a00:1'],
    ['https://0x0a000001/x', '10.0.0.1'],
    ['https://localhost.example.com/x', 'localhost.example.com'],
  ])('%s is not asked', async (url, host) => {
    const answer = await webhookCaller(['loopback'])({ key: 'k', url, timeoutSeconds: 1, review: {} });
    expect(answer).toEqual({ key: 'k', failure: `${host} is not among the hosts that --webhook-hosts lets be called` });
  });
});
