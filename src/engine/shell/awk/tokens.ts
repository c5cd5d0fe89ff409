// The words of an awk program.

import { AwkFailure } from './syntax.ts';

export interface Token {
  /** `function`: a name with a parenthesis right behind it. */
  readonly kind: 'number' | 'string' | 'pattern' | 'name' | 'function' | 'word' | 'sign' | 'newline' | 'end';
  readonly text: string;
}

const WORDS = new Set(
  'BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf'.split(' '),
);

const SIGNS = /^(?:\*\*=|\*\*|&&|\|\||\+\+|--|\+=|-=|\*=|\/=|%=|\^=|==|<=|>=|!=|!~|>>|[{}()[\];,+\-*/%^!<>|?:~$=])/;

/** Reads a program into its words. */
export function tokensOf(source: string): readonly Token[] {
  const tokens: Token[] = [];
  let rest = source;
  const take = (kind: Token['kind'], length: number, text = rest.slice(0, length)): void => {
    tokens.push({ kind, text });
    rest = rest.slice(length);
  };
  while (rest !== '') {
    const blank = /^(?:[ \t\r]+|\\\r?\n|#[^\n]*)/.exec(rest);
    if (blank !== null) rest = rest.slice(blank[0].length);
    else if (rest.startsWith('\n')) take('newline', 1);
    else if (rest.startsWith('"')) {
      const match = /^"((?:[^"\\\n]|\\[\s\S])*)"/.exec(rest);
      if (match === null) throw new AwkFailure('unterminated string');
      take('string', match[0].length, unescape(match[1] ?? ''));
    } else if (rest.startsWith('/') && !isOperand(tokens.at(-1))) {
      const match = /^\/((?:[^/\\\n[]|\\.|\[\^?\]?(?:[^\]\n]|\[:\w+:\])*\])*)\//.exec(rest);
      if (match === null) throw new AwkFailure('unterminated regexp');
      take('pattern', match[0].length, (match[1] ?? '').replaceAll('\\/', '/'));
    } else {
      const number = /^(?:0[xX][\da-fA-F]+|(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/.exec(rest);
      const name = /^[A-Za-z_]\w*/.exec(rest);
      const sign = SIGNS.exec(rest);
      if (number !== null) take('number', number[0].length);
      else if (name !== null) take(kindOf(name[0], rest), name[0].length);
      else if (sign !== null) take('sign', sign[0].length);
      else throw new AwkFailure(`unexpected token ${rest[0] ?? ''}`);
    }
  }
  tokens.push({ kind: 'end', text: 'end of program' });
  return tokens;
}

function kindOf(name: string, rest: string): Token['kind'] {
  if (WORDS.has(name)) return 'word';
  return rest[name.length] === '(' ? 'function' : 'name';
}

/** Behind an operand a slash divides. */
function isOperand(token: Token | undefined): boolean {
  if (token === undefined) return false;
  if (token.kind === 'word') return token.text === 'getline';
  return token.kind === 'number' || token.kind === 'string' || token.kind === 'name' || [')', ']', '$', '++', '--'].includes(token.text);
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  a: '\u0007',
  b: '\b',
  f: '\f',
  v: '\v',
  '\\': '\\',
  '"': '"',
  '/': '/',
};

/** The escapes of strings; a backslash before anything else stays, for regular expressions. */
export function unescape(text: string): string {
  return text.replace(/\\(?:([0-7]{1,3})|([\s\S]))/g, (whole, octal: string | undefined, letter = '') =>
    octal === undefined ? (letter === '\n' ? '' : (ESCAPES[letter] ?? whole)) : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
