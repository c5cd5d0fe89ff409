// The guided first visit: which of its steps one is at, kept for the tab.

import { signal } from '@preact/signals';
import type { Session } from '../cluster/session.ts';
import { STEPS } from './progress.ts';

const KEY = 'orrery-tour';
const CLUSTER_KEY = 'orrery-tour-cluster';

/** Undefined: nobody is shown around. */
export const step = signal<number | undefined>(readStep());
/** The cluster in which the steps are done; the last one leads to another. */
export const firstCluster = signal<string | undefined>(sessionStorage.getItem(CLUSTER_KEY) ?? undefined);
/** The cluster that is looked at. */
export const shownSession = signal<Session | undefined>(undefined);

export function goToStep(next: number | undefined): void {
  if (next === undefined || next === 0) keepCluster(undefined);
  step.value = next === undefined || next < 0 || next >= STEPS.length ? undefined : next;
  if (step.value === undefined) sessionStorage.removeItem(KEY);
  else sessionStorage.setItem(KEY, String(step.value));
}

export function keepCluster(name: string | undefined): void {
  firstCluster.value = name;
  if (name === undefined) sessionStorage.removeItem(CLUSTER_KEY);
  else sessionStorage.setItem(CLUSTER_KEY, name);
}

function readStep(): number | undefined {
  const kept = Number(sessionStorage.getItem(KEY) ?? Number.NaN);
  return Number.isInteger(kept) && kept >= 0 && kept < STEPS.length ? kept : undefined;
}
