import { expect, test } from 'vitest';
import { matchesFields, parseFieldSelector, unsupportedField } from '../../src/engine/apimachinery/fields.ts';
import {
  formatLabelSelector,
  formatLabels,
  formatSelector,
  matchesSelector,
  parseSelector,
  selectorFromLabelSelector,
} from '../../src/engine/apimachinery/labels.ts';

const OBJECTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  p1: { app: 'web', tier: 'front', ver: '1' },
  p2: { app: 'web', tier: 'back' },
  p3: { app: 'db', 'example.com/owner': 'x' },
  p4: {},
  p5: { app: '', ver: '10' },
  p6: { app: 'web', ver: '2', env: 'prod' },
};

/** Names of the matching objects, or the error. */
function select(text: string): string {
  const parsed = parseSelector(text);
  if (!parsed.ok) return parsed.error;
  return Object.keys(OBJECTS)
    .filter((name) => matchesSelector(parsed.value, OBJECTS[name]))
    .join(' ');
}

test.each([
  ['C1010 the empty text selects everything', '', 'p1 p2 p3 p4 p5 p6'],
  ['C1010 equality', 'app=web', 'p1 p2 p6'],
  ['C1010 blanks are allowed', ' app\t= web ', 'p1 p2 p6'],
  ['C1011 != matches objects without the key', 'app!=web', 'p3 p4 p5'],
  ['C1010 existence', 'app', 'p1 p2 p3 p5 p6'],
  ['C1010 absence', '!app', 'p4'],
  ['C1010 requirements are joined by AND', 'app=web,tier=front', 'p1'],
  ['C1010 in', 'app in (web, db)', 'p1 p2 p3 p6'],
  ['C1011 notin matches objects without the key', 'app notin (web)', 'p3 p4 p5'],
  ['C1011 () is the empty value', 'app notin ()', 'p1 p2 p3 p4 p6'],
  ['C1011 (,) is the empty value', 'app in (,)', 'p5'],
  ['C1011 a trailing comma adds the empty value', 'app in (web,)', 'p1 p2 p5 p6'],
  ['C1011 k!= means not empty', 'app!=', 'p1 p2 p3 p4 p6'],
  ['C1011 keywords may be values', 'app in (in,notin)', ''],
  ['C1012 less than', 'ver<10', 'p1 p6'],
  ['C1012 between', 'ver>1,ver<10', 'p6'],
  ['C1006 prefixed keys', 'example.com/owner=x', 'p3'],
  ['C1005 contradictions match nothing', 'app=web,app=db', ''],
])('%s: %s', (_, text, names) => {
  expect(select(text)).toBe(names);
});

const LABEL_VALUE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const NAME_PART =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

test.each([
  ['a b=c', "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"],
  ['a=>b', "unable to parse requirement: found '>', expected: identifier"],
  ['a in (b', "unable to parse requirement: found '', expected: ',' or ')'"],
  ['a in web', "unable to parse requirement: found 'web' expected: '('"],
  ['a in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
  ['a in (,=)', "unable to parse requirement: found '=', expected: ',', or identifier"],
  ['a=(web)', "unable to parse requirement: found '(', expected: identifier"],
  ['!', "unable to parse requirement: found '', expected: identifier"],
  ['!!a', "unable to parse requirement: found '!', expected: identifier"],
  ['!a=b', "found '=', expected: ',' or 'end of string'"],
  ['a=b,', "found '', expected: identifier after ','"],
  ['a=b,,c', "found ',', expected: identifier after ','"],
  ['=', "found '=', expected: !, identifier, or 'end of string'"],
  ['v>abc', `unable to parse requirement: values[0]: Invalid value: "abc": for 'Gt', 'Lt' operators, the value must be an integer`],
  ['a=b@c', `unable to parse requirement: values[0][a]: Invalid value: "b@c": ${LABEL_VALUE}`],
  ['-a=b', `unable to parse requirement: <nil>: Invalid value: "-a": ${NAME_PART}`],
  [
    `${'x'.repeat(64)}=a`,
    `unable to parse requirement: <nil>: Invalid value: "${'x'.repeat(64)}": name part must be no more than 63 characters`,
  ],
])('C1014 refuses %s', (text, error) => {
  expect(select(text)).toBe(error);
});

test.each([
  ['b=2,a=1', 'a=1,b=2'],
  ['z notin (c,b,b),!y,x', 'x,!y,z notin (b,c)'],
  ['a==1,b!=2,c>3,d<4', 'a==1,b!=2,c>3,d<4'],
])('C1013 prints %s as %s', (text, canonical) => {
  const parsed = parseSelector(text);
  expect(parsed.ok && formatSelector(parsed.value)).toBe(canonical);
});

test('C1001 an absent selector matches nothing, an empty one everything', () => {
  expect(matchesSelector(selectorFromLabelSelector(undefined), {})).toBe(false);
  expect(matchesSelector(selectorFromLabelSelector({}), {})).toBe(true);
});

test('N12 prints label selectors and labels sorted by key', () => {
  const expressions = [
    { key: 'c', operator: 'In', values: ['y', 'x'] },
    { key: 'd', operator: 'NotIn', values: ['z'] },
    { key: 'e', operator: 'Exists' },
    { key: 'f', operator: 'DoesNotExist' },
  ];
  expect(
    formatLabelSelector({
      matchLabels: { a: 'b' },
      matchExpressions: expressions,
    }),
  ).toBe('a=b,c in (x,y),d notin (z),e,!f');
  expect(formatLabelSelector({})).toBe('<none>');
  expect(formatLabels({ b: '2', a: '1' })).toBe('a=1,b=2');
  expect(formatLabels(undefined)).toBe('<none>');
});

const POD = {
  kind: 'Pod',
  apiVersion: 'v1',
  metadata: {
    name: 'p',
    namespace: 'n',
    uid: '1',
    resourceVersion: '1',
    creationTimestamp: '2025-01-01T00:00:00Z',
  },
};

test.each([
  ['C1020 ==', 'status.phase==Running', 'true'],
  ['C1020 joined by commas', 'metadata.name=p,metadata.namespace!=n', 'false'],
  ['C1024 an unset field is empty', 'spec.nodeName=', 'true'],
  ['C1020 the empty text', '', 'true'],
  ['C1020 escapes', 'status.phase=Run\\,ning', 'false'],
  ['G5 no operator', 'status.phase', "invalid selector: 'status.phase'; can't understand 'status.phase'"],
  ['C1020 unknown escape', 'a=\\b', 'invalid field selector: invalid escape sequence: \\b'],
  ['C1020 unescaped character', 'a=b=c', 'invalid field selector: unescaped character in value: 61'],
  ['C1021 unknown field', 'spec.bogus=1', 'field label not supported: spec.bogus'],
])('%s: %s', (_, text, outcome) => {
  const parsed = parseFieldSelector(text);
  const values = { 'status.phase': 'Running', 'spec.nodeName': '' };
  const labels = [...Object.keys(values), 'a'];
  const answer = parsed.ok ? (unsupportedField(parsed.value, labels) ?? String(matchesFields(parsed.value, POD, values))) : parsed.error;
  expect(answer).toBe(outcome);
});

test('C1021 kinds without own fields name the two they have', () => {
  const parsed = parseFieldSelector('status.replicas=0');
  expect(parsed.ok && unsupportedField(parsed.value, undefined)).toBe(
    '"status.replicas" is not a known field selector: only "metadata.name", "metadata.namespace"',
  );
});
