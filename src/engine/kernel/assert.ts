// Where the engine throws to its host; interpreters inside of it (patterns, awk, CEL, looks at files) throw within their own walls. A failure means a bug in
// the engine, never a client's mistake; the service answers it by dropping the in-memory cluster and reopening it from the journal (docs/architecture.md,
// "when an invariant breaks").

/** Thrown when the engine finds itself in a state that must not exist. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/** Thrown where a state that has objects only is asked for something else. It is no bug: whoever reads such a state has a whole one made. */
export class ObjectsOnlyError extends Error {
  override readonly name = 'ObjectsOnlyError';
}

/** Refuses a table that a state of objects only does not have. */
export function refuseTable(name: string): never {
  throw new ObjectsOnlyError(`the state has objects only, and no table ${name}`);
}

/** Stops the command when `condition` does not hold. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** Marks a branch that no value can reach; a new union member turns it into a compile error. */
export function assertNever(value: never, what = 'value'): never {
  throw new AssertionError(`unexpected ${what}: ${JSON.stringify(value)}`);
}

/** Returns `value`, which must be neither null nor undefined. */
export function assertPresent<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new AssertionError(`missing ${what}`);
  return value;
}
