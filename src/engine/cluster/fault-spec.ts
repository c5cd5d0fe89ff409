// What a fault is: its type, what it strikes, when and for how long (docs/contract.md, section 6).

import type { ContainerTarget, DnsFailure, PodsTarget } from '../containers/disturbances.ts';

export type { ContainerTarget, PodsTarget };

export type ProbeName = 'liveness' | 'readiness' | 'startup';

/** What strikes what. */
export type Fault =
  | { readonly type: 'node-down' | 'node-partition' | 'node-reboot'; readonly node: string }
  | { readonly type: 'node-pressure'; readonly node: string; readonly resource: 'memory' | 'disk' | 'pid' }
  | ({ readonly type: 'container-kill'; readonly exitCode: number } & ContainerTarget)
  | ({ readonly type: 'container-oom' | 'container-hang' } & ContainerTarget)
  | ({ readonly type: 'probe-fail'; readonly probe: ProbeName | null } & ContainerTarget)
  | { readonly type: 'image-pull-fail'; readonly image: string; readonly message: string | null }
  | { readonly type: 'registry-down'; readonly registry: string | null }
  | ({ readonly type: 'sandbox-fail'; readonly message: string | null } & PodsTarget)
  | ({ readonly type: 'container-create-fail'; readonly container: string | null; readonly message: string | null } & PodsTarget)
  | ({ readonly type: 'network-delay'; readonly delayMs: number } & PodsTarget)
  /** `name`: only this name and those below it; null: all. */
  | ({ readonly type: 'dns-fail'; readonly name: string | null; readonly answer: DnsFailure } & PodsTarget);

export type FaultType = Fault['type'];

/** Faults that happen and are over; the others last. */
export const MOMENTARY: readonly FaultType[] = ['container-kill', 'container-oom'];

/** Milliseconds that a machine needs to boot, when nothing else is said. */
export const REBOOT_MS = 60_000;

export type FaultState = 'waiting' | 'active' | 'over';

export interface FaultRow {
  readonly id: string;
  readonly fault: Fault;
  /** Virtual milliseconds since 1970. */
  readonly startsMs: number;
  /** Null: until it is taken away. */
  readonly endsMs: number | null;
  state: FaultState;
}
