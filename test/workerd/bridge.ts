// Messages between a front and a host over a WebSocket, as text: bytes stand in them as base64.

export function encode(message: unknown): string {
  return JSON.stringify(message, (_, value: unknown) =>
    value instanceof Uint8Array ? { $bytes: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') } : value,
  );
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => (isBytes(value) ? new Uint8Array(Buffer.from(value.$bytes, 'base64')) : value));
}

function isBytes(value: unknown): value is { readonly $bytes: string } {
  return typeof value === 'object' && value !== null && '$bytes' in value;
}
