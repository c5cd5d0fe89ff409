// The commands of a run, as a recording of a cluster has them: whoever plays them gets the cluster in which the scenario ran.

import type { Command } from '../engine/cluster/index.ts';
import { hashToHex } from '../engine/kernel/hash.ts';
import type { ClusterState } from '../engine/kernel/state.ts';

export interface TapedCommand {
  readonly command: Command;
  /** Behind it. */
  readonly digest: string;
}

export class Tape {
  readonly genesisDigest: string;
  readonly commands: TapedCommand[] = [];
  private nowMs: number;

  constructor({ digest, nowMs }: ClusterState) {
    this.genesisDigest = hashToHex(digest);
    this.nowMs = nowMs;
  }

  /** The time that has passed is an advance; however many instants it took, it comes to the same. */
  pass({ digest, nowMs }: ClusterState): void {
    if (nowMs > this.nowMs) this.add({ type: 'advance', toMs: nowMs }, hashToHex(digest));
    this.nowMs = nowMs;
  }

  add(command: Command, digest: string): void {
    this.commands.push({ command, digest });
  }
}
