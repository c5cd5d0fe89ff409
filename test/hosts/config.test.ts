// Settings that open the service to others, and what is said of values that are none.

import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from '../../src/hosts/config.ts';

describe('who may use the service', () => {
  it('nobody but this machine, unless the settings say so', () => {
    expect(readConfig([], {})).toMatchObject({ host: '127.0.0.1', allowedHosts: [], allowedOrigins: [], trustedProxies: undefined });
  });

  it('flags and variables are lists', () => {
    const flags = [
      '--allowed-hosts',
      'orrery.example, *.sims.example,[fe80::1]',
      '--allowed-origins',
      'https://a.example,http://localhost:3000',
    ];
    const config = readConfig(flags, { ORRERY_TRUSTED_PROXIES: '10.0.0.0/8,::1' });
    expect(config.allowedHosts).toEqual(['orrery.example', '*.sims.example', 'fe80::1']);
    expect(config.allowedOrigins).toEqual(['https://a.example', 'http://localhost:3000']);
    expect([config.trustedProxies?.check('10.1.2.3'), config.trustedProxies?.check('11.1.2.3')]).toEqual([true, false]);
    expect(config.trustedProxies?.check('::1', 'ipv6')).toBe(true);
  });

  it.each([
    ['--allowed-hosts', 'orrery.example:8080', '--allowed-hosts must be host names without port'],
    ['--allowed-hosts', 'https://orrery.example', '--allowed-hosts must be host names without port'],
    ['--allowed-origins', 'school.example', '--allowed-origins must be origins'],
    ['--allowed-origins', 'https://school.example/', '--allowed-origins must be origins'],
    ['--trusted-proxies', 'proxy.example', '--trusted-proxies must be IP addresses or networks'],
    ['--trusted-proxies', '10.0.0.0/33', '--trusted-proxies must be IP addresses or networks'],
    ['--trusted-proxies', '10.0.0.0/8/9', '--trusted-proxies must be IP addresses or networks'],
  ])('%s %s is refused', (flag, value, message) => {
    expect(() => readConfig([flag, value], {})).toThrow(ConfigError);
    expect(() => readConfig([flag, value], {})).toThrow(message);
  });
});

describe('what an answered command survives', () => {
  it('is the death of the process, or more', () => {
    expect(readConfig([], {}).durability).toBe('process');
    expect(readConfig([], { ORRERY_DURABILITY: 'full' }).durability).toBe('full');
    expect(() => readConfig(['--durability', 'none'], {})).toThrow('--durability must be process or full, not "none".');
  });
});
