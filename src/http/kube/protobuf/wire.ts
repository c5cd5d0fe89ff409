// The protobuf wire format: fields with a number and a type (proto2 encoding). Malformed bytes give `undefined`, never an exception.

/** One field of a message: a varint, a double, or length-delimited bytes. */
export interface WireField {
  readonly number: number;
  readonly varint?: bigint;
  readonly double?: number;
  readonly bytes?: Uint8Array;
}

/** The fields of a message in order; undefined when the bytes are not a message. Fields of four bytes are skipped: Kubernetes has none. */
export function readFields(bytes: Uint8Array): readonly WireField[] | undefined {
  const fields: WireField[] = [];
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at);
    if (tag === undefined) return undefined;
    const field = readField(bytes, tag);
    if (field === undefined) return undefined;
    at = field.end;
    if (field.field !== undefined) fields.push(field.field);
  }
  return fields;
}

interface Varint {
  readonly value: bigint;
  readonly end: number;
}

function readField(bytes: Uint8Array, tag: Varint): { readonly field?: WireField; readonly end: number } | undefined {
  const number = Number(tag.value >> 3n);
  if (number === 0) return undefined;
  switch (Number(tag.value & 7n)) {
    case 0: {
      const varint = readVarint(bytes, tag.end);
      return varint === undefined ? undefined : { field: { number, varint: varint.value }, end: varint.end };
    }
    case 1:
      return readDouble(bytes, number, tag.end);
    case 2:
      return readDelimited(bytes, number, tag.end);
    case 5:
      return skipFixed(bytes, tag.end + 4);
    default:
      return undefined;
  }
}

function readDelimited(bytes: Uint8Array, number: number, at: number): { readonly field: WireField; readonly end: number } | undefined {
  const length = readVarint(bytes, at);
  if (length === undefined) return undefined;
  const end = length.end + Number(length.value);
  return end > bytes.length ? undefined : { field: { number, bytes: bytes.subarray(length.end, end) }, end };
}

function readDouble(bytes: Uint8Array, number: number, at: number): { readonly field: WireField; readonly end: number } | undefined {
  const end = at + 8;
  if (end > bytes.length) return undefined;
  const double = new DataView(bytes.buffer, bytes.byteOffset + at, 8).getFloat64(0, true);
  return { field: { number, double }, end };
}

function skipFixed(bytes: Uint8Array, end: number): { readonly end: number } | undefined {
  return end > bytes.length ? undefined : { end };
}

function readVarint(bytes: Uint8Array, start: number): Varint | undefined {
  let value = 0n;
  for (let i = 0; i < 10; i += 1) {
    const byte = bytes[start + i];
    if (byte === undefined) return undefined;
    value |= BigInt(byte & 0x7f) << BigInt(7 * i);
    if (byte < 0x80) return { value: BigInt.asUintN(64, value), end: start + i + 1 };
  }
  return undefined;
}

/** Builds messages: the counterpart of `readFields`. */
export class WireWriter {
  private readonly parts: Uint8Array[] = [];
  private length = 0;

  /** Appends a varint field; a negative value is written in two's complement of 64 bits. */
  varint(number: number, value: number): this {
    return this.append(encodeVarint(number * 8)).append(value < 0 ? encodeNegative(value) : encodeVarint(value));
  }

  /** Appends a double of eight bytes, the lowest first. */
  double(number: number, value: number): this {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setFloat64(0, value, true);
    return this.append(encodeVarint(number * 8 + 1)).append(bytes);
  }

  /** Appends a text, bytes or message field. */
  delimited(number: number, value: string | Uint8Array | WireWriter): this {
    const bytes = typeof value === 'string' ? TEXT_ENCODER.encode(value) : value instanceof WireWriter ? value.finish() : value;
    return this.append(encodeVarint(number * 8 + 2))
      .append(encodeVarint(bytes.length))
      .append(bytes);
  }

  /** The message as bytes. */
  finish(): Uint8Array {
    const message = new Uint8Array(this.length);
    let at = 0;
    for (const part of this.parts) {
      message.set(part, at);
      at += part.length;
    }
    return message;
  }

  private append(part: Uint8Array): this {
    this.parts.push(part);
    this.length += part.length;
    return this;
  }
}

const TEXT_ENCODER = new TextEncoder();

function encodeVarint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

function encodeNegative(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(value)); ; rest >>= 7n) {
    if (rest < 0x80n) return Uint8Array.from([...bytes, Number(rest)]);
    bytes.push(Number(rest & 0x7fn) + 0x80);
  }
}
