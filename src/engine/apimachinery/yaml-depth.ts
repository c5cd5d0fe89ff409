// How deep collections of a YAML text lie in one another. The library composes documents by recursion, and gives up where the stack ends; but the JavaScript engine ends the
// whole process when it must compile a pattern just there. So what is too deep is found before it is composed: the parser of tokens does not recurse.

import { Lexer, Parser } from 'yaml';

/** Whether what is open in a parser lies deeper than `depthMax` collections; the document is open as well, and so may be a scalar, which lies deeper too. */
export function isDeeperThan(parser: Parser, depthMax: number): boolean {
  return parser.stack.length > depthMax + 2;
}

/** Whether some value of the text lies in more than `depthMax` collections. */
export function isNestedDeeper(text: string, depthMax: number): boolean {
  // Each level takes a character.
  if (text.length <= depthMax) return false;
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    // Tokens are not needed, only that they are passed.
    for (const _ of parser.next(lexeme));
    if (isDeeperThan(parser, depthMax)) return true;
  }
  return false;
}
