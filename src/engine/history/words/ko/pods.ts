// What is said of anything, and of pods, in Korean.

import type { pods as english } from '../en/pods.ts';
import type { Translated } from '../words.ts';
import { listed } from './grammar.ts';

export const pods: Translated<typeof english> = {
  // Of anything.
  healthy: ({ name, facts }) => `${name}에는 문제가 없습니다${facts.length === 0 ? '' : ` (${facts.join(', ')})`}.`,
  likewise: ({ name, others, sentence }) => `${name}${others === 0 ? '' : ` 외 파드 ${others}개`}: ${sentence}`,
  letTimePass: '시간이 흐르게 두세요.',
  explainWhatKeeps: ({ name }) => `무엇이 붙잡고 있는지 ${name}의 설명을 보세요.`,
  nothingSelected: ({ resource, namespace }) =>
    `${namespace === undefined ? '' : `${namespace} 네임스페이스에서 `}선택된 ${resource} 오브젝트가 없습니다.`,
  notThere: ({ name, namespace }) => `${namespace === undefined ? '' : `${namespace} 네임스페이스에 `}${name} 오브젝트가 없습니다.`,
  createOrSelect: '선택될 오브젝트를 만들거나 셀렉터를 고치세요.',
  createIt: '오브젝트를 만드세요.',
  noCondition: ({ type }) => `${type} 컨디션이 없음`,
  conditionIs: ({ type, status, reason, since }) =>
    `${type} 컨디션이 ${since === '' ? '' : `${since}부터 `}${status}${reason === '' ? '' : ` (${reason})`}`,
  pathLeadsNowhere: '경로에 해당하는 값이 없음',
  pathLeadsTo: ({ values }) => `경로의 값: ${values.join(', ')}`,
  deletedSince: ({ since }) => `${since}부터 삭제 중`,
  notDeleted: '삭제 중이 아님',

  // What is deleted and still there.
  keptByFinalizer: ({ since, finalizer, turn }) =>
    `이 오브젝트는 ${since}에 삭제 표시가 되었지만 파이널라이저 ${finalizer} 항목이 제거될 때까지 남아 있습니다: ${turn}.`,
  collectorAboutToRemove: '가비지 컬렉터가 곧 제거합니다',
  collectorWaits: ({ names }) => `가비지 컬렉터가 다음 오브젝트가 사라지기를 기다립니다 (${listed(names)})`,
  controllerAboutToRemove: '컨트롤러가 곧 제거합니다',
  claimInUse: ({ pods }) => `클레임이 다음 파드에서 사용 중입니다 (${listed(pods)})`,
  deleteUsers: '클레임을 사용하는 파드를 삭제하세요.',
  ownerRemovesFinalizer: '파이널라이저를 넣은 쪽이 할 일을 마친 뒤 제거해야 합니다',
  runFinalizer:
    '파이널라이저를 담당하는 컨트롤러를 실행하세요. 그런 컨트롤러가 더는 없다면 패치로 metadata.finalizers 필드에서 제거하세요.',

  // Pods without a node.
  schedulingGated: ({ gates }) =>
    `아직 스케줄되지 않음: 다음 스케줄링 게이트가 없어질 때까지 스케줄러는 이 파드를 살펴보지 않습니다: ${listed(gates)}.`,
  removeGates: ({ count }) =>
    `spec.schedulingGates 필드에서 ${count === 1 ? '게이트를' : '게이트를 모두'} 제거하세요. 게이트를 넣은 쪽이 하기로 되어 있습니다.`,
  otherScheduler: ({ name }) => `스케줄되지 않음: 이 파드는 "${name}" 스케줄러의 몫인데 클러스터에는 "default-scheduler"만 있습니다.`,
  runScheduler: '그 이름의 스케줄러를 실행하거나 spec.schedulerName 없이 파드를 만드세요.',
  noNodes: '스케줄되지 않음: 클러스터에 노드가 없습니다.',
  addNode: '노드를 추가하세요.',
  claimsUnready: ({ problem }) => `스케줄되지 않음: ${problem}. 이것이 해결되기 전에는 어느 노드에도 배정될 수 없습니다.`,
  createNamedClaim: '파드가 지정한 클레임을 만드세요.',
  bindClaims: ({ names }) => `다음 클레임이 바인딩되어야 합니다: ${listed(names)}. 무엇을 기다리는지는 그 클레임의 설명을 보세요.`,
  schedulingPending: ({ nodes, next }) =>
    `아직 스케줄되지 않음: 지금 상태라면 ${listed(nodes)} 노드가 파드를 받을 수 있습니다. 스케줄러는 ${next}.`,
  triesFrom: ({ time }) => `${time}부터 다시 시도합니다`,
  triesWithNextChange: '도움이 될 다음 변화가 있을 때, 또는 마지막 시도로부터 약 5분 안에 다시 시도합니다',
  waitsForPreempted: ({ node }) =>
    `아직 스케줄되지 않음: 이 파드의 자리를 만들려고 ${node} 노드에서 우선순위가 낮은 파드를 내보내고 있습니다.`,
  letVictimsEnd: '시간이 흐르게 두세요. 밀려나는 파드에는 종료 유예 시간이 있습니다.',

  // Nodes that have something against a pod.
  tooManyPods: ({ nodes }) =>
    `스케줄되지 않음: 파드 수가 이미 한도에 이르렀습니다: ${listed(nodes.map(({ name, podsMax }) => `${name} 노드에 ${podsMax}개`))}.`,
  removePodsOrAddNode: '파드를 제거하거나 노드를 추가하세요.',
  insufficient: ({ resource, wanted, nodes }) =>
    `스케줄되지 않음: 파드가 요청한 ${resource} 양은 ${wanted}인데, 남은 양이 모자랍니다: ${listed(nodes.map(({ name, free, total }) => `${name} 노드에 ${total} 중 ${free} 남음`))}.`,
  makeRoom: '이 노드들에서 파드를 제거하거나, 요청을 줄이거나, 노드를 추가하세요.',
  addLargerNode: '요청을 줄이거나 충분히 큰 노드를 추가하세요. 이 노드들은 비어 있어도 파드가 들어가지 못합니다.',
  shunnedByPods: ({ nodes }) =>
    `스케줄되지 않음: ${listed(nodes)} 노드와 같은 토폴로지 도메인에 이 파드를 배제하는 필수 안티어피니티를 가진 파드가 있습니다.`,
  leaveDomain: '파드의 레이블을 바꾸거나, 그 파드들을 제거하거나, 다른 도메인에 노드를 추가하세요.',
  podAntiAffinity: ({ nodes }) =>
    `스케줄되지 않음: ${listed(nodes)} 노드와 같은 토폴로지 도메인에 이 파드의 안티어피니티가 피하는 파드가 있습니다.`,
  addDomain: '다른 도메인에 노드를 추가하거나, 피하는 파드를 제거하거나, 규칙을 선호(preferred) 규칙으로 바꾸세요.',
  podAffinity: ({ nodes }) => `스케줄되지 않음: ${listed(nodes)} 노드의 토폴로지 도메인에 이 파드의 어피니티가 요구하는 파드가 없습니다.`,
  runAffinePods: '어피니티가 요구하는 파드를 실행하거나 규칙을 선호(preferred) 규칙으로 바꾸세요.',
  topologyLabelMissing: ({ nodes }) =>
    `스케줄되지 않음: ${listed(nodes)} 노드에는 토폴로지 분배 제약 조건이 기준으로 삼는 레이블이 없습니다.`,
  labelTopology: '노드에 제약 조건의 토폴로지 키를 레이블로 붙이세요.',
  topologySpread: ({ nodes }) =>
    `스케줄되지 않음: ${listed(nodes)} 노드에 배정되면 토폴로지 분배 제약 조건이 허용하는 쏠림(skew)을 넘습니다.`,
  spreadElsewhere: '다른 도메인에 자리를 만들거나, maxSkew 값을 올리거나, whenUnsatisfiable: ScheduleAnyway 설정을 쓰세요.',
  volumeNodeConflict: ({ nodes }) =>
    `스케줄되지 않음: 파드의 볼륨을 ${listed(nodes)} 노드에서 쓸 수 없습니다. 볼륨의 노드 어피니티가 다른 노드를 가리킵니다.`,
  useNodesOfVolume: '볼륨의 노드에 자리를 만들거나 다른 클레임을 쓰세요.',
  noVolumeToBind: ({ nodes }) =>
    `스케줄되지 않음: ${listed(nodes)} 노드에서 쓸 수 있으면서 파드의 클레임에 맞는 퍼시스턴트볼륨이 없고, 만들어 줄 프로비저너도 없습니다.`,
  createFittingVolume: '맞는 퍼시스턴트볼륨을 만들거나 프로비저너가 있는 클래스를 쓰세요.',
  claimTaken: '스케줄되지 않음: 다른 파드가 이 파드의 클레임을 쓰고 있는데, 접근 모드 ReadWriteOncePod는 파드 하나만 허용합니다.',
  removeOtherPod: '다른 파드를 제거하거나 다른 접근 모드를 쓰세요.',
  nodesRefuse: ({ nodes, reason }) => `스케줄되지 않음: ${listed(nodes)} 노드: ${reason}.`,
  addFittingNode: '파드에 맞는 노드를 추가하세요.',
  cordoned: ({ nodes }) => `스케줄되지 않음: ${listed(nodes)} 노드는 스케줄이 차단(cordon)되어 있습니다.`,
  unhealthyNodes: ({ nodes, state, taint }) => `스케줄되지 않음: ${listed(nodes)} 노드는 ${state} 상태입니다 (테인트 ${taint}).`,
  notReady: '준비되지 않은',
  notHeardOf: '연락이 끊긴',
  shortOfMemory: '메모리가 부족한',
  shortOfDisk: '디스크 공간이 부족한',
  shortOfProcessIds: '프로세스 ID가 부족한',
  withoutNetwork: '네트워크가 없는',
  mendNodeOfTaint: '노드를 고치세요. 테인트는 저절로 사라집니다.',
  taintNotTolerated: ({ nodes, taint }) => `스케줄되지 않음: ${listed(nodes)} 노드에는 파드가 용인하지 않는 테인트가 있습니다: ${taint}.`,
  tolerateTaint: ({ taint, command }) => `파드에 ${taint} 테인트에 대한 톨러레이션을 주거나 테인트를 제거하세요: ${command}`,
  nodeAffinity: ({ nodes }) => `스케줄되지 않음: ${listed(nodes)} 노드는 파드의 필수 노드 어피니티에 맞지 않습니다.`,
  labelAsAffinity: '어피니티가 요구하는 레이블을 노드에 붙이거나 어피니티를 완화하세요.',
  nodeSelector: ({ labels, nodes }) => `스케줄되지 않음: 노드 셀렉터가 요구하는 레이블(${labels})이 ${listed(nodes)} 노드에 없습니다.`,
  labelNode: ({ command }) => `노드에 레이블을 붙이세요: ${command}`,
  hostPortsTaken: ({ ports, takers }) =>
    `스케줄되지 않음: 호스트 포트 ${listed(ports)} 사용 중: ${listed(takers.map(({ pod, node }) => `${node} 노드의 ${pod}`))}. 이미 다른 파드가 차지하고 있습니다.`,
  useServiceForPort: '호스트 포트 대신 서비스를 쓰거나, 다른 포트를 쓰거나, 그 포트를 차지한 파드를 제거하세요.',

  // Pods that are being started.
  container: ({ name }) => `"${name}" 컨테이너`,
  initContainer: ({ name }) => `"${name}" 초기화 컨테이너`,
  sidecar: ({ name }) => `"${name}" 사이드카 컨테이너`,
  imageNeverPulled: ({ container, image, node }) =>
    `${container}가 이미지 ${image} 때문에 기다립니다. 이 이미지는 ${node} 노드에 없고 이미지 풀 정책이 Never입니다.`,
  changePullPolicy: '풀 정책 IfNotPresent를 쓰거나 이미지를 노드에 가져다 놓으세요.',
  imageNameInvalid: ({ container, image }) => `${container}를 시작할 수 없습니다. 이미지 이름으로 쓸 수 없는 값입니다: ${image}.`,
  correctImageName: '이미지 이름을 고치세요.',
  containerNotStarted: ({ container, node, message }) => `${container}를 ${node} 노드에서 시작할 수 없습니다: ${message}.`,
  correctCommand: '명령이나 설정을 고치세요. 이미지에 없는 프로그램은 실행할 수 없습니다.',
  pullFailed: ({ container, image, why, next }) =>
    `${container}가 이미지 ${image} 때문에 기다립니다. 이미지를 받지 못했습니다: ${why}.${next === undefined ? '' : ` 다음 시도는 ${next} 이후입니다.`}`,
  mendPull:
    '이미지 이름을 고치거나, 파드에 풀 시크릿을 주거나, 레지스트리에 다시 연결될 수 있게 하세요. 어느 쪽이든 다음 시도 때 반영됩니다.',
  containerNotCreated: ({ container, message }) => `${container}를 만들 수 없습니다: ${message}.`,
  correctRequest: '컨테이너가 요구하는 내용을 고치세요.',
  addKey: ({ source }) => `${source}에 키를 추가하거나 참조를 optional로 표시하세요. kubelet이 알아서 다시 확인합니다.`,
  createSource: ({ source }) => `${source}을 만들거나 참조를 optional로 표시하세요. kubelet이 알아서 다시 확인합니다.`,
  configMap: ({ name }) => `"${name}" 컨피그맵`,
  secret: ({ name }) => `"${name}" 시크릿`,
  volumeSourceMissing: ({ volume, source, retry }) =>
    `컨테이너들이 "${volume}" 볼륨을 기다립니다: ${source}이 없습니다. kubelet은 ${retry}에 다시 시도합니다.`,
  createInNamespace: ({ source, namespace }) => `${namespace} 네임스페이스에 ${source}을 만드세요.`,
  volumeClaimUnbound: ({ volume, claim, phase }) =>
    `컨테이너들이 "${volume}" 볼륨을 기다립니다: 클레임 "${claim}"의 상태는 ${phase}입니다.`,
  missing: '없음',
  bindClaim: ({ name }) => `클레임이 바인딩되어야 합니다. 무엇을 기다리는지는 ${name}의 설명을 보세요.`,
  volumeNotMounted: ({ volume, message, retry }) =>
    `컨테이너들이 "${volume}" 볼륨을 기다립니다${message === undefined ? '' : `: ${message}`}. kubelet은 ${retry}에 다시 시도합니다.`,
  correctVolume: '볼륨의 원본을 고치세요.',
  initRunning: ({ container, since, later }) =>
    `컨테이너들이 ${since}부터 실행 중인 ${container}를 기다립니다. 초기화 컨테이너가 모두 코드 0으로 끝나야 ${later.length === 1 ? `"${later[0]}" 컨테이너가` : '나머지가'} 시작됩니다.`,
  letInitEnd: '초기화 컨테이너가 끝나게 하세요. 기다리는 것을 마련해 주거나 시간이 흐르게 두세요.',
  nodeMissing: ({ node }) => `파드가 ${node} 노드에 바인딩되어 있지만 그 노드가 없습니다.`,
  addNamedNode: '그 이름의 노드를 추가하거나 파드를 삭제하세요.',
  boundToSilentNode: ({ node }) =>
    `파드가 ${node} 노드에 바인딩되어 있지만 그 노드의 kubelet과 연락이 끊겨 파드를 시작해 줄 곳이 없습니다.`,
  mendOrPlaceElsewhere: ({ node }) => `${node} 노드를 고치거나, 다른 곳에 배정되도록 파드를 삭제하세요.`,
  imagePulling: ({ image, node }) => `파드가 이미지 ${image} 때문에 기다립니다. ${node} 노드가 지금 받고 있습니다.`,
  sandboxNotCreated: ({ node, message }) =>
    `파드가 샌드박스를 기다립니다. ${node} 노드에서 만들 수 없습니다: ${message}. kubelet은 10~15초마다 다시 시도합니다.`,
  mendRuntime: ({ node }) => `${node} 노드의 네트워크 플러그인이나 컨테이너 런타임을 고치세요.`,
  starting: ({ node }) => `파드가 ${node} 노드에서 시작되고 있습니다. 지금까지는 문제가 없습니다.`,

  // Containers that ended.
  crashLoop: ({ container, restarts, cause, next }) =>
    `${container}가 자꾸 끝납니다. 지금까지 ${restarts}번 재시작했고, 마지막 실행은 ${cause}.${next === undefined ? '' : ` ${next} 이후에 다시 시작합니다. 대기 시간은 매번 두 배가 되며 최대 5분입니다.`}`,
  containerFailed: ({ container, cause, policy }) => `${container}의 실행은 ${cause}. 재시작 정책이 ${policy}라서 다시 시작하지 않습니다.`,
  containerEnded: ({ container, cause, next }) =>
    `${container}의 실행은 ${cause}. ${next === undefined ? '곧 다시 시작합니다' : `${next} 이후에 다시 시작합니다`}.`,
  restarted: ({ container, restarts, cause }) => `${container}가 ${restarts}번 재시작되었습니다. 마지막 실행은 ${cause}.`,
  outOfMemory: ({ time, limit, code }) =>
    `${time}에 ${limit === undefined ? '쓸 수 있는 것보다' : `한도 ${limit} 값보다`} 많은 메모리를 써서 강제 종료되었습니다 (OOMKilled, 종료 코드 ${code})`,
  raiseMemory: '메모리 한도를 올리거나 프로그램이 메모리를 덜 쓰게 하세요.',
  endedWith: ({ time, code }) => `${time}에 끝났습니다 (${code})`,
  exitCode: ({ code, name, said }) => `종료 코드 ${code}${name === undefined ? '' : ` ${name}`}${said === '' ? '' : `, 메시지: ${said}`}`,
  giveWork: '계속할 일을 주거나, 끝나도 되는 재시작 정책을 쓰세요.',
  readLog: ({ command }) => `무엇을 기록했는지 보세요: ${command}`,
  killedByProbe: ({ time, code, kind, asks, periodSeconds, failures, got }) =>
    `${kind} 프로브(${asks}, ${periodSeconds}초마다)가 ${failures === 1 ? '1번' : `${failures}번 연속`} 실패해서 kubelet이 ${time}에 종료했습니다 (${code})${got === undefined ? '' : `; ${got}`}`,
  newestFailure: ({ time, answer }) => `가장 최근 실패(${time})의 결과: ${answer}`,
  gotAnswer: ({ time, answer }) => `${time}의 결과: ${answer}`,
  letAnswer: ({ kind }) => `컨테이너가 응답하게 하거나, ${kind} 프로브의 질문을 고치거나, 시간을 더 주세요.`,

  // Probes and readiness.
  asksHttp: ({ path, port, isHttps }) => `GET ${path}, 포트 ${port}${isHttps ? ', HTTPS' : ''}`,
  asksTcp: ({ port }) => `포트 ${port} 연결`,
  asksGrpc: ({ port }) => `포트 ${port}의 gRPC 상태`,
  asksCommand: ({ command }) => `명령 ${command}`,
  endedOtherwise: '0이 아닌 코드로 끝남',
  failuresSoFar: ({ count }) => `지금까지 ${count}번 연속 실패`,
  successesSoFar: ({ count }) => `지금까지 ${count}번 연속 성공`,
  silentSince: ({ node, since, heard }) =>
    `파드가 ${since}부터 준비되지 않은 것으로 간주됩니다. 파드가 있는 ${node} 노드의 마지막 연락은 ${heard}입니다.`,
  mendOrWaitForEviction: ({ node }) =>
    `${node} 노드를 고치세요. 소유자가 있는 파드는 노드의 테인트를 용인하는 시간(기본 5분)이 지나면 다른 곳에 대신 만들어집니다.`,
  startupProbe: ({ container, asks, periodSeconds, started, got, failures, soFar }) =>
    `${container}가 아직 시작되지 않은 것으로 간주됩니다. ${started}에 시작한 뒤로 startup 프로브(${asks}, ${periodSeconds}초마다)가 성공하지 않았습니다; ${got}. ${failures}번 연속 실패하면 컨테이너를 강제 종료합니다${soFar === undefined ? '' : ` (${soFar})`}.`,
  notFailedYet: '아직 실패한 적은 없음',
  giveStartupTime: '컨테이너가 응답하게 하거나, 프로브의 질문을 고치거나, failureThreshold 또는 periodSeconds 값으로 시간을 더 주세요.',
  readinessProbePending: ({ container, asks, periodSeconds, first }) =>
    `${container}가 준비되지 않았습니다. readiness 프로브(${asks}, ${periodSeconds}초마다)가 아직 성공하지 않았습니다${first === undefined ? '' : `; 첫 질문은 ${first} 이후입니다`}.`,
  waitOrAskEarlier: '시간이 흐르게 두거나 initialDelaySeconds 값을 낮추세요.',
  readinessProbe: ({ container, since, asks, periodSeconds, got, failures, successes, soFar }) =>
    `${container}가 ${since}부터 준비되지 않은 상태입니다. readiness 프로브(${asks}, ${periodSeconds}초마다)가 실패했습니다; ${got}. ${failures}번 연속 실패하면 실패, ${successes}번 연속 성공하면 통과로 봅니다${soFar === undefined ? '' : ` (${soFar})`}.`,
  answerProbe: '컨테이너가 프로브가 바라는 대로 응답하게 하거나 프로브의 질문을 고치세요.',
  readinessGate: ({ type, status }) =>
    `파드가 준비되지 않았습니다. 레디니스 게이트 "${type}" 때문에 같은 유형의 컨디션이 True여야 하는데, ${status === undefined ? '파드에 그런 컨디션이 없습니다' : `지금은 ${status}입니다`}.`,
  setGateCondition: '게이트를 넣은 쪽이 status 패치로 컨디션을 설정해야 합니다.',

  // Pods that are ended by others.
  deadlineExceeded: ({ seconds }) => `activeDeadlineSeconds(${seconds}초)보다 오래 활성 상태였기 때문에 파드가 종료되었습니다.`,
  raiseDeadline: '새 파드에서 activeDeadlineSeconds 값을 올리세요.',
  evicted: ({ node, message }) => `파드가 ${node} 노드에서 축출되었습니다: ${message}.`,
  refusedByKubelet: ({ node, message }) => `${node} 노드의 kubelet이 파드를 거부했습니다: ${message}.`,
  deleteForNewPod: '삭제하세요. 소유자가 있으면 새 파드를 만들고, 새 파드는 다시 스케줄됩니다.',
  disrupted: ({ message }) => `파드가 중단되었습니다: ${message}.`,
  preempted: ({ message }) => `우선순위가 더 높은 파드의 자리를 만들려고 스케줄러가 이 파드를 내보냅니다: ${message}.`,
  evictedByRequest: ({ message }) => `kubectl drain처럼 누군가 이 파드의 축출을 요청했습니다: ${message}.`,
  evictedByTaint: ({ message }) => `파드가 노드의 NoExecute 테인트를 더는 용인하지 않습니다: ${message}.`,
  endedForNode: ({ message }) => `kubelet이 노드를 지키려고 파드를 종료했습니다: ${message}.`,
  collected: ({ message }) => `노드가 사라졌기 때문에 파드가 제거되었습니다: ${message}.`,
  ownerMakesNewPod: '더는 멈출 수 없습니다. 소유자가 있으면 새 파드를 만듭니다.',
  deletedOnSilentNode: ({ node }) =>
    `파드가 삭제되었지만 kubelet이 컨테이너가 멈췄다고 알릴 때까지 남아 있습니다. 그런데 ${node} 노드와 연락이 끊겼습니다.`,
  mendOrForce: ({ node, command }) =>
    `${node} 노드를 고치거나 삭제하세요. 컨테이너가 더는 실행되지 않는 것이 확실하다면 다음 명령을 쓰세요: ${command}`,
  terminating: ({ seconds, stops }) => `파드가 삭제되었고 종료 유예 시간은 ${seconds}초입니다: ${stops.join('; ')}.`,
  hookRuns: ({ container }) => `"${container}" 컨테이너의 preStop 훅이 실행 중입니다`,
  gotSigterm: ({ container, time }) => `"${container}" 컨테이너는 SIGTERM을 받고도 아직 끝나지 않았으며 ${time}에 강제 종료됩니다`,
  letContainerEnd: '시간이 흐르게 두거나, 컨테이너가 SIGTERM에 끝나게 하거나, 더 짧은 --grace-period 값으로 다시 삭제하세요.',
};
