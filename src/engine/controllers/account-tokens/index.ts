// Fills Secrets of the type `kubernetes.io/service-account-token` with a token of the ServiceAccount that they name, and deletes those whose account is not
// there, or no more (C947). Upstream: pkg/controller/serviceaccount/tokens_controller.go (v1.33). Omits the references from an account to its Secrets, which
// nobody makes since v1.24.

import { encodeBase64 } from '../../apimachinery/base64.ts';
import { isJsonEqual } from '../../apimachinery/meta.ts';
import { deleteObject, getObject, listObjects, writeObject } from '../../apiserver/api.ts';
import { legacyToken } from '../../apiserver/authentication/legacy-tokens.ts';
import type { Component } from '../../kernel/component.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { keyOf } from '../../kernel/store.ts';
import { enqueue } from '../../kernel/work-queue.ts';
import { resourceOf } from '../../kinds/kind.ts';
import { ACCOUNT_NAME, ACCOUNT_UID, isTokenSecret } from '../../kinds/secret/account-token.ts';
import { secretKind } from '../../kinds/secret/index.ts';
import type { Secret } from '../../kinds/secret/types.ts';
import { serviceAccountKind } from '../../kinds/serviceaccount/index.ts';
import { authorityCertificate } from '../shared/authority.ts';
import { splitKey } from '../shared/pod-control.ts';
import { tokenAccount } from '../shared/token-account.ts';

const NAME = 'account-tokens';

export const accountTokensController: Component = {
  name: NAME,
  watches: {
    [resourceOf(secretKind)]: (state, change) => {
      if (change.type !== 'DELETED' && isTokenSecret(change.object as Secret)) enqueue(state, NAME, keyOf(change.object));
    },
    [resourceOf(serviceAccountKind)]: (state, change) => {
      const { namespace, name } = change.object.metadata;
      if (change.type === 'MODIFIED') return;
      for (const secret of listObjects(state, secretKind, namespace))
        if (isTokenSecret(secret) && secret.metadata.annotations?.[ACCOUNT_NAME] === name) enqueue(state, NAME, keyOf(secret));
    },
  },
  reconcile(state, key) {
    const [namespace, name] = splitKey(key);
    const secret = getObject(state, secretKind, namespace, name);
    if (secret === undefined || !isTokenSecret(secret) || secret.metadata.deletionTimestamp !== undefined) return;
    const account = tokenAccount(state, secret);
    if (account === undefined) {
      deleteObject(state, secretKind, namespace, name);
      return;
    }
    fill(state, secret, { name: account.metadata.name, uid: account.metadata.uid });
  },
  timers: {},
};

/** What is there already stays, but for another certificate. */
function fill(state: ClusterState, secret: Secret, account: { readonly name: string; readonly uid: string }): void {
  const { namespace = '', name } = secret.metadata;
  const present = secret.data ?? {};
  const data = {
    ...present,
    'ca.crt': encodeBase64(authorityCertificate(state)),
    namespace: (present['namespace'] ?? '') === '' ? encodeBase64(namespace) : (present['namespace'] as string),
    token: (present['token'] ?? '') === '' ? encodeBase64(legacyToken(state, namespace, name, account)) : (present['token'] as string),
  };
  if (isJsonEqual(present, data)) return;
  const annotations = { ...secret.metadata.annotations, [ACCOUNT_NAME]: account.name, [ACCOUNT_UID]: account.uid };
  writeObject(state, secretKind, { ...secret, metadata: { ...secret.metadata, annotations }, data });
}
