// Which names of resources the API knows. Upstream: pkg/apis/core/helper/helpers.go (v1.33).

const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const QUOTA_COMPUTE = [...COMPUTE, ...COMPUTE.map((name) => `requests.${name}`), ...COMPUTE.map((name) => `limits.${name}`)];
const OBJECTS = [
  'pods',
  'resourcequotas',
  'services',
  'replicationcontrollers',
  'secrets',
  'persistentvolumeclaims',
  'configmaps',
  'services.nodeports',
  'services.loadbalancers',
];

const STANDARD: ReadonlySet<string> = new Set([...QUOTA_COMPUTE, ...OBJECTS, 'requests.storage', 'storage']);
const INTEGER: ReadonlySet<string> = new Set(OBJECTS);
/** Of quotas: everything but `storage`, which only a request has. */
const STANDARD_QUOTA: ReadonlySet<string> = new Set([...QUOTA_COMPUTE, ...OBJECTS, 'requests.storage']);
const POD_QUOTA: ReadonlySet<string> = new Set(['pods', ...QUOTA_COMPUTE]);

function isHugePage(name: string): boolean {
  return name.startsWith('hugepages-');
}

export function isStandardResource(name: string): boolean {
  return STANDARD.has(name) || isHugePage(name) || name.startsWith('requests.hugepages-');
}

export function isStandardQuotaResource(name: string): boolean {
  return STANDARD_QUOTA.has(name) || isHugePage(name) || name.startsWith('requests.hugepages-');
}

/** A resource that is counted in whole ones. */
export function isIntegerResource(name: string): boolean {
  return INTEGER.has(name) || isExtendedResource(name);
}

/** A resource that a node or a vendor adds, such as `example.com/gpu`. */
export function isExtendedResource(name: string): boolean {
  const isNative = !name.includes('/') || name.includes('kubernetes.io/');
  return !isNative && !name.startsWith('requests.');
}

/** Whether requests may be less than limits. */
export function isOvercommitAllowed(name: string): boolean {
  return (!name.includes('/') || name.includes('kubernetes.io/')) && !isHugePage(name);
}

/** Which quota resources a scope can restrict: only those of pods, and without requests nothing but their number. */
export function isScopeValidFor(scope: string, resource: string): boolean {
  if (scope === 'BestEffort') return resource === 'pods';
  return POD_QUOTA.has(resource);
}
