// What a program is there for in its container. Rule: K915.

import { findContainer } from '../container-lists.ts';
import type { ContainerPlace } from '../files/files.ts';
import type { ProgramRole } from '../images/programs.ts';
import { isRestartableInitContainer } from '../../kinds/shared/pod-state.ts';

/** K915: init containers are there to end, sidecars to stay. */
export function roleOf({ pod, container }: Pick<ContainerPlace, 'pod' | 'container'>, isMain: boolean, isLast: boolean): ProgramRole {
  if (!isMain) return 'beside';
  const isInit = findContainer(pod, container.name)?.list === 'init' && !isRestartableInitContainer(container);
  return isLast && !isInit ? 'main' : 'step';
}
