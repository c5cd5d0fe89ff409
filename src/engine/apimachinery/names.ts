// Formats of names, label keys and label values with upstream's exact texts, and generated name suffixes.
// Upstream: apimachinery/pkg/util/validation/validation.go, pkg/api/validation/generic.go, apiserver/pkg/storage/names/generate.go (v1.33).
// Rules P1, P2, F1, C1006.

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*';
const DNS1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const QUALIFIED = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const LABEL_VALUE = '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?';
const ENV_NAME = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const CONFIG_KEY = '[-._a-zA-Z0-9]+';

// The expressions that decide avoid nested repetition over one alphabet, so that no input makes them slow.
const IS_LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/;
const IS_DNS1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/;
const IS_NAME_PART = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const IS_CONFIG_KEY = /^[-._a-zA-Z0-9]+$/;
const IS_ENV_NAME = /^[ -<>-~]+$/;

export const SUBDOMAIN_LENGTH_MAX = 253;
export const LABEL_LENGTH_MAX = 63;

const SUBDOMAIN_TEXT = `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character ${example(SUBDOMAIN, 'example.com')}`;
const LABEL_TEXT = `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character ${example(LABEL, 'my-name', '123-abc')}`;
const DNS1035_TEXT = `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character ${example(DNS1035, 'my-name', 'abc-123')}`;
const QUALIFIED_RULE = "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character";
const NAME_PART_TEXT = `name part ${QUALIFIED_RULE} ${example(QUALIFIED, 'MyName', 'my.name', '123-abc')}`;
const QUALIFIED_TEXT = `a qualified name ${QUALIFIED_RULE} ${example(QUALIFIED, 'MyName', 'my.name', '123-abc')} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
const LABEL_VALUE_TEXT = `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character ${example(LABEL_VALUE, 'MyValue', 'my_value', '12345')}`;
const CONFIG_KEY_TEXT = `a valid config key must consist of alphanumeric characters, '-', '_' or '.' ${example(CONFIG_KEY, 'key.name', 'KEY_NAME', 'key-name')}`;

/** P1: upstream's regex error, with its double space before `or`. */
function example(regex: string, ...examples: readonly string[]): string {
  return `(e.g. ${examples.map((text) => `'${text}'`).join(',  or ')}, regex used for validation is '${regex}')`;
}

function longerThan(lengthMax: number): string {
  return `must be no more than ${lengthMax} characters`;
}

/** What is wrong with a DNS-1123 subdomain; nothing when it is well formed. */
export function subdomainProblems(text: string): string[] {
  const problems = text.length > SUBDOMAIN_LENGTH_MAX ? [longerThan(SUBDOMAIN_LENGTH_MAX)] : [];
  if (!text.split('.').every((part) => IS_LABEL.test(part))) problems.push(SUBDOMAIN_TEXT);
  return problems;
}

/** What is wrong with a DNS-1123 label. */
export function labelProblems(text: string): string[] {
  const problems = text.length > LABEL_LENGTH_MAX ? [longerThan(LABEL_LENGTH_MAX)] : [];
  // What is a subdomain but no label can only have dots too many.
  if (!IS_LABEL.test(text)) problems.push(text.split('.').every((part) => IS_LABEL.test(part)) ? 'must not contain dots' : LABEL_TEXT);
  return problems;
}

/** What is wrong with a DNS-1035 label. */
export function dns1035Problems(text: string): string[] {
  const problems = text.length > LABEL_LENGTH_MAX ? [longerThan(LABEL_LENGTH_MAX)] : [];
  if (!IS_DNS1035.test(text)) problems.push(DNS1035_TEXT);
  return problems;
}

/** What is wrong with a name that only has to fit into a URL path. */
export function pathSegmentProblems(text: string): string[] {
  if (text === '.' || text === '..') return [`may not be '${text}'`];
  return ['/', '%'].filter((part) => text.includes(part)).map((part) => `may not contain '${part}'`);
}

/** What is wrong with a label key or any other qualified name (C1006). */
export function qualifiedNameProblems(text: string): string[] {
  const parts = text.split('/');
  if (parts.length > 2) return [QUALIFIED_TEXT];
  const problems: string[] = [];
  const name = parts[parts.length - 1] as string;
  if (parts.length === 2) {
    const prefix = parts[0] as string;
    if (prefix === '') problems.push('prefix part must be non-empty');
    else problems.push(...subdomainProblems(prefix).map((problem) => `prefix part ${problem}`));
  }
  if (name === '') problems.push('name part must be non-empty');
  else if (name.length > LABEL_LENGTH_MAX) problems.push(`name part ${longerThan(LABEL_LENGTH_MAX)}`);
  if (!IS_NAME_PART.test(name)) problems.push(NAME_PART_TEXT);
  return problems;
}

/** What is wrong with a label's value (C1006). */
export function labelValueProblems(text: string): string[] {
  const problems = text.length > LABEL_LENGTH_MAX ? [longerThan(LABEL_LENGTH_MAX)] : [];
  if (text !== '' && !IS_NAME_PART.test(text)) problems.push(LABEL_VALUE_TEXT);
  return problems;
}

/** What is wrong with the name of an environment variable. */
export function envNameProblems(text: string): string[] {
  return IS_ENV_NAME.test(text) ? [] : [ENV_NAME];
}

/** What is wrong with a key of ConfigMap or Secret data (P10). */
export function configKeyProblems(text: string): string[] {
  const problems = text.length > SUBDOMAIN_LENGTH_MAX ? [longerThan(SUBDOMAIN_LENGTH_MAX)] : [];
  if (!IS_CONFIG_KEY.test(text)) problems.push(CONFIG_KEY_TEXT);
  if (text === '.') problems.push("must not be '.'");
  else if (text === '..') problems.push("must not be '..'");
  else if (text.startsWith('..')) problems.push("must not start with '..'");
  return problems;
}

/** What is wrong with the name of a container port (an IANA service name). */
export function portNameProblems(text: string): string[] {
  const problems: string[] = [];
  if (text.length > 15) problems.push('must be no more than 15 characters');
  if (!/^[-a-z0-9]+$/.test(text)) problems.push('must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)');
  if (!/[a-z]/.test(text)) problems.push('must contain at least one letter (a-z)');
  if (text.includes('--')) problems.push('must not contain consecutive hyphens');
  if (text.startsWith('-') || text.endsWith('-')) problems.push('must not begin or end with a hyphen');
  return problems;
}

/** Letters of generated suffixes: no vowels, nothing that looks like another (F1). */
const SUFFIX_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const GENERATED_BASE_LENGTH_MAX = 58;

/** Random characters for names; `drawBelow` yields an integer in [0, bound). */
export function randomSuffix(drawBelow: (bound: number) => number, length = 5): string {
  let text = '';
  for (let i = 0; i < length; i += 1) text += SUFFIX_ALPHABET[drawBelow(SUFFIX_ALPHABET.length)];
  return text;
}

/** F1: the name that `generateName` becomes. */
export function generatedName(base: string, drawBelow: (bound: number) => number): string {
  return base.slice(0, GENERATED_BASE_LENGTH_MAX) + randomSuffix(drawBelow);
}
