// Reads request bodies with their limit. Rule: D9.

import { badRequest, fail, failure, ok, type Result } from '../../engine/apimachinery/status.ts';

/** 3 MiB, as etcd's default request limit makes upstream do it. */
export const BODY_BYTES_MAX = 3_145_728;

/** All bytes of the body. Fails: RequestEntityTooLarge; BadRequest when the client went before it was whole. */
export async function readBody(request: Request, bytesMax = BODY_BYTES_MAX): Promise<Result<Uint8Array>> {
  try {
    return await readBytes(request, bytesMax);
  } catch {
    return fail(badRequest('the connection ended before the body did'));
  }
}

async function readBytes(request: Request, bytesMax: number): Promise<Result<Uint8Array>> {
  const announced = request.headers.get('content-length');
  if (announced !== null && Number(announced) > bytesMax) return tooLarge(bytesMax);
  if (announced !== null) return ok(new Uint8Array(await request.arrayBuffer()));
  if (request.body === null) return ok(new Uint8Array());
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body as AsyncIterable<Uint8Array>) {
    length += chunk.length;
    if (length > bytesMax) return tooLarge(bytesMax);
    chunks.push(chunk);
  }
  return ok(chunks.length === 1 ? (chunks[0] as Uint8Array) : concatenate(chunks, length));
}

function tooLarge(bytesMax: number): Result<never> {
  return fail(failure(413, 'RequestEntityTooLarge', `Request entity too large: limit is ${bytesMax}`));
}

function concatenate(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
