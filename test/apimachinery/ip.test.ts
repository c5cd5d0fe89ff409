import { expect, it } from 'vitest';
import { endpointIpProblems, ipProblems } from '../../src/engine/apimachinery/ip.ts';

it.each<[string, readonly string[]]>([
  ['10.0.0.1', []],
  ['2001:db8::1', []],
  ['0.0.0.0', ['may not be unspecified (0.0.0.0)']],
  ['::', ['may not be unspecified (::)']],
  ['127.0.0.1', ['may not be in the loopback range (127.0.0.0/8, ::1/128)']],
  ['::1', ['may not be in the loopback range (127.0.0.0/8, ::1/128)']],
  ['169.254.1.1', ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
  ['fe80::1', ['may not be in the link-local range (169.254.0.0/16, fe80::/10)']],
  ['224.0.0.1', ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']],
  ['ff02::1', ['may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)']],
  ['224.0.1.1', []],
])('P9 the address of an endpoint: %s', (address, problems) => {
  expect(ipProblems(address)).toEqual([]);
  expect(endpointIpProblems(address)).toEqual(problems);
});
