// How a container is opened for a command.

import type { ClusterState } from '../../kernel/state.ts';
import type { ContainerConfig } from '../container-config.ts';
import type { ContainerPlace, TrackedFiles } from '../files/files.ts';
import type { ShellHost } from '../../shell/index.ts';

export interface HostOptions {
  readonly nowMs: number;
  /** Commands whose outcome depends on the moment, and writes, throw WriteRefused. */
  readonly isLook: boolean;
  /** The command is the container's main process, not one beside it. */
  readonly isMain: boolean;
  readonly write: (stream: 'stdout' | 'stderr', text: string) => void;
}

export interface OpenHost {
  readonly host: ShellHost;
  readonly files: TrackedFiles;
}

export type HostOpener = (state: ClusterState, place: ContainerPlace, config: ContainerConfig, options: HostOptions) => OpenHost;
