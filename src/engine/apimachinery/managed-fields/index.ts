// Field ownership: metadata.managedFields and server-side apply (K2-K9).

export { conflictStatus } from './conflicts.ts';
export { decodeEntries, encodeEntries, isSameOwnership, type ManagedEntries, type Manager } from './entries.ts';
export { configProblems } from './extract.ts';
export { EMPTY_SET, type FieldSet, setOfPaths } from './field-set.ts';
export { DEDUCED_TYPE, type TypedField, type TypeTable } from './shape.ts';
export { applyConfig, type Applied, type OwnerVersion, trackUpdate, type TrackedWrite } from './track.ts';
