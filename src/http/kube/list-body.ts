// Lists in the encodings that clients ask for, an item a step: one of many objects holds nobody.

import { compareText } from '../../engine/apimachinery/text.ts';
import type { Steps } from '../../engine/cluster/index.ts';
import type { Json, JsonObject } from '../../engine/apimachinery/meta.ts';
import { mapSteps } from '../../service/in-turns.ts';
import type { Encoding } from './negotiate.ts';
import { listEncoder } from './protobuf/encode.ts';
import { writeYamlText } from './yaml-text.ts';

/** A list, and how its members look as JSON. */
export interface ListBody<T> {
  /** All but the members, as a JSON object that has at least one field. */
  readonly head: string;
  /** Where the members are. */
  readonly key: 'items' | 'rows';
  /** Null is written as such. */
  readonly members: readonly T[] | null;
  readonly memberJson: (member: T) => string;
}

export interface EncodedBody {
  readonly encoding: Encoding;
  readonly body: string | Uint8Array<ArrayBuffer>;
}

/** What has no protobuf form stays JSON, whose Content-Type says so. */
export function* encodeListBody<T>(list: ListBody<T>, encoding: Encoding): Steps<EncodedBody> {
  if (encoding === 'yaml') return { encoding, body: yield* yamlOf(list) };
  const bytes = encoding === 'protobuf' ? yield* protobufOf(list) : undefined;
  return bytes === undefined ? { encoding: 'json', body: yield* jsonOf(list) } : { encoding, body: bytes };
}

function* jsonOf<T>({ head, key, members, memberJson }: ListBody<T>): Steps<string> {
  if (members === null) return `${head.slice(0, -1)},"${key}":null}`;
  const texts = yield* mapSteps(members, memberJson);
  return `${head.slice(0, -1)},"${key}":[${texts.join(',')}]}`;
}

/** D2: keys are sorted, those of the list as those of its members. */
function* yamlOf<T>({ head, key, members, memberJson }: ListBody<T>): Steps<string> {
  const fields = JSON.parse(head) as JsonObject;
  const parts: string[] = [];
  for (const name of [...Object.keys(fields), key].sort(compareText)) {
    if (name !== key || members === null || members.length === 0) {
      parts.push(writeYamlText({ [name]: name === key ? members : fields[name] }));
      continue;
    }
    const first = `${key}:\n`;
    parts.push(first);
    // Each is written as the only one of the list, so that its lines are indented and folded as they would be in the whole.
    const texts = yield* mapSteps(members, (member) =>
      writeYamlText({ [key]: [JSON.parse(memberJson(member)) as Json] }).slice(first.length),
    );
    parts.push(...texts);
  }
  return parts.join('');
}

function* protobufOf<T>({ head, members, memberJson }: ListBody<T>): Steps<Uint8Array<ArrayBuffer> | undefined> {
  const encoder = listEncoder(JSON.parse(head) as JsonObject);
  if (encoder === undefined) return undefined;
  yield* mapSteps(members ?? [], (member) => encoder.add(JSON.parse(memberJson(member)) as Json));
  return encoder.finish();
}
