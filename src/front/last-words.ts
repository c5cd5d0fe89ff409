// What was said the last time, for those who cannot wait: a list of clusters and the metrics are not held by one host that is busy.

/** Wall time that a host gets to say something new. */
const PATIENCE_MS = 1_000;

export class LastWords<T> {
  private readonly words = new Map<string, T>();

  /** What the call says in time; else what was said before, or if that was nothing, what it says in the end. */
  async ask(key: string, call: () => Promise<T>): Promise<T> {
    const fresh = call().then((word) => {
      this.words.set(key, word);
      return word;
    });
    const before = this.words.get(key);
    if (before === undefined) return fresh;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<T>((resolve) => {
      timer = setTimeout(() => resolve(before), PATIENCE_MS);
    });
    try {
      return await Promise.race([fresh, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  forget(key: string): void {
    this.words.delete(key);
  }
}
