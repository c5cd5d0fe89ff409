// What is said of an object of which there is nothing to explain: how it is, in the columns of its table.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Kind } from '../../kinds/kind.ts';
import { say } from '../words/message.ts';
import { page, refer, type Unsaid } from './finding.ts';

/** The one finding of a thing that is well. */
export function describeHealthy(state: ClusterState, kind: Kind, object: KubeObject): Unsaid {
  const cells = kind.cells(object, state.nowMs);
  const facts = kind.columns.flatMap((column, index) => {
    const cell = cells[index];
    const isShown = column.priority === 0 && column.name !== 'Name' && cell !== null && cell !== undefined && cell !== '';
    return isShown ? [`${column.name.toLowerCase()} ${String(cell)}`] : [];
  });
  return {
    code: 'healthy',
    sentence: say('healthy', { name: `${kind.plural}/${object.metadata.name}`, facts }),
    because: [refer(kind, object)],
    documentation: page('reference/kubernetes-api/'),
  };
}
