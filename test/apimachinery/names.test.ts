import { expect, test } from 'vitest';
import * as names from '../../src/engine/apimachinery/names.ts';

type Check = 'subdomain' | 'label' | 'dns1035' | 'qualifiedName' | 'labelValue' | 'portName' | 'configKey' | 'envName' | 'pathSegment';

const CHECKS: Readonly<Record<Check, (text: string) => string[]>> = {
  subdomain: names.subdomainProblems,
  label: names.labelProblems,
  dns1035: names.dns1035Problems,
  qualifiedName: names.qualifiedNameProblems,
  labelValue: names.labelValueProblems,
  portName: names.portNameProblems,
  configKey: names.configKeyProblems,
  envName: names.envNameProblems,
  pathSegment: names.pathSegmentProblems,
};

// One row, one case; the outcome is the first words of each problem.
test.each<[Check, string, string]>([
  ['subdomain', 'example.com', ''],
  ['subdomain', 'a', ''],
  ['subdomain', '', 'a lowercase RFC 1123 subdomain must consist'],
  ['subdomain', 'Bad_Name', 'a lowercase RFC 1123 subdomain must consist'],
  ['subdomain', 'a..b', 'a lowercase RFC 1123 subdomain must consist'],
  ['subdomain', '-a', 'a lowercase RFC 1123 subdomain must consist'],
  ['subdomain', 'a'.repeat(254), 'must be no more than 253 characters'],
  ['label', 'a-1', ''],
  ['label', 'a.b', 'must not contain dots'],
  ['label', 'C_1', 'a lowercase RFC 1123 label must consist'],
  ['label', 'a'.repeat(64), 'must be no more than 63 characters'],
  ['dns1035', '1a', 'a DNS-1035 label must consist'],
  ['qualifiedName', 'example.com/My.Name', ''],
  ['qualifiedName', 'a/b/c', 'a qualified name must consist'],
  ['qualifiedName', '/b', 'prefix part must be non-empty'],
  ['qualifiedName', 'A/b', 'prefix part a lowercase RFC 1123 subdomain must consist'],
  ['qualifiedName', 'a b', 'name part must consist'],
  ['qualifiedName', '', 'name part must be non-empty|name part must consist'],
  ['labelValue', '', ''],
  ['labelValue', 'a b', 'a valid label must be'],
  ['labelValue', 'a'.repeat(64), 'must be no more than 63 characters'],
  ['portName', 'http-1', ''],
  ['portName', 'averyveryverylongname', 'must be no more than 15 characters'],
  ['portName', 'HTTP', 'must contain only alpha-numeric characters|must contain at least one letter'],
  ['portName', '123', 'must contain at least one letter'],
  ['portName', 'a--b', 'must not contain consecutive hyphens'],
  ['portName', '-a', 'must not begin or end with a hyphen'],
  ['configKey', 'key.name', ''],
  ['configKey', 'a b', 'a valid config key must consist'],
  ['configKey', '..', "must not be '..'"],
  ['configKey', '..a', "must not start with '..'"],
  ['envName', 'MY.VAR 1', ''],
  ['envName', 'a b=', 'a valid environment variable name must consist'],
  ['pathSegment', '..', "may not be '..'"],
  ['pathSegment', 'a/b%', "may not contain '/'|may not contain '%'"],
])('P1 %s %s', (check, text, outcome) => {
  const problems = CHECKS[check](text);
  const expected = outcome === '' ? [] : outcome.split('|');
  expect(problems.map((problem, index) => problem.slice(0, expected[index]?.length))).toEqual(expected);
});

test('P1 the texts have a double space before "or"', () => {
  expect(names.labelProblems('A')).toEqual([
    "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')",
  ]);
});

test('F1 generated names cut their base to 58 characters and add 5 letters', () => {
  expect(names.generatedName('web-', () => 0)).toBe('web-bbbbb');
  expect(names.generatedName('x'.repeat(70), (bound) => bound - 1)).toBe(`${'x'.repeat(58)}99999`);
});
