// Types of CEL, the Common Expression Language, as its checker knows them.
// Upstream: github.com/google/cel-go/common/types/types.go, checker/types.go (v0.23, which Kubernetes v1.33 uses).

export type PrimitiveName = 'dyn' | 'error' | 'bool' | 'int' | 'uint' | 'double' | 'string' | 'bytes' | 'null' | 'timestamp' | 'duration';

/** How many elements a value has at most: characters, bytes, items or entries. Only costs are reckoned from it. */
export interface Sized {
  readonly elementsMax?: number;
}

export interface ListType extends Sized {
  readonly kind: 'list';
  readonly element: CelType;
}

export interface MapType extends Sized {
  readonly kind: 'map';
  readonly key: CelType;
  readonly value: CelType;
}

/** An object whose fields are known by name. */
export interface ObjectType extends Sized {
  readonly kind: 'object';
  readonly name: string;
  readonly fields: ReadonlyMap<string, CelType>;
}

/** A type that only functions look into, as `kubernetes.URL` or `optional_type(int)`. */
export interface OpaqueType extends Sized {
  readonly kind: 'opaque';
  readonly name: string;
  readonly parameters: readonly CelType[];
}

/** The type of a type. */
export interface TypeType extends Sized {
  readonly kind: 'type';
  readonly of: CelType;
}

/** A type that is not known yet. */
export interface ParameterType extends Sized {
  readonly kind: 'parameter';
  readonly name: string;
}

export type CelType = ({ readonly kind: PrimitiveName } & Sized) | ListType | MapType | ObjectType | OpaqueType | TypeType | ParameterType;

export const DYN: CelType = { kind: 'dyn' };
export const ERROR: CelType = { kind: 'error' };
export const BOOL: CelType = { kind: 'bool' };
export const INT: CelType = { kind: 'int' };
export const UINT: CelType = { kind: 'uint' };
export const DOUBLE: CelType = { kind: 'double' };
export const STRING: CelType = { kind: 'string' };
export const BYTES: CelType = { kind: 'bytes' };
export const NULL: CelType = { kind: 'null' };
export const TIMESTAMP: CelType = { kind: 'timestamp' };
export const DURATION: CelType = { kind: 'duration' };

export const OPTIONAL = 'optional_type';

export function listOf(element: CelType, elementsMax?: number): ListType {
  return { kind: 'list', element, ...(elementsMax === undefined ? {} : { elementsMax }) };
}

export function mapOf(key: CelType, value: CelType, elementsMax?: number): MapType {
  return { kind: 'map', key, value, ...(elementsMax === undefined ? {} : { elementsMax }) };
}

export function optionalOf(value: CelType): OpaqueType {
  return { kind: 'opaque', name: OPTIONAL, parameters: [value] };
}

/** True for a primitive, whose kind is its name. */
export function isPrimitive(type: CelType): boolean {
  return PRIMITIVES.has(type.kind);
}

const PRIMITIVES: ReadonlySet<string> = new Set<PrimitiveName>([
  'dyn',
  'error',
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'null',
  'timestamp',
  'duration',
]);

/** A type as messages name it. */
export function formatType(type: CelType): string {
  switch (type.kind) {
    case 'list':
      return `list(${formatType(type.element)})`;
    case 'map':
      return `map(${formatType(type.key)}, ${formatType(type.value)})`;
    case 'object':
    case 'parameter':
      return type.name;
    case 'opaque':
      return type.parameters.length === 0 ? type.name : `${type.name}(${type.parameters.map(formatType).join(', ')})`;
    case 'type':
      return `type(${formatType(type.of)})`;
    case 'error':
      return '!error!';
    default:
      return type.kind;
  }
}

/** Identifiers that name types. */
export const TYPE_NAMES: ReadonlyMap<string, CelType> = new Map<string, CelType>([
  ['bool', BOOL],
  ['int', INT],
  ['uint', UINT],
  ['double', DOUBLE],
  ['string', STRING],
  ['bytes', BYTES],
  ['null_type', NULL],
  ['type', { kind: 'type', of: DYN }],
  ['list', listOf(DYN)],
  ['map', mapOf(DYN, DYN)],
  ['google.protobuf.Timestamp', TIMESTAMP],
  ['google.protobuf.Duration', DURATION],
  ['optional_type', optionalOf(DYN)],
  ['kubernetes.URL', { kind: 'opaque', name: 'kubernetes.URL', parameters: [] }],
  ['kubernetes.Quantity', { kind: 'opaque', name: 'kubernetes.Quantity', parameters: [] }],
  ['net.IP', { kind: 'opaque', name: 'net.IP', parameters: [] }],
  ['net.CIDR', { kind: 'opaque', name: 'net.CIDR', parameters: [] }],
  ['kubernetes.NamedFormat', { kind: 'opaque', name: 'kubernetes.NamedFormat', parameters: [] }],
]);
