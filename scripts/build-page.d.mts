/** Returns every file of the page by its name: index.html, and what it loads. */
export function bundlePage(): Promise<ReadonlyMap<string, Uint8Array>>;
