// Kubernetes' own libraries: quantities, named formats, and questions about rights.
// Upstream: k8s.io/apiserver/pkg/cel/library/{quantity,format,authz}.go (v1.33).

import { dns1035Problems, labelProblems, labelValueProblems, qualifiedNameProblems, subdomainProblems } from '../../names.ts';
import { parseTime } from '../../time.ts';
import { formatQuantity, parseQuantity, type Quantity } from '../../quantity.ts';
import type { AuthorizerAnswer, AuthorizerQuestion, Library } from '../declarations.ts';
import { type CelOpaque, type CelResult, type CelValue, fail, list, NONE, some } from '../values.ts';
import { decodeBytes } from '../../base64.ts';

const NANO = 1_000_000_000n;
const INT_MAX = (1n << 63n) - 1n;
const QUANTITY = 'kubernetes.Quantity';

function quantityOf(value: Quantity): CelOpaque {
  // Quantities of one size are equal, however they are written.
  return { kind: 'opaque', type: QUANTITY, text: String(value.nano), data: value };
}

const quantity = (value: CelValue | undefined): Quantity => (value as CelOpaque).data as Quantity;
const isInteger = ({ nano }: Quantity): boolean => nano % NANO === 0n && nano / NANO <= INT_MAX && nano / NANO >= -INT_MAX - 1n;

function combine(a: CelValue | undefined, nano: bigint, sign: bigint): CelOpaque {
  const left = quantity(a);
  return quantityOf({ nano: left.nano + sign * nano, format: left.format });
}

export const QUANTITIES: Library = {
  declarations: `
    quantity string_to_quantity (string) kubernetes.Quantity
    isQuantity is_quantity_string (string) bool
    sign quantity_sign .(kubernetes.Quantity) int
    isGreaterThan quantity_is_greater_than .(kubernetes.Quantity, kubernetes.Quantity) bool
    isLessThan quantity_is_less_than .(kubernetes.Quantity, kubernetes.Quantity) bool
    compareTo quantity_compare_to .(kubernetes.Quantity, kubernetes.Quantity) int
    asApproximateFloat quantity_get_float .(kubernetes.Quantity) double
    asInteger quantity_get_int .(kubernetes.Quantity) int
    isInteger quantity_is_integer .(kubernetes.Quantity) bool
    add quantity_add .(kubernetes.Quantity, kubernetes.Quantity) kubernetes.Quantity
    add quantity_add_int .(kubernetes.Quantity, int) kubernetes.Quantity
    sub quantity_sub .(kubernetes.Quantity, kubernetes.Quantity) kubernetes.Quantity
    sub quantity_sub_int .(kubernetes.Quantity, int) kubernetes.Quantity`,
  implementations: {
    string_to_quantity: ([text]) => {
      const parsed = parseQuantity(text as string);
      return parsed.ok ? quantityOf(parsed.value) : fail(parsed.error);
    },
    is_quantity_string: ([text]) => parseQuantity(text as string).ok,
    quantity_sign: ([value]) => (quantity(value).nano === 0n ? 0n : quantity(value).nano > 0n ? 1n : -1n),
    quantity_is_greater_than: ([a, b]) => quantity(a).nano > quantity(b).nano,
    quantity_is_less_than: ([a, b]) => quantity(a).nano < quantity(b).nano,
    quantity_compare_to: ([a, b]) => (quantity(a).nano === quantity(b).nano ? 0n : quantity(a).nano > quantity(b).nano ? 1n : -1n),
    quantity_get_float: ([value]) => Number(quantity(value).nano) / 1e9,
    quantity_get_int: ([value]) => (isInteger(quantity(value)) ? quantity(value).nano / NANO : fail('cannot convert value to integer')),
    quantity_is_integer: ([value]) => isInteger(quantity(value)),
    quantity_add: ([a, b]) => combine(a, quantity(b).nano, 1n),
    quantity_add_int: ([a, b]) => combine(a, (b as bigint) * NANO, 1n),
    quantity_sub: ([a, b]) => combine(a, quantity(b).nano, -1n),
    quantity_sub_int: ([a, b]) => combine(a, (b as bigint) * NANO, -1n),
  },
};

/** The canonical text of a quantity value. */
export function quantityText(value: CelOpaque): string {
  return formatQuantity(quantity(value));
}

type Problems = (text: string) => readonly string[];

const withoutDash =
  (problems: Problems): Problems =>
  (text) =>
    problems(text.endsWith('-') ? `${text.slice(0, -1)}a` : text);
const check =
  (isValid: (text: string) => boolean, problem: string): Problems =>
  (text) =>
    isValid(text) ? [] : [problem];

/** What a format finds wrong with a text. */
const FORMATS: Readonly<Record<string, Problems>> = {
  dns1123Label: labelProblems,
  dns1123Subdomain: subdomainProblems,
  dns1035Label: dns1035Problems,
  qualifiedName: qualifiedNameProblems,
  dns1123LabelPrefix: withoutDash(labelProblems),
  dns1123SubdomainPrefix: withoutDash(subdomainProblems),
  dns1035LabelPrefix: withoutDash(dns1035Problems),
  labelValue: labelValueProblems,
  uri: check((text) => /^(?:[a-zA-Z][a-zA-Z0-9+.-]*:|\/)\S*$/.test(text), 'invalid URI'),
  uuid: check((text) => /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i.test(text), 'does not match the UUID format'),
  byte: check((text) => decodeBytes(text).ok, 'invalid base64'),
  date: check((text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && parseTime(`${text}T00:00:00Z`) !== undefined, 'invalid date'),
  datetime: check((text) => parseTime(text) !== undefined, 'invalid datetime'),
};

const formatValue = (name: string): CelOpaque => ({ kind: 'opaque', type: 'kubernetes.NamedFormat', text: name, data: name });

export const NAMED_FORMATS: Library = {
  declarations: `
    format.named format_named (string) optional(kubernetes.NamedFormat)
    validate format_validate .(kubernetes.NamedFormat, string) optional(list(string))
    ${Object.keys(FORMATS)
      .map((name) => `format.${name} format_${name} () kubernetes.NamedFormat`)
      .join('\n')}`,
  implementations: {
    ...Object.fromEntries(Object.keys(FORMATS).map((name) => [`format_${name}`, () => formatValue(name)])),
    format_named: ([name]) => (Object.hasOwn(FORMATS, name as string) ? some(formatValue(name as string)) : NONE),
    format_validate: ([format, text]) => {
      const problems = FORMATS[(format as CelOpaque).text]?.(text as string) ?? [];
      return problems.length === 0 ? NONE : some(list([...problems]));
    },
  },
};

export const AUTHORIZER = 'kubernetes.authorization.Authorizer';
const PATH_CHECK = 'kubernetes.authorization.PathCheck';
const GROUP_CHECK = 'kubernetes.authorization.GroupCheck';
const RESOURCE_CHECK = 'kubernetes.authorization.ResourceCheck';
const DECISION = 'kubernetes.authorization.Decision';

const EMPTY_QUESTION: AuthorizerQuestion = {
  serviceAccount: undefined,
  path: undefined,
  group: '',
  resource: '',
  subresource: '',
  namespace: '',
  name: '',
  verb: '',
};

/** The variable `authorizer`. */
export const AUTHORIZER_VALUE: CelOpaque = { kind: 'opaque', type: AUTHORIZER, text: '', data: EMPTY_QUESTION };

/** The variable `authorizer.requestResource`. */
export function resourceCheckOf(question: Partial<AuthorizerQuestion>): CelOpaque {
  return asking(RESOURCE_CHECK, { ...EMPTY_QUESTION, ...question });
}

function asking(type: string, question: AuthorizerQuestion): CelOpaque {
  return { kind: 'opaque', type, text: JSON.stringify(question), data: question };
}

const question = (value: CelValue | undefined): AuthorizerQuestion => (value as CelOpaque).data as AuthorizerQuestion;
const answer = (value: CelValue | undefined): AuthorizerAnswer => (value as CelOpaque).data as AuthorizerAnswer;
const refine =
  (type: string, member: keyof AuthorizerQuestion) =>
  ([value, text]: readonly CelValue[]): CelResult =>
    asking(type, { ...question(value), [member]: text });

export const AUTHORIZATION: Library = {
  declarations: `
    path authorizer_path .(${AUTHORIZER}, string) ${PATH_CHECK}
    group authorizer_group .(${AUTHORIZER}, string) ${GROUP_CHECK}
    serviceAccount authorizer_serviceaccount .(${AUTHORIZER}, string, string) ${AUTHORIZER}
    resource groupcheck_resource .(${GROUP_CHECK}, string) ${RESOURCE_CHECK}
    subresource resourcecheck_subresource .(${RESOURCE_CHECK}, string) ${RESOURCE_CHECK}
    namespace resourcecheck_namespace .(${RESOURCE_CHECK}, string) ${RESOURCE_CHECK}
    name resourcecheck_name .(${RESOURCE_CHECK}, string) ${RESOURCE_CHECK}
    check pathcheck_check .(${PATH_CHECK}, string) ${DECISION}
    check resourcecheck_check .(${RESOURCE_CHECK}, string) ${DECISION}
    errored decision_errored .(${DECISION}) bool
    error decision_error .(${DECISION}) string
    allowed decision_allowed .(${DECISION}) bool
    reason decision_reason .(${DECISION}) string`,
  implementations: {
    authorizer_path: refine(PATH_CHECK, 'path'),
    authorizer_group: refine(GROUP_CHECK, 'group'),
    authorizer_serviceaccount: ([value, namespace, name]) =>
      asking(AUTHORIZER, { ...question(value), serviceAccount: { namespace: namespace as string, name: name as string } }),
    groupcheck_resource: refine(RESOURCE_CHECK, 'resource'),
    resourcecheck_subresource: refine(RESOURCE_CHECK, 'subresource'),
    resourcecheck_namespace: refine(RESOURCE_CHECK, 'namespace'),
    resourcecheck_name: refine(RESOURCE_CHECK, 'name'),
    pathcheck_check: decide,
    resourcecheck_check: decide,
    decision_errored: () => false,
    decision_error: () => '',
    decision_allowed: ([value]) => answer(value).isAllowed,
    decision_reason: ([value]) => answer(value).reason,
  },
};

function decide(
  [value, verb]: readonly CelValue[],
  { authorize }: { readonly authorize: ((asked: AuthorizerQuestion) => AuthorizerAnswer) | undefined },
): CelResult {
  const asked = { ...question(value), verb: verb as string };
  const decision = authorize?.(asked) ?? { isAllowed: false, reason: '' };
  return { kind: 'opaque', type: DECISION, text: JSON.stringify(decision), data: decision };
}
