// What is said of what owns, uses and guards pods, in Korean.

import type { owners as english } from '../en/owners.ts';
import type { Translated } from '../words.ts';
import { listed } from './grammar.ts';

export const owners: Translated<typeof english> = {
  // Services.
  selectsNothing: ({ namespace, labels, closest }) =>
    `서비스에 엔드포인트가 없습니다. ${namespace} 네임스페이스의 끝나지 않은 파드 중에 이 레이블을 가진 것이 없습니다: ${labels}${closest === undefined ? '' : `; ${closest}`}.`,
  comesClosest: ({ pod, labels }) =>
    `가장 가까운 것은 ${pod}입니다 (${listed(labels.map(({ key, has, wanted }) => (has === undefined ? `${key} 레이블이 없음` : `${key} 레이블이 "${wanted}" 아닌 "${has}"`)))})`,
  correctSelector: '서비스의 셀렉터나 파드의 레이블을 고치거나, 파드를 시작하세요.',
  noneReady: ({ count }) => `서비스에 준비된 엔드포인트가 없습니다. 셀렉터로 파드 ${count}개를 찾았지만 준비된 것이 없습니다.`,
  mendPodsOrPublish: '파드가 준비되지 못하게 하는 원인을 고치거나 publishNotReadyAddresses를 설정하세요.',
  targetPortMissing: ({ port, pods, target, names }) =>
    `서비스의 ${port}번 포트는 다음 파드에서 갈 곳이 없습니다: ${listed(pods)}. 대상은 이름이 "${target}"인 컨테이너 포트인데, ${names.length === 0 ? '파드에 포트가 없습니다' : `있는 포트는 ${listed(names)}뿐입니다`}.`,
  namePort: '컨테이너의 포트에 그 이름을 붙이거나 포트 번호를 targetPort 값으로 쓰세요.',

  // Pods that are refused.
  podsRefused: ({ time, message }) => `API 서버가 이 오브젝트의 파드를 거부합니다. 마지막 거부는 ${time}: ${message}.`,
  raiseQuotaOrAskLess: '쿼터를 올리거나, 쿼터에 포함되는 것을 삭제하거나, 더 적게 요청하세요.',
  sayRequests: '쿼터가 세는 요청과 한도를 명시하거나, 기본값이 있는 LimitRange를 네임스페이스에 두세요.',
  correctSecurity: '템플릿의 보안 컨텍스트를 고치거나 네임스페이스의 pod-security.kubernetes.io/enforce 레이블을 바꾸세요.',
  keepLimitRange: '네임스페이스의 LimitRange 안에서 요청하거나 LimitRange를 바꾸세요.',
  createServiceAccount: '템플릿이 지정한 서비스 어카운트를 만드세요.',
  useOtherNamespace: '다른 네임스페이스를 쓰세요.',
  correctTemplate: '템플릿을 고치세요.',

  // Workloads.
  deploymentPaused: '디플로이먼트가 일시 중지되어 있어 템플릿의 변경이 롤아웃되지 않습니다.',
  podsAvailable: ({ available, wanted }) => `사용 가능한 파드: ${wanted}개 중 ${available}개.`,
  podsAvailableYoung: ({ available, wanted, young, seconds }) =>
    `사용 가능한 파드: ${wanted}개 중 ${available}개. 다른 ${young}개는 준비된 지 minReadySeconds(${seconds}초)가 지나지 않았습니다.`,
  mendItsPods: '파드가 준비되지 못하게 하는 원인을 고치세요.',
  rolloutStuck: ({ seconds, progress }) =>
    `롤아웃이 막혔습니다. progressDeadlineSeconds(${seconds}초)가 넘도록 진전이 없습니다. ${progress}`,
  rolloutGoesOn: ({ deadline, progress }) =>
    `롤아웃이 진행 중입니다${deadline === undefined ? '' : `. ${deadline}까지 진전이 없으면 실패로 봅니다`}. ${progress}`,
  rolloutProgress: ({ newest, available, wanted, old, bounds }) => {
    const still = old === undefined ? '' : ` 이전 파드 ${old.pods}개도 아직 남아 있습니다 (${listed(old.sets)}).`;
    const allowed =
      bounds === undefined ? '' : ` 전략은 파드 ${wanted}개를 기준으로 ${bounds.more} 초과와 ${bounds.fewer} 부족을 허용합니다.`;
    return `새 레플리카셋 ${newest}의 파드 ${wanted}개 중 ${available}개가 사용 가능합니다.${still}${allowed}`;
  },
  mendOrUndo: ({ command }) => `새 파드가 준비되지 못하게 하는 원인을 고치거나 되돌리세요: ${command}`,
  waitsForOrdinal: ({ pod, isThere, later }) =>
    `스테이트풀셋이 ${pod} 파드를 기다립니다. 이 파드는 ${isThere ? '준비되지 않았습니다' : '없습니다'}.${later.length === 0 ? '' : ` 이 파드가 준비되기 전에는 다음 파드를 만들지 않습니다: ${listed(later)}.`}`,
  mendOrdinal: ({ pod }) => `${pod} 파드를 고치거나, podManagementPolicy: Parallel 설정으로 스테이트풀셋을 새로 만드세요.`,
  mendPod: ({ pod }) => `${pod} 파드를 고치세요.`,
  updateOnDelete: ({ count }) =>
    `파드 ${count}개가 이전 템플릿을 쓰고 있습니다. 업데이트 전략 OnDelete에서는 누군가 파드를 삭제해야 교체됩니다.`,
  deleteOneByOne: '파드를 하나씩 삭제하세요.',
  updatePartitioned: ({ count, partition }) =>
    `파드 ${count}개가 이전 템플릿을 쓰고 있습니다. 파티션 ${partition} 때문에 그보다 작은 순번의 파드는 그대로 유지됩니다.`,
  lowerPartition: '파티션을 낮추세요.',
  keptOffByTaint: ({ node, taint }) => `${node} 노드에 파드가 없습니다. 템플릿이 용인하지 않는 테인트가 있습니다: ${taint}.`,
  tolerateInTemplate: '거기에 파드가 필요하다면 템플릿에 톨러레이션을 추가하세요.',
  keptOffByLabels: ({ node }) => `${node} 노드에 파드가 없습니다. 노드의 레이블이 템플릿의 노드 셀렉터나 노드 어피니티에 맞지 않습니다.`,
  labelIfWanted: '거기에 파드가 필요하다면 노드에 레이블을 붙이세요.',

  // Jobs.
  jobFailed: ({ time, message, field, limit, failures }) =>
    `잡이 ${time}에 실패했습니다: ${message}. ${limit === undefined ? '' : `${field} 값은 ${limit}이고, `}그때까지 실패한 파드는 ${failures}개입니다.`,
  makeNewJob: ({ field }) => `파드가 실패하는 원인을 고치고 잡을 새로 만드세요. 실패를 얼마나 견디는지는 ${field} 값이 정합니다.`,
  jobSuspended: '잡이 일시 중지되어 있어 파드를 만들지 않습니다.',
  jobRetries: ({ failures, limit, isWaiting }) =>
    `잡의 파드 ${failures}개가 실패했습니다. 견디는 실패 횟수는 ${limit}입니다.${isWaiting ? ' 백오프가 끝나면 다음 파드를 만듭니다. 백오프는 10초에서 시작해 실패할 때마다 두 배가 되며 최대 6분입니다.' : ''}`,
  mendFailingPods: '파드가 실패하는 원인을 고치세요.',
  cronJobSuspended: ({ last }) =>
    `크론잡이 일시 중지되어 있어 잡을 시작하지 않습니다${last === undefined ? '' : `. 마지막으로 실행된 예정 시각은 ${last}입니다`}.`,
  concurrencyForbidden: ({ jobs, policy, time }) =>
    `다음 잡이 진행되는 동안 크론잡은 새 잡을 시작하지 않습니다: ${listed(jobs)}. 동시성 정책이 ${policy}라서 ${time}의 실행을 건너뛰었습니다.`,
  letJobEnd: '잡이 끝나게 하거나 동시성 정책 Allow 또는 Replace를 쓰세요.',
  scheduleMissed: ({ message, seconds }) =>
    `크론잡이 예정 시각을 놓쳤습니다: ${message}.${seconds === undefined ? '' : ` 잡은 최대 ${seconds}초까지 늦게 시작할 수 있습니다.`}`,
  raiseStartingDeadline: 'startingDeadlineSeconds 값을 올리세요. 다음 예정 시각에는 영향이 없습니다.',

  // Budgets, quotas, namespaces, nodes.
  budgetSelectsNothing: '이 중단 예산이 지키는 파드가 없습니다. 셀렉터로 찾은 파드가 없습니다.',
  correctBudget: '셀렉터를 고치거나 파드를 시작하세요.',
  noDisruption: ({ healthy, expected, desired, field, value }) =>
    `어떤 파드도 축출할 수 없으므로 kubectl drain이 기다리게 됩니다. 파드 ${expected}개 중 ${healthy}개가 정상이고, ${desired}개는 정상으로 남아 있어야 합니다 (${field}: ${value}).`,
  runMorePods: ({ field }) => `파드를 더 실행하거나, 정상이 아닌 파드를 고치거나, ${field} 값을 바꾸세요.`,
  quotaUsedUp: ({ resource, used, hard }) => `${resource} 쿼터를 다 썼습니다: ${hard} 중 ${used}. 더 필요한 요청은 거부됩니다.`,
  raiseQuota: '쿼터를 올리거나 쿼터에 포함되는 것을 삭제하세요.',
  namespaceStays: ({ since, message }) =>
    `네임스페이스가 ${since}에 삭제되었지만 그 안의 모든 것이 사라질 때까지 남아 있습니다: ${message}.`,
  letFinalizersWork: '파이널라이저를 담당하는 컨트롤러가 일을 마치게 하거나, 오브젝트에서 파이널라이저를 제거하세요.',
  nodeStillReady: ({ outage }) => `노드가 아직 준비된 것으로 간주됩니다${outage === undefined ? '' : `. ${outage}`}.`,
  nodeNotReady: ({ since, message, outage }) =>
    `노드가 ${since}부터 준비되지 않은 상태입니다: ${message}.${outage === undefined ? '' : ` ${outage}.`}`,
  nodeDown: ({ heard }) => `장애 주입으로 노드가 꺼져 있고, 마지막 연락은 ${heard}입니다`,
  nodeCutOff: ({ heard }) => `장애 주입으로 노드가 API 서버와 끊겨 있고, 마지막 연락은 ${heard}입니다`,
  mendKubelet: '노드의 kubelet을 고치세요.',
  endFault: '장애를 끝내거나 끝날 때까지 기다리세요.',
  nodeCordoned: '노드의 스케줄이 차단(cordon)되어 있습니다. 이를 용인하는 파드만 배정됩니다.',
  nodePressure: ({ since, message }) => `노드의 자원이 ${since}부터 부족합니다: ${message}. 해소될 때까지 kubelet이 파드를 축출합니다.`,
  runLess: '이 노드에서 실행하는 것을 줄이세요. 장애 주입으로 생긴 압박은 장애와 함께 끝납니다.',

  // Claims.
  claimLost: ({ volume }) => `클레임이 볼륨을 잃었습니다: ${volume} 볼륨이 더는 없습니다.`,
  makeNewClaim: '클레임을 새로 만드세요. 볼륨에 있던 것은 더는 클러스터에 없습니다.',
  volumeMissing: ({ volume }) => `클레임이 ${volume} 볼륨을 요구하지만 그런 볼륨이 없습니다.`,
  createVolume: ({ volume }) => `퍼시스턴트볼륨 ${volume} 오브젝트를 만드세요.`,
  volumeNotBoundYet: ({ volume }) => `클레임이 요구하는 ${volume} 볼륨이 아직 바인딩되지 않았습니다.`,
  volumeDoesNotFit: ({ volume, misfit }) => `클레임이 요구하는 ${volume} 볼륨이 바인딩되지 않았습니다: ${misfit}.`,
  askForOffer: '볼륨이 제공하는 것을 요구하거나 다른 볼륨을 요구하세요.',
  withoutClass: ({ volumes }) => `클레임에 볼륨이 없습니다. 스토리지 클래스 없는 볼륨을 요구하는데, ${volumes}.`,
  createFitting: '맞는 퍼시스턴트볼륨을 만드세요.',
  noDefaultClass: ({ volumes }) =>
    `클레임에 볼륨이 없습니다. 스토리지 클래스를 지정하지 않았고 클러스터에 기본 클래스도 없는데, ${volumes}.`,
  nameClass: '새 클레임에 스토리지 클래스를 지정하거나, 한 클래스를 기본으로 표시하거나, 맞는 퍼시스턴트볼륨을 만드세요.',
  classMissing: ({ name, classes }) =>
    `클레임에 볼륨이 없습니다. 스토리지 클래스 "${name}" 오브젝트가 없습니다. ${classes.length === 0 ? '클러스터에는 스토리지 클래스가 하나도 없습니다' : `있는 클래스: ${listed(classes)}`}.`,
  createClass: ({ name }) => `스토리지 클래스 "${name}" 오브젝트를 만들거나, 다른 클래스로 클레임을 새로 만드세요.`,
  awaitsAnyPod: ({ storageClass }) => `클래스 ${storageClass}의 WaitForFirstConsumer 설정에 따라 클레임을 사용할 파드를 기다립니다.`,
  createPodForClaim: '클레임을 사용하는 파드를 만드세요.',
  awaitsPods: ({ storageClass, pods }) =>
    `클래스 ${storageClass}의 WaitForFirstConsumer 설정에 따라 다음 파드가 스케줄되기를 기다립니다: ${listed(pods)}.`,
  explainNoNode: ({ pod }) => `왜 노드가 없는지 ${pod}의 설명을 보세요.`,
  awaitsProvisioner: ({ provisioner, storageClass }) =>
    `클래스 ${storageClass}의 프로비저너 ${provisioner}에서 볼륨을 만들어 주기를 기다립니다.`,
  runProvisioner: '시간이 흐르게 두세요. 볼륨을 만드는 곳이 없다면 프로비저너를 실행하세요.',
  nobodyProvisions: ({ storageClass, provisioner, volumes }) =>
    `클레임에 볼륨이 없습니다. 클래스 ${storageClass}의 볼륨을 만드는 곳이 없고(프로비저너: ${provisioner}), ${volumes}.`,
  createOfClass: '이 클래스의 맞는 퍼시스턴트볼륨을 만들거나 프로비저너가 있는 클래스를 쓰세요.',
  noVolumes: '퍼시스턴트볼륨이 하나도 없습니다',
  noVolumeFits: ({ volumes }) => `맞는 퍼시스턴트볼륨이 없습니다 (${listed(volumes.map(({ name, misfit }) => `${name}: ${misfit}`))})`,
  aboutToBeBound: '곧 바인딩됨',
  beingDeleted: '삭제 중',
  belongsToClaim: ({ claim }) => `클레임 ${claim}의 것`,
  isTooSmall: ({ has, wanted }) => `용량 ${has}, 요청 ${wanted}보다 작음`,
  lacksModes: ({ modes }) => `접근 모드 ${listed(modes)} 미지원`,
  hasNoClass: '클래스가 없음',
  hasClass: ({ name }) => `클래스가 ${name}`,
  isInPhase: ({ phase }) => `${phase} 상태`,
  lacksLabels: '클레임이 고르는 레이블이 없음',

  // Autoscalers.
  targetUnavailable: ({ target, message }) =>
    `오토스케일러가 스케일하지 않습니다. ${target}의 스케일을 읽거나 설정할 수 없습니다: ${message}.`,
  createTarget: ({ target }) => `${target} 오브젝트를 만들거나 scaleTargetRef를 고치세요.`,
  scalingDisabled: ({ target }) => `오토스케일러가 스케일하지 않습니다. ${target}의 레플리카가 0개라서 오토스케일링이 꺼져 있습니다.`,
  requestsMissing: ({ message }) =>
    `오토스케일러가 스케일하지 않습니다. 사용률은 요청에 대한 비율인데 요청이 없는 컨테이너가 있습니다: ${message}.`,
  giveRequests: '파드의 모든 컨테이너에 이 리소스의 요청을 주거나 AverageValue 유형의 대상을 쓰세요.',
  metricsMissing: ({ message }) => `오토스케일러가 스케일하지 않습니다. 메트릭을 읽을 수 없습니다: ${message}.`,
  letPodsRun: '파드가 실행되고 준비되게 하거나 메트릭을 고치세요. 컨트롤러는 15초마다 다시 확인합니다.',
  atMaximum: ({ replicas }) => `오토스케일러가 더는 스케일하지 않습니다. 메트릭이 요구하는 수가 maxReplicas(${replicas})보다 많습니다.`,
  raiseMaximum: 'maxReplicas 값을 올리세요.',
  atMinimum: ({ replicas }) => `오토스케일러가 더는 스케일하지 않습니다. 메트릭이 요구하는 수가 minReplicas(${replicas})보다 적습니다.`,
  lowerMinimum: 'minReplicas 값을 낮추세요.',
  rateLimited: ({ message }) => `오토스케일러가 더는 스케일하지 않습니다: ${message}.`,
  changePolicies: 'spec.behavior의 정책을 바꾸거나 시간이 흐르게 두세요.',
  stabilized: ({ seconds, message }) => `오토스케일러가 더는 스케일하지 않습니다. 안정화 기간 ${seconds}초 안입니다: ${message}.`,
  lowerWindow: ({ field }) => `시간이 흐르게 두거나 ${field} 값을 낮추세요.`,
  withinTolerance: ({ target, replicas, resource, current, wanted, tolerance }) =>
    `오토스케일러가 ${target}의 레플리카를 ${replicas}개로 유지합니다. ${resource} 사용률은 요청의 ${current}%, 목표는 ${wanted}%이며, 목표의 ${tolerance}%까지의 차이는 허용됩니다.`,
  changeTarget: '목표를 바꾸세요.',
};
