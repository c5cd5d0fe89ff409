// Reads the words of an awk program one after the other.

import { AWK_DEPTH_MAX } from '../../kernel/limits.ts';
import { AwkFailure } from './syntax.ts';
import type { Token } from './tokens.ts';

/** A place among the words of a program. */
export class Reader {
  private at = 0;
  private depth = 0;
  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get next(): Token {
    return this.tokens[this.at] ?? { kind: 'end', text: '' };
  }

  peek(distance: number): Token | undefined {
    return this.tokens[this.at + distance];
  }

  take(): Token {
    const token = this.next;
    this.at += 1;
    return token;
  }

  is(...texts: readonly string[]): boolean {
    const { kind, text } = this.next;
    return (kind === 'sign' || kind === 'word') && texts.includes(text);
  }

  accept(text: string): boolean {
    if (!this.is(text)) return false;
    this.at += 1;
    return true;
  }

  expect(text: string): void {
    if (!this.accept(text)) throw new AwkFailure(`unexpected token ${this.next.text === '\n' ? 'newline' : this.next.text}`);
  }

  skipLines(): void {
    while (this.next.kind === 'newline' || this.is(';')) this.at += 1;
  }

  skipNewlines(): void {
    while (this.next.kind === 'newline') this.at += 1;
  }

  /** Parts inside each other. */
  nested<Part>(read: () => Part): Part {
    if (this.depth >= AWK_DEPTH_MAX) throw new AwkFailure('nested too deeply');
    this.depth += 1;
    const part = read();
    this.depth -= 1;
    return part;
  }
}
