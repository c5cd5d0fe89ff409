// How an operator learns of commands that a loss of power took.

import type { Loss } from '../db/cluster-file.ts';

/** Reports losses as errors. */
export function lossReporter(onError: (message: string, error: unknown) => void): (loss: Loss) => void {
  return ({ name, firstSeq, lastSeq }) => {
    const commands = firstSeq === lastSeq ? `command ${firstSeq}` : `commands ${firstSeq} to ${lastSeq}`;
    onError(
      `cluster ${name} lost its newest commands with the power`,
      new Error(`${commands} of cluster ${name} were not on the disk yet`),
    );
  };
}
