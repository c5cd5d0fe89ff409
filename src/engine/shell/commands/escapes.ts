// Backslash escapes.

/** Backslash escapes of `echo -e` and `printf`. */
export function unescapeText(text: string): string {
  return text.replace(/\\(?:0?([0-7]{1,3})|x([0-9a-fA-F]{1,2})|(.))/g, (match, octal?: string, hex?: string, other?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16));
    return ESCAPES.get(other ?? '') ?? match;
  });
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
  ['a', '\u0007'],
  ['b', '\b'],
  ['f', '\f'],
  ['v', '\v'],
  ['e', '\u001b'],
  ['\\', '\\'],
  ['"', '"'],
]);
