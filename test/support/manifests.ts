// Applies YAML as a user writes it to a test cluster, and says what was refused.

import { parseAllDocuments } from 'yaml';
import type { JsonObject, KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { kindByGvk } from '../../src/engine/kinds/index.ts';
import { resourceOf } from '../../src/engine/kinds/kind.ts';
import type { TestCluster } from './engine.ts';

/** Creates every object of the text; the message of each refusal. */
export function createAll(cluster: TestCluster, yaml: string, namespace = 'default'): readonly string[] {
  return parseAllDocuments(yaml).flatMap((document) => {
    const body = document.toJS() as JsonObject;
    const { apiVersion, kind, metadata } = body as unknown as KubeObject;
    const found = kindByGvk(apiVersion, kind);
    if (found === undefined) throw new Error(`no kind ${apiVersion} ${kind}`);
    const place = found.namespaced ? { namespace: metadata.namespace ?? namespace } : {};
    const refused = cluster.refusal({ verb: 'create', resource: resourceOf(found), ...place, body, options: {} });
    return refused === undefined ? [] : [refused.message ?? ''];
  });
}
