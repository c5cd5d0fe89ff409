// The table of messages (messages.ts) as decoder and encoder read it: the fields of a message, parsed when it is first asked for, and the message of a kind.

import { PROTOBUF_MESSAGES } from './messages.ts';

/** `core.v1.Pod`, `apps.v1.ReplicaSet`: the group up to its first dot (D4.3). */
export function messageName(apiVersion: string, kind: string): string | undefined {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['core', apiVersion];
  const name = `${group?.split('.')[0]}.${version}.${kind}`;
  if (Object.hasOwn(PROTOBUF_MESSAGES, name)) return name;
  // Options such as DeleteOptions exist in every group.
  const shared = `meta.v1.${kind}`;
  return Object.hasOwn(PROTOBUF_MESSAGES, shared) ? shared : undefined;
}

/** Whether upstream has such a kind, as far as the table of messages knows. */
export function isKnownMessage(apiVersion: string, kind: string): boolean {
  const name = messageName(apiVersion, kind);
  return name !== undefined && !name.startsWith('meta.v1.');
}

export interface Field {
  readonly number: number;
  readonly name: string;
  readonly type: string;
  readonly isRepeated: boolean;
  readonly isPointer: boolean;
  readonly isInlined: boolean;
  readonly omitsEmpty: boolean;
}

const layouts = new Map<string, ReadonlyMap<number, Field>>();

/** The fields of a message by their numbers, in ascending order. */
export function layoutOf(message: string): ReadonlyMap<number, Field> {
  let layout = layouts.get(message);
  if (layout === undefined) {
    layout = parseLayout(PROTOBUF_MESSAGES[message] ?? '');
    layouts.set(message, layout);
  }
  return layout;
}

function parseLayout(text: string): ReadonlyMap<number, Field> {
  const rows = text.split(', ').filter((row) => row !== '');
  return new Map(
    rows.map((row) => {
      const [number = '', name = '', type = '', flags = ''] = row.split(' ');
      const has = (flag: string) => flags.includes(flag);
      return [
        Number(number),
        { number: Number(number), name, type, isRepeated: has('r'), isPointer: has('p'), isInlined: has('i'), omitsEmpty: has('e') },
      ];
    }),
  );
}
