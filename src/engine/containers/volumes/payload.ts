// The files of a volume that the kubelet writes itself: configMap, secret, downwardAPI, projected. Everything else begins empty.
// Upstream: pkg/volume/{configmap,secret,downwardapi,projected} (v1.33). Rule: K211. Omits cluster trust bundles.

import { decodeBase64, decodeBytes } from '../../apimachinery/base64.ts';
import type { StringMap } from '../../apimachinery/meta.ts';
import type { Pod, Volume } from '../../kinds/pod/types.ts';
import { volumeGroupOf, volumeUserOf } from '../container-user.ts';
import { type EnvironmentSources, fieldValue, type Outcome, ownValue, resourceValue } from '../environment/index.ts';
import { bytesToText } from '../../shell/index.ts';
import type { TokenSource } from './token.ts';
import type { DownwardItem, KeyToPath, ObjectSource, Projection, VolumeSources } from './types.ts';

export interface VolumeFile {
  /** That of a token is made when it is read. */
  readonly text: string;
  readonly mode: number;
  /** Absent: root's. */
  readonly uid?: number;
  /** When the token was made. */
  readonly issuedMs?: number;
}

/** Path inside the volume → file. */
export type Payload = ReadonlyMap<string, VolumeFile>;

/** What contents depend on, beside the pod. */
export interface VolumeContext extends EnvironmentSources {
  /** The token of the pod's service account. */
  token(source: TokenSource): string;
  /** When that token was made. */
  tokenIssuedMs(source: TokenSource): number;
}

const MODE_DEFAULT = 0o644;
/** Of a token that is given to somebody. */
const TOKEN_MODE = 0o600;

/** True for a volume whose files the kubelet writes; it is read-only in every container. */
export function isWritten(volume: Volume): boolean {
  const { configMap, secret, downwardAPI, projected } = volume as VolumeSources;
  return configMap !== undefined || secret !== undefined || downwardAPI !== undefined || projected !== undefined;
}

/** The files of a volume, or why it cannot be set up. */
export function volumePayload(volume: Volume, pod: Pod, context: VolumeContext): Outcome<Payload> {
  const { configMap, secret, downwardAPI, projected } = volume as VolumeSources;
  const mode = (configMap ?? secret ?? downwardAPI ?? projected)?.defaultMode ?? MODE_DEFAULT;
  if (configMap !== undefined) return configMapFiles(configMap, mode, context);
  if (secret !== undefined) return secretFiles({ ...secret, name: secret.secretName ?? '' }, mode, context);
  if (downwardAPI !== undefined) return downwardFiles(downwardAPI.items ?? [], mode, pod, context);
  return projectedFiles(projected?.sources ?? [], mode, pod, context);
}

function configMapFiles(source: ObjectSource, mode: number, context: VolumeContext): Outcome<Payload> {
  const name = source.name ?? '';
  const found = context.configMap(name);
  if (found === undefined && source.optional !== true) return failure(`configmap ${JSON.stringify(name)} not found`);
  const files = { ...found?.data, ...decoded(found?.binaryData) };
  return pick(files, source, mode, (key) => `configmap references non-existent config key: ${key}`);
}

function secretFiles(source: ObjectSource, mode: number, context: VolumeContext): Outcome<Payload> {
  const name = source.name ?? '';
  const found = context.secret(name);
  if (found === undefined && source.optional !== true) return failure(`secret ${JSON.stringify(name)} not found`);
  return pick(decoded(found?.data), source, mode, (key) => `references non-existent secret key: ${key}`);
}

function failure(error: string): Outcome<never> {
  return { ok: false, error };
}

function decoded(data: StringMap | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(data ?? {}).map(([key, value]) => [key, textOf(value)]));
}

/** Bytes as files have them: those that are no UTF-8 stay what they are. */
function textOf(base64: string): string {
  const decoded = decodeBytes(base64);
  return decoded.ok ? bytesToText(decoded.bytes.map((byte) => String.fromCharCode(byte)).join('')) : decodeBase64(base64);
}

/** All keys, or those that `items` names; a key that is missing fails unless the source is optional. */
function pick(files: StringMap, source: ObjectSource, mode: number, missing: (key: string) => string): Outcome<Payload> {
  const items: readonly KeyToPath[] = source.items ?? [];
  if (items.length === 0) return { ok: true, value: new Map(Object.entries(files).map(([key, text]) => [key, { text, mode }])) };
  const payload = new Map<string, VolumeFile>();
  for (const item of items) {
    const text = ownValue(files, item.key);
    if (text !== undefined) payload.set(item.path, { text, mode: item.mode ?? mode });
    else if (source.optional !== true) return failure(missing(item.key));
  }
  return { ok: true, value: payload };
}

function downwardFiles(items: readonly DownwardItem[], mode: number, pod: Pod, context: VolumeContext): Outcome<Payload> {
  const payload = new Map<string, VolumeFile>();
  const errors: string[] = [];
  for (const item of items) {
    const value = downwardValue(item, pod, context);
    if (value.ok) payload.set(item.path, { text: value.value, mode: item.mode ?? mode });
    else errors.push(value.error);
  }
  return together(payload, errors);
}

function downwardValue(item: DownwardItem, pod: Pod, context: VolumeContext): Outcome<string> {
  if (item.fieldRef !== undefined) return fieldValue(item.fieldRef.fieldPath, pod, context);
  const [container] = pod.spec.containers;
  if (item.resourceFieldRef === undefined || container === undefined) return { ok: true, value: '' };
  return resourceValue(item.resourceFieldRef, pod, container, context.allocatable);
}

/** A later source wins over an earlier one with the same path; the errors of all sources are told together. */
function projectedFiles(sources: readonly Projection[], mode: number, pod: Pod, context: VolumeContext): Outcome<Payload> {
  const payload = new Map<string, VolumeFile>();
  const errors: string[] = [];
  for (const source of sources) {
    const files = projectionFiles(source, mode, pod, context);
    if (!files.ok) errors.push(files.error);
    else for (const [path, file] of files.value) payload.set(path, file);
  }
  return together(payload, errors);
}

function projectionFiles(source: Projection, mode: number, pod: Pod, context: VolumeContext): Outcome<Payload> {
  if (source.configMap !== undefined) return configMapFiles(source.configMap, mode, context);
  if (source.secret !== undefined) return secretFiles(source.secret, mode, context);
  if (source.downwardAPI !== undefined) return downwardFiles(source.downwardAPI.items ?? [], mode, pod, context);
  const { serviceAccountToken } = source;
  if (serviceAccountToken === undefined) return { ok: true, value: new Map() };
  // K911: a token is for the user of the pod alone, or for its group.
  const uid = volumeUserOf(pod);
  const isNarrow = uid !== undefined || volumeGroupOf(pod) !== undefined;
  const file: VolumeFile = {
    get text() {
      return context.token(serviceAccountToken);
    },
    mode: isNarrow ? TOKEN_MODE : mode,
    issuedMs: context.tokenIssuedMs(serviceAccountToken),
    ...(uid === undefined ? {} : { uid }),
  };
  return { ok: true, value: new Map([[serviceAccountToken.path, file]]) };
}

/** Several errors are one in brackets, without repetition. */
function together(payload: Payload, errors: readonly string[]): Outcome<Payload> {
  const distinct = [...new Set(errors)];
  if (distinct.length === 0) return { ok: true, value: payload };
  return failure(distinct.length === 1 ? (distinct[0] as string) : `[${distinct.join(', ')}]`);
}
