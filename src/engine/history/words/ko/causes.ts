// What is said of who changed what and why, and of commands, in Korean. Who does something is always the subject of a sentence, and comes with its particle.

import type { causes as english, Changed } from '../en/causes.ts';
import type { Translated } from '../words.ts';

const changed = (verb: string, { who, object, details }: Changed) =>
  `${who} ${object} 오브젝트를 ${verb}${details.length === 0 ? '' : `: ${details.join(', ')}`}.`;

export const causes: Translated<typeof english> = {
  // Who does it.
  scheduler: '스케줄러가',
  deploymentController: '디플로이먼트 컨트롤러가',
  replicaSetController: '레플리카셋 컨트롤러가',
  replicationController: '레플리케이션컨트롤러 컨트롤러가',
  statefulSetController: '스테이트풀셋 컨트롤러가',
  daemonSetController: '데몬셋 컨트롤러가',
  jobController: '잡 컨트롤러가',
  cronJobController: '크론잡 컨트롤러가',
  endpointsController: '엔드포인트 컨트롤러가',
  endpointSliceController: '엔드포인트슬라이스 컨트롤러가',
  autoscalerController: 'HorizontalPodAutoscaler 컨트롤러가',
  disruptionController: '중단 예산 컨트롤러가',
  nodeLifecycleController: '노드 수명 주기 컨트롤러가',
  taintEvictionController: '테인트 축출 컨트롤러가',
  podCollector: '파드 가비지 컬렉터가',
  garbageCollector: '가비지 컬렉터가',
  namespaceController: '네임스페이스 컨트롤러가',
  jobTtlController: '완료된 잡의 TTL 컨트롤러가',
  serviceAccountController: '서비스 어카운트 컨트롤러가',
  rootCertificatePublisher: '루트 인증서 게시 컨트롤러가',
  volumeController: '클레임과 볼륨의 컨트롤러가',
  apiServer: 'API 서버가',
  apiServiceRegistrar: 'APIService 등록 컨트롤러가',
  serviceCidrController: 'ServiceCIDR 컨트롤러가',
  admissionPolicyController: 'ValidatingAdmissionPolicy 컨트롤러가',
  certificateSigner: '인증서 서명 컨트롤러가',
  roleAggregator: '역할 집계 컨트롤러가',
  kubelet: 'kubelet이',
  fault: '주입된 장애가',
  otherController: ({ name }) => `${name} 컨트롤러가`,

  // What was done.
  created: (of) => changed('만들었습니다', of),
  changed: (of) => changed('변경했습니다', of),
  removed: (of) => changed('제거했습니다', of),
  markedForDeletion: '삭제 표시',
  boundTo: ({ node }) => `${node} 노드에 바인딩`,
  scaled: ({ from, to }) => `레플리카 ${from}개에서 ${to}개`,
  tainted: ({ taints }) => `테인트 추가 ${taints.join(', ')}`,
  phaseIs: ({ phase }) => `단계 ${phase}`,
  succeeded: ({ count }) => `성공 ${count}개`,
  failed: ({ count }) => `실패 ${count}개`,
  conditionBecame: ({ type, status, reason }) => `${type} 컨디션 ${status}${reason === undefined ? '' : ` (${reason})`}`,
  containerBecame: ({ name, state }) => `컨테이너 ${name} 상태 ${state}`,

  // What it means that a timer fired.
  schedulingBackoffOver: '스케줄되지 못한 파드의 백오프가 끝났습니다.',
  waitedUnschedulable: '파드가 스케줄할 수 없는 파드들 사이에서 충분히 기다렸습니다.',
  waitForVolumesOver: '볼륨을 기다리는 시간이 끝났습니다.',
  lookedAtHeartbeats: '컨트롤러가 노드의 하트비트를 살펴보았습니다.',
  taintDue: '테인트를 붙일 때가 되었습니다.',
  tolerationOver: '파드가 테인트를 용인하는 시간이 지났습니다.',
  podCollectorCame: '주인 없는 파드를 치우는 컬렉터의 차례가 되었습니다.',
  kubeletSawContainers: 'kubelet이 컨테이너의 시작이나 종료를 알아차렸습니다.',
  nextStepDue: '파드의 다음 단계를 밟을 때가 되었습니다.',
  kubeletCameBack: 'kubelet이 스스로 파드를 다시 살펴보았습니다.',
  processActed: '컨테이너의 프로세스가 무언가를 했습니다. 시작을 마쳤거나, 무언가를 썼거나, 끝났습니다.',
  execWentOn: '컨테이너 안의 명령이 진행되었습니다.',
  volumesMounted: '파드의 볼륨이 마운트되었습니다.',
  deadlineOver: '파드의 기한이 지났습니다.',
  nodeEvicted: '노드의 자원이 부족해서 파드를 축출했습니다.',
  statusWrittenAgain: '파드의 상태를 다시 기록했습니다.',
  livenessResult: 'liveness 프로브의 결과가 나왔습니다.',
  readinessResult: 'readiness 프로브의 결과가 나왔습니다.',
  startupResult: 'startup 프로브의 결과가 나왔습니다.',
  faultBegan: '주입된 장애가 시작되었습니다.',
  faultOver: '주입된 장애가 끝났습니다.',
  eventExpired: '이벤트의 보관 기간 한 시간이 지났습니다.',
  cameBack: ({ who }) => `${who} 예정대로 스스로 다시 살펴보았습니다.`,

  // Commands.
  gaveCommand: ({ client, number, line }) => `${client ?? '누군가'}: ${number}번 명령을 내렸습니다: ${line}.`,
  gaveFault: ({ client, number, line }) => `${client ?? '누군가'}: ${number}번 명령으로 장애를 주입했습니다: ${line}.`,
  createCluster: ({ seed }) => `시드 ${seed}에서 클러스터 만들기`,
  request: ({ verb, resource, name, namespace }) => {
    const words = [verb, resource, name].filter((word) => word !== '').join(' ');
    return namespace === undefined ? `요청 ${words}` : `요청 ${words} (네임스페이스 ${namespace})`;
  },
  manifests: ({ mode, count }) => `매니페스트 ${count}개 ${mode}`,
  turnClock: '시계 돌리기',
  stopClock: '시계 멈추기',
  runClock: ({ rate }) => `시계를 흐르게 하기, 속도 ${rate}`,
  goOnWithSeed: ({ seed }) => `시드 ${seed}부터 이어 가기`,
  forgetImage: ({ image }) => `이미지 ${image}의 동작 지우기`,
  setImage: ({ image }) => `이미지 ${image}의 동작 정하기`,
  endOfFault: ({ fault }) => `장애 ${fault} 끝내기`,
  park: ({ kind, owner, key }) => `작업 미뤄 두기 ${kind} ${owner} ${key}`,
  exec: ({ pod, container, command }) => `${pod} ${container} 컨테이너에서 실행: ${command}`,
  execInput: ({ session }) => `${session}의 입력`,
  execEnd: ({ session }) => `${session}의 끝`,
  portRequest: '파드 포트에 보낸 요청',
  attachInput: ({ container }) => `${container}의 입력`,
  faultOf: ({ type, target, node, container }) =>
    ['장애', type, target, node === undefined ? undefined : `(노드 ${node})`, container]
      .filter((word) => word !== undefined && word !== '')
      .join(' '),

  // Marks of a timeline.
  restart: ({ count, code, reason }) =>
    `재시작 ${count}회${code === undefined ? '' : `, 종료 코드 ${code}${reason === undefined ? '' : ` (${reason})`}`}`,
};
