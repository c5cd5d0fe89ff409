// What is said of an object of which there is nothing to explain: how it is, in the columns of its table.

import type { KubeObject } from '../../apimachinery/meta.ts';
import type { ClusterState } from '../../kernel/state.ts';
import type { Kind } from '../../kinds/kind.ts';
import { type Finding, page, refer } from './finding.ts';

/** The one finding of a thing that is well. */
export function describeHealthy(state: ClusterState, kind: Kind, object: KubeObject): Finding {
  const cells = kind.cells(object, state.nowMs);
  const facts = kind.columns.flatMap((column, index) => {
    const cell = cells[index];
    const isShown = column.priority === 0 && column.name !== 'Name' && cell !== null && cell !== undefined && cell !== '';
    return isShown ? [`${column.name.toLowerCase()} ${String(cell)}`] : [];
  });
  const name = `${kind.plural}/${object.metadata.name}`;
  return {
    code: 'healthy',
    sentence: `Nothing is wrong with ${name}${facts.length === 0 ? '' : `: ${facts.join(', ')}`}.`,
    because: [refer(kind, object)],
    documentation: page('reference/kubernetes-api/'),
  };
}
