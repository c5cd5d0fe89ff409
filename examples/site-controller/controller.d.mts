import type { KubeConfig } from '@kubernetes/client-node';

export function runController(config: KubeConfig, log?: (line: string) => void): Promise<{ stop(): Promise<void> }>;
