// Regular expressions of grep, sed and expr.

/** Patterns are matched with JavaScript's engine; nested repetitions are refused, as a pattern must not hold the service. */
export function compileSearch(pattern: string, isFixed: boolean, isExtended: boolean, flags: string): RegExp | null {
  const source = isFixed ? pattern.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : isExtended ? pattern : basicToExtended(pattern);
  if (source.length > 500 || /\([^)]*[*+][^)]*\)[*+{]/.test(source)) return null;
  return safeRegExp(
    source.replace(/\[:(\w+):\]/g, (_match, name: string) => POSIX_CLASSES.get(name) ?? ''),
    flags,
  );
}

/** A malformed pattern is the script's mistake, not the engine's: `isPatternValid` rejects it before the constructor sees it. */
function safeRegExp(source: string, flags: string): RegExp | null {
  return isPatternValid(source) ? new RegExp(source, flags) : null;
}

function isPatternValid(source: string): boolean {
  let depth = 0;
  let previousQuantifies = true;
  for (let i = 0; i < source.length; i += 1) {
    const character = source[i] as string;
    if (character === '\\') {
      i += 1;
      if (i >= source.length) return false;
      previousQuantifies = false;
    } else if (character === '[') {
      const end = source.indexOf(']', source[i + 1] === '^' ? i + 3 : i + 2);
      if (end < 0 || /(\w)-(\w)/.test(source.slice(i, end)) === false ? end < 0 : hasReversedRange(source.slice(i + 1, end))) return false;
      i = end;
      previousQuantifies = false;
    } else if (character === '(') {
      depth += 1;
      previousQuantifies = true;
    } else if (character === ')') {
      depth -= 1;
      if (depth < 0) return false;
      previousQuantifies = false;
    } else if ('*+?{'.includes(character)) {
      if (previousQuantifies || (character === '{' && !/^\{\d+(,\d*)?\}/.test(source.slice(i)))) return false;
      if (character === '{') i = source.indexOf('}', i);
      previousQuantifies = source[i + 1] !== '?';
      if (source[i + 1] === '?') i += 1;
    } else previousQuantifies = character === '|';
  }
  return depth === 0;
}

function hasReversedRange(body: string): boolean {
  for (const range of body.matchAll(/([^\\])-([^\]])/g)) if ((range[1] as string) > (range[2] as string)) return true;
  return false;
}

const POSIX_CLASSES: ReadonlyMap<string, string> = new Map([
  ['digit', '0-9'],
  ['alpha', 'A-Za-z'],
  ['alnum', 'A-Za-z0-9'],
  ['space', '\\s'],
  ['upper', 'A-Z'],
  ['lower', 'a-z'],
]);

function basicToExtended(pattern: string): string {
  return pattern.replace(
    /\\([(){}|+?])|([(){}|+?])/g,
    (_match, escaped: string | undefined, plain: string | undefined) => escaped ?? `\\${plain}`,
  );
}
