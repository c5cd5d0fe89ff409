// The checks that the level restricted adds: what a hardened pod has to say.
// Upstream: k8s.io/pod-security-admission/policy/check_*.go (v0.33). Rule: U6.

import { checkSeccompFields } from './baseline.ts';
import {
  type Check,
  type Checked,
  containerWords,
  containersOf,
  contextOf,
  distinct,
  isWindows,
  namesOf,
  plural,
  quote,
  type SecurityContext,
  setters,
  type Violation,
  violationIf,
} from './check.ts';

/** Since then pods of Windows are exempt from what only Linux has. */
const WINDOWS_MINOR = 25;
const NET_BIND = 'NET_BIND_SERVICE';
const VOLUMES = ['configMap', 'csi', 'downwardAPI', 'emptyDir', 'ephemeral', 'image', 'persistentVolumeClaim', 'projected', 'secret'];

/** In the order of their ids. */
export const RESTRICTED_CHECKS: readonly Check[] = [
  { id: 'allowPrivilegeEscalation', level: 'restricted', since: 8, run: ofLinux(checkEscalation) },
  { id: 'capabilities_restricted', level: 'restricted', since: 22, overrides: 'capabilities_baseline', run: ofLinux(checkCapabilities) },
  { id: 'restrictedVolumes', level: 'restricted', since: 0, overrides: 'hostPathVolumes', run: checkVolumes },
  { id: 'runAsNonRoot', level: 'restricted', since: 0, run: checkNonRoot },
  { id: 'runAsUser', level: 'restricted', since: 23, run: checkUser },
  { id: 'seccompProfile_restricted', level: 'restricted', since: 19, overrides: 'seccompProfile_baseline', run: ofLinux(checkSeccomp) },
];

function ofLinux(run: Check['run']): Check['run'] {
  return (pod, minor) => (minor >= WINDOWS_MINOR && isWindows(pod.spec) ? undefined : run(pod, minor));
}

function checkEscalation({ spec }: Checked): Violation | undefined {
  const names = namesOf(spec, ({ allowPrivilegeEscalation }) => allowPrivilegeEscalation !== false);
  return violationIf(
    names,
    'allowPrivilegeEscalation != false',
    (words) => `${words} must set securityContext.allowPrivilegeEscalation=false`,
  );
}

function checkCapabilities({ spec }: Checked): Violation | undefined {
  const extra = ({ capabilities }: SecurityContext): readonly string[] => (capabilities?.add ?? []).filter((name) => name !== NET_BIND);
  const keeping = namesOf(spec, ({ capabilities }) => !(capabilities?.drop ?? []).includes('ALL'));
  const adding = namesOf(spec, (context) => extra(context).length > 0);
  const added = distinct(containersOf(spec).flatMap((container) => extra(contextOf(container))));
  const details = [
    ...(keeping.length === 0 ? [] : [`${containerWords(keeping)} must set securityContext.capabilities.drop=["ALL"]`]),
    ...(adding.length === 0 ? [] : [`${containerWords(adding)} must not include ${quote(added)} in securityContext.capabilities.add`]),
  ];
  return details.length === 0 ? undefined : { reason: 'unrestricted capabilities', detail: details.join('; ') };
}

function checkVolumes({ spec }: Checked): Violation | undefined {
  const bad = (spec.volumes ?? []).filter((volume) => !VOLUMES.some((source) => volume[source] !== undefined));
  if (bad.length === 0) return undefined;
  const types = distinct(
    bad.map((volume) => Object.keys(volume).find((member) => member !== 'name' && volume[member] !== undefined) ?? 'unknown'),
  );
  const verb = bad.length === 1 ? 'uses' : 'use';
  const words = `${plural('volume', bad.length)} ${quote(bad.map(({ name }) => name))} ${verb}`;
  return { reason: 'restricted volume types', detail: `${words} ${plural('restricted volume type', types.length)} ${quote(types)}` };
}

function checkNonRoot({ spec }: Checked): Violation | undefined {
  const reason = 'runAsNonRoot != true';
  const own = contextOf(spec).runAsNonRoot;
  const who = setters(
    own === false,
    namesOf(spec, ({ runAsNonRoot }) => runAsNonRoot === false),
  );
  if (who !== '') return { reason, detail: `${who} must not set securityContext.runAsNonRoot=false` };
  const silent = own === true ? [] : namesOf(spec, ({ runAsNonRoot }) => runAsNonRoot === undefined);
  return violationIf(silent, reason, (words) => `pod or ${words} must set securityContext.runAsNonRoot=true`);
}

function checkUser({ spec }: Checked): Violation | undefined {
  const isRoot = ({ runAsUser }: SecurityContext): boolean => runAsUser === 0;
  const who = setters(isRoot(contextOf(spec)), namesOf(spec, isRoot));
  return who === '' ? undefined : { reason: 'runAsUser=0', detail: `${who} must not set runAsUser=0` };
}

function checkSeccomp(pod: Checked): Violation | undefined {
  const bad = checkSeccompFields(pod);
  if (bad !== undefined || contextOf(pod.spec).seccompProfile !== undefined) return bad;
  const silent = namesOf(pod.spec, ({ seccompProfile }) => seccompProfile === undefined);
  const text = 'must set securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  return violationIf(silent, 'seccompProfile', (words) => `pod or ${words} ${text}`);
}
