// What every kind owes, whatever it is: generated from the registry and the field table, so that a new kind and a new field are held to it at once.
// Its forms, its defaults, fields that nobody knows, values of another type, documents. What writes of it owe stands in every-kind-writes.test.ts.

import { describe, expect, it } from 'vitest';
import { decodeBody } from '../../src/engine/apiserver/write/decode.ts';
import { isJsonObject, type Json, type JsonObject, type KubeObject } from '../../src/engine/apimachinery/meta.ts';
import { fieldsOf } from '../../src/engine/kinds/fields/index.ts';
import { SERVED_KINDS } from '../../src/engine/kinds/index.ts';
import { apiVersionOf, type Draft, type Kind } from '../../src/engine/kinds/kind.ts';
import { decodeObject } from '../../src/http/kube/decode.ts';
import { groupVersionPath } from '../../src/http/kube/discovery.ts';
import { openApiV2Document, openApiV3Document } from '../../src/http/kube/documents.ts';
import { decodeProtobuf } from '../../src/http/kube/protobuf/decode.ts';
import { encodeProtobuf, hasProtobufForm } from '../../src/http/kube/protobuf/encode.ts';
import { writeYamlText } from '../../src/http/kube/yaml-text.ts';
import { bareObject, fullObject, typesOf } from '../support/field-objects.ts';
import { changed, type Path, pathsOf, pathText, valueAt } from '../support/members.ts';
import { sampleOf, SAMPLES } from '../support/samples.ts';

const EVERY = SERVED_KINDS.map((kind) => [`${apiVersionOf(kind)} ${kind.kind}`, kind] as const);

/** Protobuf has no room for the kind of an object that lies in another one. */
function withoutInnerKinds(type: string, value: Json, isInner = false): Json {
  if (type.startsWith('[]')) return (value as Json[]).map((item) => withoutInnerKinds(type.slice(2), item, true));
  if (type.startsWith('map:') || !isJsonObject(value)) return value;
  const fields = fieldsOf(type);
  if (fields === undefined) return value;
  const isObject = fields.get('metadata')?.type === 'meta.v1.ObjectMeta' && fields.has('kind');
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !(isInner && isObject && (name === 'kind' || name === 'apiVersion')))
      .map(([name, member]) => [name, withoutInnerKinds(fields.get(name)?.type ?? 'any', member as Json, true)]),
  ) as Json;
}

/** What of a value is more than nothing: Go's JSON leaves out most of what is empty. */
function essenceOf(value: Json): Json | undefined {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map((item: Json) => essenceOf(item) ?? null);
  if (!isJsonObject(value)) return value === null || value === '' || value === 0 || value === false ? undefined : value;
  const members = Object.entries(value).flatMap(([name, member]) => {
    const inner = essenceOf(member as Json);
    return inner === undefined ? [] : [[name, inner] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

function decoded(kind: Kind, body: JsonObject): JsonObject {
  const result = decodeBody(body, kind.schema);
  if (!result.ok) throw new Error(result.error);
  expect(result.value.unknown).toEqual([]);
  return result.value.value as JsonObject;
}

/** What the API server has before it fills in defaults. */
function drafted(kind: Kind, body: JsonObject): Draft<KubeObject> {
  const draft = structuredClone(decoded(kind, body)) as Record<string, unknown>;
  if (kind.hasStatus) for (const member of ['spec', 'status']) draft[member] ??= {};
  return draft as unknown as Draft<KubeObject>;
}

/** Each type, and each field of it, in the first kind that has it: what holds there holds wherever it is. */
const seen = new Map<string, Kind>();

/** The places of a full object at which no kind before has the same type of struct, or the same field of one. */
function firstPlaces(kind: Kind, full: JsonObject): { readonly structs: readonly Path[]; readonly scalars: readonly Path[] } {
  const isFirst = (name: string): boolean => {
    if (!seen.has(name)) seen.set(name, kind);
    return seen.get(name) === kind;
  };
  const places = [[] as Path, ...pathsOf(full)].filter((path) => {
    const type = typeAt(kind, path);
    return isFirst(fieldsOf(type) === undefined ? `${typeAt(kind, path.slice(0, -1))} ${path.at(-1) ?? ''}` : type);
  });
  return {
    structs: places.filter((path) => fieldsOf(typeAt(kind, path)) !== undefined && isJsonObject(valueAt(full, path))),
    scalars: places.filter((path) => /^(string|bool|bytes|int\d\d|double)$/.test(typeAt(kind, path))),
  };
}

function typeAt(kind: Kind, path: Path): string {
  return path.reduce<string>((type, step) => {
    if (typeof step === 'number') return type.slice('[]'.length);
    return type.startsWith('map:') ? type.slice('map:'.length) : (fieldsOf(type)?.get(step)?.type ?? 'any');
  }, kind.schema);
}

/** Where the innermost struct around a place begins. */
function ownerOf(kind: Kind, path: Path): Path {
  const outer = path.slice(0, -1);
  return fieldsOf(typeAt(kind, outer)) === undefined ? ownerOf(kind, outer) : outer;
}

/** A document of schemas by their names. */
type Schemas = Readonly<
  Record<
    string,
    { readonly properties?: object; readonly required?: readonly string[]; readonly 'x-kubernetes-group-version-kind'?: readonly object[] }
  >
>;

const V2_SCHEMAS = (JSON.parse(openApiV2Document(SERVED_KINDS, 'json').body as string) as { definitions: Schemas }).definitions;

/** The schema of a type: its name ends like that of the type. */
function schemaOf(schemas: Schemas, type: string): Schemas[string] | undefined {
  const ending = `.${type.replace(/^aggregator\./, '')}`;
  return Object.entries(schemas).find(([name]) => name.endsWith(ending))?.[1];
}

function expectFields(schemas: Schemas, kind: Kind): void {
  for (const type of typesOf(kind)) {
    const schema = schemaOf(schemas, type);
    const fields = [...(fieldsOf(type)?.values() ?? [])];
    expect(Object.keys(schema?.properties ?? {}).toSorted(), type).toEqual(fields.map(({ name }) => name).toSorted());
    expect((schema?.required ?? []).toSorted(), type).toEqual(
      fields.flatMap(({ name, isRequired }) => (isRequired ? [name] : [])).toSorted(),
    );
  }
  const { group, version, kind: name } = kind;
  expect(schemaOf(schemas, kind.schema)?.['x-kubernetes-group-version-kind']).toContainEqual({ group, version, kind: name });
}

describe.each(EVERY)('%s', (_name, kind) => {
  const full = fullObject(kind);
  const bare = bareObject(kind, 'x');
  const sample = sampleOf(kind);
  const { structs, scalars } = firstPlaces(kind, full);

  it('D3 D4 loses no field in JSON, in YAML and in protobuf', async () => {
    for (const object of [full, sample]) {
      const bytes = (text: string) => new TextEncoder().encode(text);
      const json = await decodeObject(bytes(JSON.stringify(object)), 'application/json', kind.kind);
      expect(json).toEqual({ ok: true, value: { value: object, strictErrors: [] } });
      const yaml = await decodeObject(bytes(writeYamlText(object)), 'application/yaml', kind.kind);
      expect(yaml).toEqual({ ok: true, value: { value: object, strictErrors: [] } });
      const message = encodeProtobuf(object);
      if (message === undefined) throw new Error('src/http/kube/protobuf has no message of this kind');
      const protobuf = await decodeObject(message, 'application/vnd.kubernetes.protobuf', kind.kind);
      if (!protobuf.ok) throw new Error(protobuf.status.message);
      expect(essenceOf(protobuf.value.value)).toEqual(essenceOf(withoutInnerKinds(kind.schema, object)));
      // A second round trip finds what the first one left.
      expect(decodeProtobuf(encodeProtobuf(protobuf.value.value) ?? message)).toEqual({ ok: true, value: protobuf.value.value });
    }
    expect(hasProtobufForm(apiVersionOf(kind), `${kind.kind}List`)).toBe(true);
  });

  it('O14 is decoded as it is with every field, and a null is as absent', () => {
    expect(decoded(kind, full)).toEqual(full);
    for (const name of fieldsOf(kind.schema)?.keys() ?? []) {
      const { [name]: _left, ...rest } = full;
      expect(decoded(kind, { ...full, [name]: null })).toEqual(decoded(kind, rest as JsonObject));
    }
  });

  it('O14 has the defaults that it has, however often they are filled in', () => {
    const named = { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata: { name: 'x' } };
    for (const object of [full, bare, named, sample]) {
      const once = drafted(kind, object);
      kind.applyDefaults(once);
      const twice = structuredClone(once);
      kind.applyDefaults(twice);
      expect(twice).toEqual(once);
    }
  });

  it('C11 C14 names an unknown field at every depth, also one whose case is wrong', () => {
    for (const [index, path] of structs.entries()) {
      for (const unknown of index === 0 ? ['nobody', 'METADATA', '__proto__'] : ['nobody']) {
        const body = structuredClone(full);
        Object.defineProperty(valueAt(body, path), unknown, { enumerable: true, value: 'x' });
        const place = JSON.stringify(pathText([...path, unknown]));
        expect(decodeBody(body, kind.schema)).toEqual({ ok: true, value: { value: full, unknown: [`unknown field ${place}`] } });
      }
    }
  });

  it('C15 refuses a value of another type at every place, and names the place', () => {
    for (const path of scalars) {
      const result = decodeBody(changed(full, path, [{}]), kind.schema);
      // Neither indices of lists nor keys of maps are told.
      const names = path.filter((step, index) => typeof step === 'string' && !typeAt(kind, path.slice(0, index)).startsWith('map:'));
      const words = `json: cannot unmarshal array into Go struct field ${typeAt(kind, ownerOf(kind, path)).split('.').at(-1)}.${names.join('.')} of type `;
      expect(result.ok ? '' : result.error.slice(0, words.length), pathText(path)).toBe(words);
    }
    for (const path of structs.slice(1)) expect(decodeBody(changed(full, path, 'x'), kind.schema).ok, pathText(path)).toBe(false);
  });

  it('C7 C8 is in the documents with every field that it has', () => {
    const v3 = openApiV3Document(SERVED_KINDS, groupVersionPath(kind));
    expectFields((JSON.parse(v3?.body as string) as { components: { schemas: Schemas } }).components.schemas, kind);
    expectFields(V2_SCHEMAS, kind);
  });
});

it('there is a sample of every kind, once', () => {
  const stored = SERVED_KINDS.filter((kind) => kind.conversion === undefined).map((kind) => `${apiVersionOf(kind)} ${kind.kind}`);
  expect(SAMPLES.map(({ apiVersion, kind }) => `${String(apiVersion)} ${String(kind)}`).toSorted()).toEqual(stored.toSorted());
});
