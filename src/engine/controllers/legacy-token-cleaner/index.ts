// Marks as invalid, and later deletes, what is left of the tokens that clusters before v1.24 made for every account: Secrets that the account names, which
// nobody has used for a year and no pod mentions (C948). It looks once a day, counted from the first instant of the cluster.
// Upstream: pkg/controller/serviceaccount/legacy_serviceaccount_token_cleaner.go (v1.33).
// Deviation: since when uses are noted is the first day of the cluster, not what a ConfigMap says.

import { parseTime, formatTime } from '../../apimachinery/time.ts';
import { deleteObject, getObject, listObjects, writeObject } from '../../apiserver/api.ts';
import { INVALID_SINCE, LAST_USED } from '../../apiserver/authentication/legacy-tokens.ts';
import type { Component } from '../../kernel/component.ts';
import { DONE, GONE, type Reconciled, requeueAfter } from '../../kernel/reconciled.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keyOf, objectKey } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { namespaceKind } from '../../kinds/namespace/index.ts';
import { podKind } from '../../kinds/pod/index.ts';
import { isTokenSecret } from '../../kinds/secret/account-token.ts';
import { secretKind } from '../../kinds/secret/index.ts';
import type { Secret } from '../../kinds/secret/types.ts';
import { namesSecret, type ServiceAccount, serviceAccountKind } from '../../kinds/serviceaccount/index.ts';
import { secretNamesOf } from '../../kinds/shared/pod-secrets.ts';
import { splitKey } from '../shared/pod-control.ts';
import { tokenAccount } from '../shared/token-account.ts';
import { fateOf } from './plan.ts';

const QUEUE = 'legacy-token-cleaner';

export const legacyTokenCleaner: Component = {
  name: QUEUE,
  watches: {
    [resourceOf(secretKind)]: (state, change) => {
      if (isTokenSecret(change.object as Secret)) enqueue(state, QUEUE, keyOf(change.object));
    },
    [resourceOf(serviceAccountKind)]: (state, change) => {
      const { namespace } = change.object.metadata;
      for (const { name = '' } of (change.object as ServiceAccount).secrets ?? []) enqueue(state, QUEUE, objectKey(namespace, name));
    },
  },
  reconcile: clean,
  timers: {},
};

function clean(state: ClusterState, key: string): Reconciled {
  const [namespace, name] = splitKey(key);
  const secret = getObject(state, secretKind, namespace, name);
  if (secret === undefined) return GONE;
  const { labels = {}, creationTimestamp, deletionTimestamp } = secret.metadata;
  if (!isTokenSecret(secret) || deletionTimestamp !== undefined) return DONE;
  // Only those are named by their account that were made for it by themselves.
  const account = tokenAccount(state, secret);
  if (account === undefined || !namesSecret(account, name)) return DONE;
  const fate = fateOf({
    nowMs: state.nowMs,
    startMs: instantOf(getObject(state, namespaceKind, undefined, 'kube-system')?.metadata.creationTimestamp),
    createdMs: instantOf(creationTimestamp),
    lastUsed: labels[LAST_USED],
    invalidSince: labels[INVALID_SINCE],
    isMentioned: () => listObjects(state, podKind, namespace).some(({ spec }) => secretNamesOf(spec).includes(name)),
  });
  if (fate.type === 'mark') {
    const marked = { ...labels, [INVALID_SINCE]: formatTime(state.nowMs).slice(0, 10) };
    writeObject(state, secretKind, { ...secret, metadata: { ...secret.metadata, labels: marked } });
  }
  if (fate.type === 'delete') deleteObject(state, secretKind, namespace, name);
  return fate.type === 'wait' ? requeueAfter(fate.ms) : DONE;
}

function instantOf(text: string | null | undefined): number {
  return parseTime(text ?? '') ?? 0;
}
