// The order of texts that Kubernetes has nearly everywhere: by code units, whatever the language.

/** Orders texts by their code units. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
