// The priorities that every cluster has (P4). Upstream: pkg/apis/scheduling/v1/helpers.go (v1.33).

const SYSTEM_CLASSES: Readonly<Record<string, number>> = {
  'system-cluster-critical': 2_000_000_000,
  'system-node-critical': 2_000_001_000,
};

/** The priority of a class, 0 without one; undefined when there is no such class. */
export function priorityOf(className: string | undefined): number | undefined {
  if (className === undefined || className === '') return 0;
  return Object.hasOwn(SYSTEM_CLASSES, className) ? SYSTEM_CLASSES[className] : undefined;
}
