// The storage of clusters for a directory that has none of it: each cluster's is its object's, and goes with it.

import type { CommitLog } from '../service/storage.ts';
import type { DirectoryStorage } from './sqlite-directory.ts';

export class StoredElsewhere implements DirectoryStorage {
  private readonly onRetired: (file: string) => void;

  /** `onRetired` learns of what belongs to no cluster any more: nobody reads from it here. */
  constructor(onRetired: (file: string) => void = () => {}) {
    this.onRetired = onRetired;
  }

  create(file: string): void {
    throw new Error(`${file} is not stored here`);
  }

  open(file: string): CommitLog {
    throw new Error(`${file} is not stored here`);
  }

  stamp(): string {
    return '';
  }

  isPresent(): boolean {
    return true;
  }

  isRetired(): boolean {
    return false;
  }

  retire(file: string): void {
    this.onRetired(file);
  }

  bury(): void {}
  empty(): void {}
  clear(): void {}
  clearRetired(): void {}
  clearUnfinished(): void {}
  checkFolder(): void {}
}
