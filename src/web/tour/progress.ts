// The steps of the guided visit, and what has been done of them, as the page can see it.

export const STEPS = ['create', 'apply', 'turn', 'break', 'why', 'mend', 'fork'] as const;
export type StepName = (typeof STEPS)[number];

/** The cluster as the steps look at it. */
export interface Seen {
  readonly cluster: string | undefined;
  /** States of its pods now. */
  readonly podStates: readonly string[];
  /** Whether a fault was set, and whether one still waits or holds. */
  readonly wasBroken: boolean;
  readonly isBroken: boolean;
  /** Whether the reasons of a pod are shown. */
  readonly showsReasons: boolean;
  readonly isFork: boolean;
}

export function isDone(step: StepName, seen: Seen): boolean {
  const isReady = seen.podStates.length > 0 && seen.podStates.every((state) => state === 'Ready');
  switch (step) {
    case 'create':
      return seen.cluster !== undefined;
    case 'apply':
      return seen.podStates.length > 0;
    case 'turn':
      return isReady;
    case 'break':
      return seen.wasBroken && seen.podStates.some((state) => state !== 'Ready');
    case 'why':
      return seen.showsReasons;
    case 'mend':
      return seen.wasBroken && !seen.isBroken && isReady;
    case 'fork':
      return seen.isFork;
  }
}
