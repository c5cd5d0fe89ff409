// The files in /etc that the kubelet writes into every container: host name, hosts, resolver.
// Upstream: pkg/kubelet/kubelet_pods.go (managedHostsFileContent), network/dns/dns.go (v1.33).

import type { Pod } from '../../kinds/pod/types.ts';
import { hostnameOf } from '../environment/index.ts';

/** What the node's own resolver file says. */
const NODE_NAMESERVER = '192.168.0.1';
const CLUSTER_NAMESERVER = '10.96.0.10';
const CLUSTER_DOMAIN = 'cluster.local';

/** Path → text. `podIp` is the address of the pod, or of its node on the host network. */
export function managedFiles(pod: Pod, podIp: string): Readonly<Record<string, string>> {
  return { '/etc/hostname': `${hostnameOf(pod)}\n`, '/etc/hosts': hostsFile(pod, podIp), '/etc/resolv.conf': resolverFile(pod) };
}

const LOCAL_HOSTS = [
  '127.0.0.1\tlocalhost',
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'fe00::0\tip6-mcastprefix',
  'fe00::1\tip6-allnodes',
  'fe00::2\tip6-allrouters',
];

interface HostAlias {
  readonly ip: string;
  readonly hostnames?: readonly string[];
}

function hostsFile(pod: Pod, podIp: string): string {
  const isHost = pod.spec.hostNetwork === true;
  const subdomain = pod.spec['subdomain'];
  const hostname = hostnameOf(pod);
  const domain =
    typeof subdomain === 'string' && subdomain !== '' ? `${subdomain}.${pod.metadata.namespace ?? ''}.svc.${CLUSTER_DOMAIN}` : '';
  const names = domain === '' || isHost ? hostname : `${hostname}.${domain}\t${hostname}`;
  const aliases = ((pod.spec['hostAliases'] ?? []) as readonly HostAlias[]).map(
    ({ ip, hostnames = [] }) => `${ip}\t${hostnames.join('\t')}`,
  );
  return [
    `# Kubernetes-managed hosts file${isHost ? ' (host network)' : ''}.`,
    ...LOCAL_HOSTS,
    `${podIp}\t${names}`,
    ...(aliases.length === 0 ? [] : ['', '# Entries added by HostAliases.', ...aliases]),
    '',
  ].join('\n');
}

interface DnsConfig {
  readonly nameservers?: readonly string[];
  readonly searches?: readonly string[];
  readonly options?: readonly { readonly name: string; readonly value?: string }[];
}

function resolverFile(pod: Pod): string {
  const { dnsPolicy } = pod.spec;
  const isCluster = dnsPolicy === 'ClusterFirstWithHostNet' || (dnsPolicy === 'ClusterFirst' && pod.spec.hostNetwork !== true);
  const own = (pod.spec['dnsConfig'] ?? {}) as DnsConfig;
  const service = `svc.${CLUSTER_DOMAIN}`;
  const searches = isCluster ? [`${pod.metadata.namespace ?? ''}.${service}`, service, CLUSTER_DOMAIN] : [];
  const nameservers = isCluster ? [CLUSTER_NAMESERVER] : dnsPolicy === 'None' ? [] : [NODE_NAMESERVER];
  const options = new Map(isCluster ? [['ndots', 'ndots:5']] : []);
  for (const { name, value } of own.options ?? []) options.set(name, value === undefined ? name : `${name}:${value}`);
  const lines = [
    line('search', unique([...searches, ...(own.searches ?? [])])),
    ...unique([...nameservers, ...(own.nameservers ?? [])]).map((address) => `nameserver ${address}\n`),
    line('options', [...options.values()]),
  ];
  return lines.join('');
}

function line(word: string, values: readonly string[]): string {
  return values.length === 0 ? '' : `${word} ${values.join(' ')}\n`;
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)];
}
