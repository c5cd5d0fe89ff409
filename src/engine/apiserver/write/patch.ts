// Applies the patch of a request to an object (J1-J10); server-side apply is in apply.ts.

import { isJsonObject, type Json, type JsonObject } from '../../apimachinery/meta.ts';
import { applyJsonPatch } from '../../apimachinery/patch/json.ts';
import { applyMergePatch } from '../../apimachinery/patch/merge.ts';
import { applyStrategicPatch, type FieldLookup } from '../../apimachinery/patch/strategic.ts';
import { badRequest, fail, failure, ok, plainFailure, type Result } from '../../apimachinery/status.ts';
import { fieldsOf } from '../../kinds/fields/index.ts';
import type { Kind } from '../../kinds/kind.ts';
import type { ApiRequest } from '../request-types.ts';

const OPERATIONS_MAX = 10_000;

/** Merge keys come from the field table. */
const lookup: FieldLookup = (type, name) => fieldsOf(type)?.get(name);

/** The patched JSON. Fails: BadRequest, Invalid, InternalError (J2, J5). */
export function applyPatch(kind: Kind, base: Json, request: ApiRequest, isScale: boolean): Result<Json> {
  const patch = request.body ?? null;
  switch (request.patchType) {
    case 'json':
      return applyJson(base, patch);
    case 'merge':
      return isJsonObject(patch) ? ok(applyMergePatch(base, patch)) : fail(badRequest(notAnObject(patch)));
    default: {
      if (!isJsonObject(patch)) return fail(badRequest(notAnObject(patch)));
      const patched = applyStrategicPatch(base as JsonObject, patch, isScale ? 'autoscaling.v1.Scale' : kind.schema, lookup);
      return patched.ok ? ok(patched.value) : fail(plainFailure(patched.error));
    }
  }
}

function applyJson(base: Json, patch: Json): Result<Json> {
  if (!Array.isArray(patch))
    return fail(badRequest('error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp'));
  if (patch.length > OPERATIONS_MAX) {
    const text = `The allowed maximum operations in a JSON patch is ${OPERATIONS_MAX}, got ${patch.length}`;
    return fail(failure(413, 'RequestEntityTooLarge', text));
  }
  const patched = applyJsonPatch(base, patch as readonly Json[]);
  if (patched.ok) return ok(patched.value);
  return fail(failure(422, 'Invalid', 'the server rejected our request due to an error in our request', {}));
}

function notAnObject(patch: Json): string {
  const type = Array.isArray(patch) ? 'array' : patch === null ? 'null' : typeof patch;
  return `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`;
}
