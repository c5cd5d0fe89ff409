import type { ChildProcess } from 'node:child_process';

export interface WorkerdCluster {
  readonly bucket: string;
  readonly options?: readonly string[];
  readonly address: string;
  readonly advertise?: string;
  readonly key: string;
}

export interface WorkerdOptions {
  readonly folder: string;
  readonly worker: string;
  readonly address: string;
  readonly bindings?: Readonly<Record<string, string | { readonly env: string } | { readonly json: unknown }>>;
  readonly cluster?: WorkerdCluster;
  readonly stdio?: 'pipe' | 'inherit';
  readonly env?: NodeJS.ProcessEnv;
}

export function startWorkerd(
  options: WorkerdOptions,
): Promise<{ readonly url: string; readonly child: ChildProcess; drain(): Promise<void>; end(): Promise<void> }>;
