/** Returns every file of the page by its name: index.html and docs.html, and what they load. */
export function bundlePage(): Promise<ReadonlyMap<string, Uint8Array>>;

/** The worked examples of the repository, as the page has them. */
export function readExamples(): readonly {
  readonly name: string;
  readonly cluster: object;
  readonly before: string;
  readonly mended: string;
}[];
