// Warnings about volumes: kinds that no longer work, and files of one volume that are in each other's way.
// Upstream: pkg/api/pod/warnings.go, pkg/api/persistentvolumeclaim/util.go (v1.33). Rule: P4.

import { isWholeQuantity } from '../../apimachinery/quantity.ts';
import type { ClaimSpec } from './claim-validation.ts';
import type { Fields } from './field-checks.ts';
import type { Volume } from './pod-spec.ts';

/** Kinds of volumes, in upstream's order; `ephemeral` has its place among them. */
const DEPRECATED: readonly (readonly [source: string, text: string, name?: string])[] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+', 'storageOS'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

/** `path` is that of the spec. */
export function warnAboutVolumes(volumes: readonly Volume[], path: string): string[] {
  const kinds = volumes.flatMap((volume, index) => {
    const at = `${path}.volumes[${index}]`;
    const template = (volume['ephemeral'] as { readonly volumeClaimTemplate?: { readonly spec?: ClaimSpec } } | undefined)
      ?.volumeClaimTemplate;
    const claim = template === undefined ? [] : warnAboutClaimSpec(template.spec ?? {}, `${at}.ephemeral.volumeClaimTemplate.spec`);
    return [...warnAboutSources(volume, at), ...claim];
  });
  return [...kinds, ...volumes.flatMap(warnAboutOverlaps)];
}

/** Sources that are deprecated, of a volume of a pod or of the cluster. */
export function warnAboutSources(
  holder: Fields,
  path: string,
  sources: readonly string[] = DEPRECATED.map(([source]) => source),
): string[] {
  return DEPRECATED.filter(([source]) => sources.includes(source) && holder[source] !== undefined).map(
    ([source, text, name = source]) => `${path}.${name}: ${text}`,
  );
}

export function warnAboutClaimSpec(spec: ClaimSpec, path: string): string[] {
  const { resources = {} } = spec as { readonly resources?: Readonly<Record<string, Readonly<Record<string, string>> | undefined>> };
  return ['requests', 'limits'].flatMap((list) => warnAboutFraction(resources[list]?.['storage'], `${path}.resources.${list}[storage]`));
}

export function warnAboutFraction(quantity: string | undefined, at: string): string[] {
  if (quantity === undefined || isWholeQuantity(quantity)) return [];
  return [`${at}: fractional byte value ${JSON.stringify(quantity)} is invalid, must be an integer`];
}

interface File {
  readonly path: string;
  /** Empty when the volume has one source only. */
  readonly source: string;
}

type Items = readonly { readonly path?: string }[] | undefined;

function warnAboutOverlaps(volume: Volume): string[] {
  const configMap = volume['configMap'] as { readonly name?: string; readonly items?: Items } | undefined;
  const secret = volume['secret'] as { readonly secretName?: string; readonly items?: Items } | undefined;
  const downward = volume['downwardAPI'] as { readonly items?: Items } | undefined;
  const say = (what: string, texts: readonly string[]): string[] =>
    texts.map((text) => `volume ${JSON.stringify(volume.name)} (${what}): overlapping paths: ${text}`);
  return [
    ...say(`ConfigMap ${JSON.stringify(configMap?.name ?? '')}`, overlapsOf(filesOf(configMap?.items, ''))),
    ...say(`Secret ${JSON.stringify(secret?.secretName ?? '')}`, overlapsOf(filesOf(secret?.items, ''))),
    ...say('DownwardAPI', overlapsOf(filesOf(downward?.items, ''))),
    ...warnAboutProjections(volume, (texts) => say('Projected', texts)),
  ];
}

function warnAboutProjections(volume: Volume, say: (texts: readonly string[]) => string[]): string[] {
  const { sources = [] } = (volume['projected'] ?? {}) as { readonly sources?: readonly Fields[] };
  const warnings: string[] = [];
  const taken: File[] = [];
  // As upstream does it: a source without files of its own is looked at with those of the source before.
  let files: readonly File[] = [];
  for (const source of sources) {
    if (Object.keys(source).length === 0) {
      warnings.push(`volume ${JSON.stringify(volume.name)} (Projected) has no sources provided`);
      continue;
    }
    files = projectedFiles(source) ?? files;
    warnings.push(...say(overlapsOf(files, taken)));
  }
  return warnings;
}

function projectedFiles(source: Fields): readonly File[] | undefined {
  for (const [member, word] of [
    ['configMap', 'ConfigMap'],
    ['secret', 'Secret'],
  ] as const) {
    const given = source[member] as { readonly name?: string; readonly items?: Items } | undefined;
    if (given?.items !== undefined) return filesOf(given.items, `${word} ${JSON.stringify(given.name ?? '')}`);
  }
  const downward = source['downwardAPI'] as { readonly items?: Items } | undefined;
  if (downward?.items !== undefined) return filesOf(downward.items, 'DownwardAPI');
  const token = source['serviceAccountToken'] as { readonly path?: string } | undefined;
  return token === undefined ? undefined : [{ path: token.path ?? '', source: 'ServiceAccountToken' }];
}

function filesOf(items: Items, source: string): readonly File[] {
  return (items ?? []).map(({ path = '' }) => ({ path, source }));
}

/** Each file against those before; `taken` grows by the files. */
function overlapsOf(files: readonly File[], taken: File[] = []): string[] {
  return files.flatMap(({ path, source }) => {
    const file = { path: withoutSlashes(path), source };
    const found = file.path === '' ? [] : taken.filter((other) => other.path !== '' && isInTheWay(file.path, other.path));
    taken.push(file);
    return found.map((other) => `${wordsOf(file)} with ${wordsOf(other)}`);
  });
}

function withoutSlashes(path: string): string {
  let end = path.length;
  while (end > 0 && path[end - 1] === '/') end -= 1;
  return path.slice(0, end);
}

function isInTheWay(a: string, b: string): boolean {
  return `${a}/`.startsWith(`${b}/`) || `${b}/`.startsWith(`${a}/`);
}

function wordsOf({ path, source }: File): string {
  return source === '' ? JSON.stringify(path) : `${JSON.stringify(path)} (${source})`;
}
