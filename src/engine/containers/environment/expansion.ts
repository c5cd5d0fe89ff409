// `$(NAME)` in values, commands and arguments. Upstream: third_party/forked/golang/expansion/expand.go (v1.33).

import { ARGUMENT_LENGTH_MAX } from '../../kernel/limits.ts';

/**
 * Replaces references by what `valueOf` says of the name; an unknown name stays as it is written, and `$$` is one dollar sign. What cannot be
 * executed any more, because it is too long, does not grow.
 */
export function expand(text: string, valueOf: (name: string) => string | undefined): string {
  let result = '';
  let at = 0;
  const lastEnd = text.lastIndexOf(')');
  while (at < text.length && result.length <= ARGUMENT_LENGTH_MAX) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0 || dollar === text.length - 1) break;
    result += text.slice(at, dollar);
    const next = text[dollar + 1];
    const end = next === '(' && lastEnd > dollar ? text.indexOf(')', dollar + 2) : -1;
    if (next === '$') {
      result += '$';
      at = dollar + 2;
    } else if (next === '(' && end >= 0) {
      const name = text.slice(dollar + 2, end);
      result += valueOf(name) ?? `$(${name})`;
      at = end + 1;
    } else {
      // No reference: the sign and what follows it stay, an opening bracket that is never closed too.
      result += text.slice(dollar, dollar + 2);
      at = dollar + 2;
    }
  }
  return result.length > ARGUMENT_LENGTH_MAX ? result.slice(0, ARGUMENT_LENGTH_MAX + 1) : result + text.slice(at);
}
