// What the labels of a namespace ask of its pods: a level and a version for each of three modes.
// Upstream: k8s.io/pod-security-admission/api/helpers.go (v0.33). Rule: U6. The defaults are upstream's: everything is privileged.

import { type FieldError, invalid } from '../../../apimachinery/field-errors.ts';
import type { StringMap } from '../../../apimachinery/meta.ts';

export type Level = 'privileged' | 'baseline' | 'restricted';

export interface LevelVersion {
  readonly level: Level;
  /** The minor version of Kubernetes whose standards count; infinity is the latest. */
  readonly minor: number;
}

export interface Policy {
  readonly enforce: LevelVersion;
  /** Nothing here keeps an audit log, but broken labels of this mode are refused as well. */
  readonly audit: LevelVersion;
  readonly warn: LevelVersion;
}

const LEVELS: readonly Level[] = ['privileged', 'baseline', 'restricted'];
const PREFIX = 'pod-security.kubernetes.io/';
const PRIVILEGED: LevelVersion = { level: 'privileged', minor: Number.POSITIVE_INFINITY };

/** The policy that counts, and what is wrong with the labels. */
export function policyOf(labels: StringMap | undefined): { readonly policy: Policy; readonly errors: readonly FieldError[] } {
  const errors: FieldError[] = [];
  const enforce = readMode(labels, 'enforce', errors);
  const audit = readMode(labels, 'audit', errors);
  const warn = readMode(labels, 'warn', errors);
  const given = labels?.[`${PREFIX}enforce`] as Level | undefined;
  const isValid = given !== undefined && LEVELS.includes(given);
  // Who enforces is warned as well.
  const follows = labels?.[`${PREFIX}warn`] === undefined && isValid && compareLevels(enforce.level, warn.level) > 0;
  const minor = labels?.[`${PREFIX}warn-version`] === undefined ? enforce.minor : warn.minor;
  return { policy: { enforce, audit, warn: follows ? { level: enforce.level, minor } : warn }, errors };
}

/** Positive when the first is stricter. */
export function compareLevels(a: Level, b: Level): number {
  return LEVELS.indexOf(a) - LEVELS.indexOf(b);
}

/** `baseline:v1.25`, `restricted:latest`. */
export function textOf({ level, minor }: LevelVersion): string {
  return `${level}:${Number.isFinite(minor) ? `v1.${minor}` : 'latest'}`;
}

/** What cannot be read is as strict as can be where it is enforced, and as lenient elsewhere. */
function readMode(labels: StringMap | undefined, mode: keyof Policy, errors: FieldError[]): LevelVersion {
  const read = <T>(label: string, unset: T, broken: T, parse: (text: string) => T | undefined, text: string): T => {
    const value = labels?.[PREFIX + label];
    if (value === undefined) return unset;
    const parsed = parse(value);
    if (parsed === undefined) errors.push(invalid(`metadata.labels[${PREFIX}${label}]`, value, text));
    return parsed ?? broken;
  };
  const strict = mode === 'enforce' ? 'restricted' : 'privileged';
  const level = read<Level>(
    mode,
    PRIVILEGED.level,
    strict,
    (text) => LEVELS.find((name) => name === text),
    `must be one of ${LEVELS.join(', ')}`,
  );
  const minor = read(`${mode}-version`, PRIVILEGED.minor, PRIVILEGED.minor, parseVersion, 'must be "latest" or "v1.x"');
  return { level, minor };
}

function parseVersion(text: string): number | undefined {
  if (text === 'latest') return PRIVILEGED.minor;
  const digits = /^v1\.(0|[1-9][0-9]*)$/.exec(text)?.[1];
  const minor = Number(digits);
  return digits !== undefined && Number.isSafeInteger(minor) ? minor : undefined;
}
