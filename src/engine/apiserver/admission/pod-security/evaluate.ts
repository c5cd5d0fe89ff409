// All that keeps a pod from a level. Upstream: k8s.io/pod-security-admission/policy/registry.go (v0.33). Rule: U6.

import { BASELINE_CHECKS } from './baseline.ts';
import type { Checked, Violation } from './check.ts';
import type { LevelVersion } from './policy.ts';
import { RESTRICTED_CHECKS } from './restricted.ts';

/** U6: checks of the baseline first, but for those that a stricter one takes the place of. */
export function evaluate(pod: Checked, { level, minor }: LevelVersion): readonly Violation[] {
  if (level === 'privileged') return [];
  const own = level === 'restricted' ? RESTRICTED_CHECKS.filter(({ since }) => since <= minor) : [];
  const overridden = own.map(({ overrides }) => overrides);
  const checks = [...BASELINE_CHECKS.filter(({ id }) => !overridden.includes(id)), ...own];
  return checks.map(({ run }) => run(pod, minor)).filter((violation) => violation !== undefined);
}
