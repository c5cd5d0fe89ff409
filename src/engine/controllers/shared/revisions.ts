// ControllerRevisions: the templates that a DaemonSet or a StatefulSet had, each under a name that is a hash of it.
// Upstream: pkg/controller/history/controller_history.go, apimachinery/pkg/util/rand SafeEncodeString (v1.33). Rules: C210, C409, C432.

import { compareText } from '../../apimachinery/text.ts';
import { matchesSelector, type Selector } from '../../apimachinery/labels.ts';
import { controllerOf, type KubeObject } from '../../apimachinery/meta.ts';
import { createObject, listObjects, writeObject } from '../../apiserver/api.ts';
import { controllerRevisionKind } from '../../kinds/controllerrevision/index.ts';
import type { ControllerRevision } from '../../kinds/controllerrevision/types.ts';
import type { Kind, NewObject } from '../../kinds/kind.ts';
import type { PodTemplateSpec } from '../../kinds/shared/types.ts';
import type { ClusterState } from '../../kernel/state.ts';
import { adopt, controllerReference } from './ownership.ts';

/** What a revision stores: the patch that restores the template. Members are sorted, as Go writes maps. */
export function templatePatch(template: PodTemplateSpec): { readonly spec: { readonly template: PodTemplateSpec } } {
  return sortMembers({ spec: { template: { ...template, $patch: 'replace' } } }) as { spec: { template: PodTemplateSpec } };
}

/** The template that a revision restores. */
export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const { $patch: _patch, ...template } = (revision.data as { spec: { template: PodTemplateSpec & { $patch?: string } } }).spec.template;
  return template;
}

/** The text of data as Go's encoder writes it; equal data have equal texts. */
export function dataText(data: unknown): string {
  return JSON.stringify(sortMembers(data)).replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** C432: FNV-1 over the patch and the collision count, in letters that spell no words. */
export function patchHash(data: unknown, collisionCount: number): string {
  return encodeSafely(String(fnv(`${dataText(data)}${collisionCount}`, multiplyFirst)));
}

/** C210, C409: FNV-1a over the template and, once there was a collision, its count. */
export function templateHash(template: PodTemplateSpec, collisionCount: number | undefined): string {
  const suffix = collisionCount === undefined ? '' : String(collisionCount);
  return encodeSafely(String(fnv(`${dataText(template)}${suffix}`, xorFirst)));
}

/** The revisions of an owner, oldest first by (revision, creation, name); orphans that match are adopted. */
export function claimRevisions(state: ClusterState, kind: Kind, owner: KubeObject, selector: Selector): ControllerRevision[] {
  const { uid, namespace } = owner.metadata;
  const revisions: ControllerRevision[] = [];
  for (const revision of listObjects(state, controllerRevisionKind, namespace)) {
    const controller = controllerOf(revision);
    if (controller?.uid === uid) revisions.push(revision);
    else if (
      controller === undefined &&
      owner.metadata.deletionTimestamp === undefined &&
      matchesSelector(selector, revision.metadata.labels)
    ) {
      revisions.push(adopt(state, controllerRevisionKind, revision, { kind, owner }));
    }
  }
  return revisions.sort(compareRevisions);
}

export interface NewRevision {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>> | undefined;
  readonly data: unknown;
  readonly revision: number;
}

/** Creates a revision; undefined when its name is taken. */
export function createRevision(state: ClusterState, kind: Kind, owner: KubeObject, given: NewRevision): ControllerRevision | undefined {
  const { name, labels, annotations, data, revision } = given;
  const draft: NewObject<ControllerRevision> = {
    kind: 'ControllerRevision',
    apiVersion: 'apps/v1',
    metadata: {
      name,
      namespace: owner.metadata.namespace,
      labels: { ...labels },
      ...(annotations === undefined ? {} : { annotations: { ...annotations } }),
      ownerReferences: [controllerReference(kind, owner)],
    },
    data,
    revision,
  };
  const created = createObject(state, controllerRevisionKind, draft);
  return created.ok ? created.value : undefined;
}

/** Gives a revision another number. */
export function renumber(state: ClusterState, revision: ControllerRevision, number: number): ControllerRevision {
  return revision.revision === number ? revision : writeObject(state, controllerRevisionKind, { ...revision, revision: number });
}

function compareRevisions(a: ControllerRevision, b: ControllerRevision): number {
  return (
    a.revision - b.revision ||
    compareText(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
    compareText(a.metadata.name, b.metadata.name)
  );
}

function sortMembers(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortMembers);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  return Object.fromEntries(entries.sort(([a], [b]) => compareText(a, b)).map(([key, member]) => [key, sortMembers(member)]));
}

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const SAFE_LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** C210: each character becomes a letter by its code. */
function encodeSafely(text: string): string {
  return Array.from(text, (char) => SAFE_LETTERS[char.charCodeAt(0) % SAFE_LETTERS.length]).join('');
}

function multiplyFirst(hash: number, byte: number): number {
  return Math.imul(hash, FNV_PRIME) ^ byte;
}

function xorFirst(hash: number, byte: number): number {
  return Math.imul(hash ^ byte, FNV_PRIME);
}

/** 32-bit FNV over the UTF-8 bytes of a text. */
function fnv(text: string, step: (hash: number, byte: number) => number): number {
  let hash = FNV_OFFSET;
  for (const char of text) for (const byte of utf8Of(char.codePointAt(0) as number)) hash = step(hash, byte);
  return hash >>> 0;
}

function utf8Of(code: number): readonly number[] {
  if (code < 0x80) return [code];
  if (code < 0x800) return [0xc0 | (code >> 6), 0x80 | (code & 63)];
  if (code < 0x10000) return [0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
  return [0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63)];
}
