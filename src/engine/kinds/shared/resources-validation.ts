// Validation of what a container asks of its node, and may use of it.
// Upstream: pkg/apis/core/validation/validation.go ValidateContainerResourceRequirements, pkg/apis/core/helper/helpers.go (v1.33). Rule: P4.
// Claims of devices are dropped before, as their gate is off.

import { type FieldError, forbidden, goText, invalid, required } from '../../apimachinery/field-errors.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import { qualifiedNameProblems } from '../../apimachinery/names.ts';
import { compareQuantities, formatQuantity, isWholeQuantity, parseQuantity } from '../../apimachinery/quantity.ts';
import type { ResourceRequirements } from './pod-spec.ts';
import { isExtendedResource, isIntegerResource, isOvercommitAllowed, isStandardResource } from './resource-names.ts';

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const HUGE_PAGES = 'hugepages-';

export function validateResources({ limits = {}, requests = {} }: ResourceRequirements, path: string): FieldError[] {
  const names = [...Object.keys(limits), ...Object.keys(requests)];
  const hasHugePages = names.some((name) => name.startsWith(HUGE_PAGES));
  const isComputing = names.includes('cpu') || names.includes('memory');
  return [
    ...Object.entries(limits).flatMap(([name, amount]) => [
      ...validateAmount(name, amount, `${path}.limits[${name}]`),
      ...validateHugePages(name, amount, `${path}.limits[${name}]`),
    ]),
    ...Object.entries(requests).flatMap(([name, amount]) => [
      ...validateAmount(name, amount, `${path}.requests[${name}]`),
      ...compareWithLimit(name, amount, limits, path),
      ...validateHugePages(name, amount, `${path}.requests[${name}]`),
    ]),
    ...(hasHugePages && !isComputing ? [forbidden(path, 'HugePages require cpu or memory')] : []),
  ];
}

function validateAmount(name: string, amount: string, at: string): FieldError[] {
  const negative = compareQuantities(amount, '0') < 0 ? [invalid(at, amount, 'must be greater than or equal to 0')] : [];
  const isFraction = isIntegerResource(name) && !isWholeQuantity(amount);
  return [...validateName(name, at), ...negative, ...(isFraction ? [invalid(at, goText(goQuantity(amount)), 'must be an integer')] : [])];
}

function validateName(name: string, at: string): FieldError[] {
  const problems = qualifiedNameProblems(name);
  if (name.includes('/')) {
    const isExtended = isExtendedResource(name) && qualifiedNameProblems(`requests.${name}`).length === 0;
    if (!isExtended && !name.includes('kubernetes.io/')) problems.push("doesn't follow extended resource name standard");
    return problems.map((problem) => invalid(at, goText(name), problem));
  }
  if (problems.length === 0 && !isStandardResource(name)) problems.push('must be a standard resource type or fully qualified');
  if (!COMPUTE.includes(name) && !name.startsWith(HUGE_PAGES)) problems.push('must be a standard resource for containers');
  return problems.map((problem) => invalid(at, goText(name), problem));
}

function compareWithLimit(name: string, amount: string, limits: StringMap, path: string): FieldError[] {
  const limit = limits[name];
  const mayDiffer = isOvercommitAllowed(name);
  if (limit === undefined) return mayDiffer ? [] : [required(`${path}.limits`, 'Limit must be set for non overcommitable resources')];
  const order = compareQuantities(amount, limit);
  if (order !== 0 && !mayDiffer) return [invalid(`${path}.requests`, amount, `must be equal to ${name} limit of ${limit}`)];
  return order > 0 ? [invalid(`${path}.requests`, amount, `must be less than or equal to ${name} limit of ${limit}`)] : [];
}

const NANO = 1_000_000_000n;

function validateHugePages(name: string, amount: string, at: string): FieldError[] {
  if (!name.startsWith(HUGE_PAGES)) return [];
  const size = nanoOf(name.slice(HUGE_PAGES.length));
  const isSize = size !== undefined && size > 0n && size % NANO === 0n;
  // Amounts count in whole bytes, rounded up.
  const bytes = ((nanoOf(amount) ?? 0n) + NANO - 1n) / NANO;
  if (isSize && bytes % (size / NANO) === 0n) return [];
  return [invalid(at, amount, `${amount} is not positive integer multiple of ${name}`)];
}

function nanoOf(quantity: string): bigint | undefined {
  const parsed = parseQuantity(quantity);
  return parsed.ok ? parsed.value.nano : undefined;
}

/** A quantity in Go syntax (E4), which upstream shows where it misses a pointer. */
function goQuantity(text: string): string {
  const parsed = parseQuantity(text);
  const canonical = parsed.ok ? formatQuantity(parsed.value) : text;
  const [, digits = '0', suffix = ''] = /^(-?[0-9]+)(.*)$/.exec(canonical) ?? [];
  const scale = { n: -9, u: -6, m: -3 }[suffix] ?? 0;
  const format = parsed.ok ? parsed.value.format : 'DecimalSI';
  return `resource.Quantity{i:resource.int64Amount{value:${digits}, scale:${scale}}, d:resource.infDecAmount{Dec:(*inf.Dec)(nil)}, s:${JSON.stringify(canonical)}, Format:"${format}"}`;
}
