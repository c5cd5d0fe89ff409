// The files a container gets from the volumes of its pod. Pure; who keeps them is files/volume-trees.ts.

export { isLaidOut, keepLinks, layOut } from './atomic-layout.ts';
export { managedFiles } from './managed-files.ts';
export { absolute, planMounts, type PlannedMount } from './mount-plan.ts';
export { giveToGroup, isInMemory, rootMode, rootNode } from './ownership.ts';
export { isWritten, type Payload, type VolumeContext, type VolumeFile, volumePayload } from './payload.ts';
export { accountToken, tokenIssuedMs, type TokenSource } from './token.ts';
export type { DownwardItem, VolumeSources } from './types.ts';
