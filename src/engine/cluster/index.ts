// The face of the engine.

export type { WebhookAnswer, WebhookCall } from '../apiserver/webhooks/calls.ts';
export { clusterKinds } from '../apiserver/cluster-kinds.ts';
// Objects of custom resources in other versions.
export { readCustom } from '../apiserver/custom-conversion.ts';
export { asksOf } from '../apiserver/webhooks/calls.ts';
export { answerInside } from './simulated-webhooks.ts';
export {
  type AdvanceGoal,
  type ChangedObjects,
  isIdle,
  nextChangeMs,
  SLICE_LIMITS_DEFAULT,
  type SliceLimits,
  type SliceResult,
} from './advance.ts';
export { explain, explainObject, type Finding } from '../history/explain/index.ts';
export { type Language, LANGUAGE_DEFAULT, LANGUAGES } from '../history/words/languages.ts';
export { inWords, type Message, say, type Text } from '../history/words/message.ts';
export { newTimeline, observe, takeSteps, type Timeline, TIMELINE_RESOURCES } from '../history/timeline/timeline.ts';
export {
  type Mark,
  MARK_TYPES,
  type Row,
  ROW_KINDS,
  type RowFilter,
  rowId,
  SPAN_STATES,
  type Standing,
  type TimelineStep,
} from '../history/timeline/row.ts';
export { type CauseLink, type Cursor, followCauses, foundingLink } from '../history/causes/chain.ts';
export { beginCommand, recordCauses } from '../kernel/causes.ts';
export type { Change } from '../kernel/store.ts';
export { clockOf } from './clock.ts';
export { parkedWork } from '../kernel/parking.ts';
export { type Difference, DIFFERENCE_LENGTH_MAX, diffSteps, type ObjectSet, objectsOf, readObjects, writeObjects } from './difference.ts';
export { enterChanges, enterObjects, replayBefore, replayToRevision, replayUntil, type Stop } from './past.ts';
export { createCluster, execute, executeSlice, executeSteps, sliceSteps } from './cluster.ts';
export { endsStep, finish, type Steps } from '../kernel/steps.ts';
export { ObjectsOnlyError } from '../kernel/assert.ts';
export { FOUNDING_TABLES, OBJECT_TABLES } from '../kernel/state.ts';
export type { Command, Commit, Outcome } from './command.ts';
export { type ClockSpec, type ClusterConfig, defaultNodes, type NodeSpec } from './config.ts';
export type { Fault, FaultRow, PodsTarget } from './fault-spec.ts';
export { getFault, lastFaultId, listFaults } from './faults.ts';
export type { ManifestFailure, ManifestResult } from './manifests.ts';
export {
  allRecords,
  storedRecords,
  changedRecords,
  type RecordChange,
  restoreObjects,
  restoreState,
  restoreSteps,
  type RecordedBy,
  type SnapshotHeader,
  snapshotHeader,
  type StoredRecord,
  stateHash,
  markStored,
  recordChanges,
} from './snapshot.ts';
export { explainUnmet, type Unmet } from './unmet.ts';
export { parseWaitFor, type WaitCondition, type WaitFor } from './wait-condition.ts';
// What callers check and read of a configuration: behaviours of images, and timing profiles.
export { parseBehavior } from '../kinds/shared/behavior.ts';
export { normalizeReference, ownImages } from '../containers/images/catalogue.ts';
export { parseOutside } from '../containers/network/outside.ts';
export { parseTiming, TIMING_DEFAULT } from '../containers/timing.ts';
// What containers wrote.
export { type PodLog, type PodLogQuery, readPodLog, selectLines } from '../kubelet/clients/pod-log.ts';
// What containers use.
export { hasMetrics, usageOfNode, usageOfPod } from '../kubelet/node/usage.ts';
// Commands in containers.
export {
  checkContainer,
  checkRunning,
  type ContainerName,
  type ExecRequest,
  type ExecView,
  isInputOnce,
  openExecs,
  readExec,
} from '../kubelet/clients/exec-sessions.ts';
export { BAD_REQUEST } from '../shell/index.ts';
export { authorityCertificate } from '../controllers/shared/authority.ts';
export { askKubelet, type KubeletAnswer, locateKubelet } from '../kubelet/node/node-api.ts';
export { isPlainToTls, locatePod, locateService, type ProxyPlace, proxyFailure } from '../kubelet/clients/proxy.ts';
export {
  askPort,
  checkForward,
  checkPort,
  getRequest,
  isNoted,
  type PortAnswer,
  type PortRequest,
} from '../kubelet/clients/port-forward.ts';
export { bytesToText, incompleteTail, textToBytes } from '../shell/index.ts';
// What clients read.
export { hasHeartbeats } from '../kubelet/node/heartbeat.ts';
export { readList, readObject, readSelected } from './reads.ts';
// Who asks, and what he may.
export { authenticateToken, isToken, useOf } from '../apiserver/authentication/authenticate.ts';
export { ALGORITHM, ISSUER, publicKey } from '../apiserver/authentication/tokens.ts';
export { accountGroups, accountOf, isPrivileged, OWNER, type UserInfo, withCommonGroups } from '../apiserver/authentication/user.ts';
export { type Attributes, forbidden, type ResourceAttributes } from '../apiserver/authorization/attributes.ts';
export { authorize, rulesOf } from '../apiserver/authorization/authorizer.ts';
export { hasConnectionRules } from '../apiserver/connect.ts';
export { decodeBody, decodeCustom } from '../apiserver/write/decode.ts';
export { ENGINE_VERSION } from './version.ts';
