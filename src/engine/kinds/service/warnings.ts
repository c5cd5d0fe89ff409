// Warnings about Services. Upstream: pkg/api/service/warnings.go (v1.33). Rule: P9. Source ranges are not looked at.

import { ipWarnings } from '../../apimachinery/ip.ts';
import { eachText } from '../shared/each-text.ts';
import type { Service } from './types.ts';

const HINTS = 'service.kubernetes.io/topology-aware-hints';
const MODE = 'service.kubernetes.io/topology-mode';

export function warnAboutService({ metadata, spec }: Service): readonly string[] {
  const isExternal = spec.type === 'ExternalName';
  const { loadBalancerIP = '' } = spec as { readonly loadBalancerIP?: string };
  return [
    ...(metadata.annotations?.[HINTS] === undefined ? [] : [`annotation ${HINTS} is deprecated, please use ${MODE} instead`]),
    ...eachText(spec.clusterIPs, 'spec.clusterIPs', ipWarnings),
    ...eachText(spec.externalIPs, 'spec.externalIPs', ipWarnings),
    ...ipWarnings(loadBalancerIP, 'spec.loadBalancerIP'),
    ...(isExternal && (spec.externalIPs ?? []).length > 0 ? ['spec.externalIPs is ignored when spec.type is "ExternalName"'] : []),
    ...(!isExternal && (spec.externalName ?? '') !== '' ? ['spec.externalName is ignored when spec.type is not "ExternalName"'] : []),
  ];
}
