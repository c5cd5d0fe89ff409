// What a program is there for in its container. Rule: K915.

import { findContainer, isSidecar } from '../containers.ts';
import type { ContainerPlace } from './files.ts';
import type { ProgramRole } from './programs.ts';

/** K915: init containers are there to end, sidecars to stay. */
export function roleOf({ pod, container }: Pick<ContainerPlace, 'pod' | 'container'>, isMain: boolean, isLast: boolean): ProgramRole {
  if (!isMain) return 'beside';
  const isInit = findContainer(pod, container.name)?.list === 'init' && !isSidecar(container);
  return isLast && !isInit ? 'main' : 'step';
}
