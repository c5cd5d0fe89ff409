// All routes of the service API, in the order of the document. Adding one is its file and one line here.

import { advanceClock } from './advance-clock.ts';
import { applyManifests } from './apply-manifests.ts';
import { createFault } from './create-fault.ts';
import { deleteFault } from './delete-fault.ts';
import { getFault } from './get-fault.ts';
import { listFaults } from './list-faults.ts';
import { createFork } from './create-fork.ts';
import { exportCluster } from './export-cluster.ts';
import { importCluster } from './import-cluster.ts';
import { exploreScenario, runScenario } from './run-scenario.ts';
import { rewindCluster } from './rewind-cluster.ts';
import { listForks } from './list-forks.ts';
import { createCluster } from './create-cluster.ts';
import { deleteCluster } from './delete-cluster.ts';
import { deleteClusters } from './delete-clusters.ts';
import { deleteImage } from './delete-image.ts';
import type { Endpoint } from './endpoint.ts';
import { explainObject } from './explain.ts';
import { getClock } from './get-clock.ts';
import { getCluster } from './get-cluster.ts';
import { getImage } from './get-image.ts';
import { getKubeconfig } from './get-kubeconfig.ts';
import { listClusters } from './list-clusters.ts';
import { listImages } from './list-images.ts';
import { differenceSteps, getDifference } from './get-difference.ts';
import { listChanges } from './list-changes.ts';
import { listCommands } from './list-commands.ts';
import { putClock } from './put-clock.ts';
import { putImage } from './put-image.ts';
import { getCauses } from './get-causes.ts';
import { getTimeline } from './get-timeline.ts';
import { watch } from './watch.ts';

export const ENDPOINTS: readonly Endpoint[] = [
  createCluster,
  listClusters,
  deleteClusters,
  getCluster,
  deleteCluster,
  getKubeconfig,
  applyManifests,
  getClock,
  putClock,
  advanceClock,
  watch,
  listImages,
  getImage,
  putImage,
  deleteImage,
  createFault,
  listFaults,
  getFault,
  deleteFault,
  listCommands,
  listChanges,
  getDifference,
  explainObject,
  getCauses,
  getTimeline,
  createFork,
  listForks,
  rewindCluster,
  exportCluster,
  importCluster,
  runScenario,
  exploreScenario,
];

/** What the front has hosts do for its routes; no routes of their own. */
export const HOST_STEPS: readonly Endpoint[] = differenceSteps;
