// What somebody has begun to change and not saved, by object: another tab of the inspector, or another object, may be looked at meanwhile.

export interface Draft {
  /** As it was when the button was pressed: what others change meanwhile is a conflict when it is saved. */
  readonly began: string;
  readonly typed: string;
}

const drafts = new Map<string, Draft>();

export function draftOf(key: string): Draft | undefined {
  return drafts.get(key);
}

/** Undefined: it was saved, or given up. */
export function keepDraft(key: string, draft: Draft | undefined): void {
  if (draft === undefined) drafts.delete(key);
  else drafts.set(key, draft);
}
