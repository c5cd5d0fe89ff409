// The instruction set of the shell machine. A script is compiled once into a list of these; a running shell is then a position in that list
// and some plain data, so that it can be stored, forked and resumed between any two instructions.
// Grammar: POSIX Shell Command Language; parsing is done by the unbash package, nothing here reads shell text itself.

/** An arithmetic expression (`$((...))`); `sub` is the n-th command substitution evaluated before it. */
export type Arithmetic =
  | { readonly op: 'number'; readonly value: number }
  | { readonly op: 'name'; readonly name: string }
  | { readonly op: 'element'; readonly name: string; readonly text: string; readonly key: Arithmetic }
  | { readonly op: 'sub'; readonly index: number }
  | { readonly op: 'unary'; readonly operator: string; readonly prefix: boolean; readonly operand: Arithmetic }
  | { readonly op: 'binary'; readonly operator: string; readonly left: Arithmetic; readonly right: Arithmetic }
  | { readonly op: 'ternary'; readonly test: Arithmetic; readonly then: Arithmetic; readonly else: Arithmetic };

export type RedirectOperator = '>' | '>>' | '<' | '<>' | '>|' | '<&' | '>&' | '&>' | '&>>' | '<<' | '<<<';

/** How a finished word is used: split into fields, or kept as one string, as a pattern, as a regular expression. */
export type WordMode = 'fields' | 'single' | 'pattern' | 'regular';

/** How `${name<operator>word}` treats its operand. */
export type RemoveOperator = '#' | '##' | '%' | '%%';

export type Instruction =
  // words
  | { readonly do: 'wordBegin' }
  /** A whole word in which nothing is expanded. */
  | { readonly do: 'field'; readonly text: string }
  | { readonly do: 'literal'; readonly text: string; readonly quoted: boolean }
  | { readonly do: 'param'; readonly name: string; readonly quoted: boolean; readonly length: boolean }
  /** Jumps to `to` when the parameter needs no operand for this operator; the value, if it is to be used, is appended first. */
  | { readonly do: 'paramTest'; readonly name: string; readonly operator: string; readonly quoted: boolean; readonly to: number }
  | { readonly do: 'paramAssign'; readonly name: string; readonly quoted: boolean }
  | { readonly do: 'paramError'; readonly name: string }
  | { readonly do: 'paramRemove'; readonly name: string; readonly operator: RemoveOperator; readonly quoted: boolean }
  | { readonly do: 'paramReplace'; readonly name: string; readonly operator: string; readonly quoted: boolean }
  | { readonly do: 'paramSlice'; readonly name: string; readonly quoted: boolean; readonly hasLength: boolean }
  | { readonly do: 'paramCase'; readonly name: string; readonly operator: string; readonly quoted: boolean }
  /** Runs the code up to `end` in a child and appends its output; `keep` puts it aside for an arithmetic expression instead. */
  | { readonly do: 'commandSub'; readonly end: number; readonly quoted: boolean; readonly keep: boolean; readonly isFile?: boolean }
  /** Names an element for the expansions up to `subscriptEnd`; its key was built, and is missing for `${!name}`. */
  | { readonly do: 'subscript'; readonly name: string; readonly isIndirect: boolean }
  | { readonly do: 'subscriptEnd' }
  /** The keys of an array. */
  | { readonly do: 'paramKeys'; readonly quoted: boolean }
  /** Puts a value that was built aside for an arithmetic expression. */
  | { readonly do: 'keep' }
  /** Goes on at `to` in a shell that has no braces. */
  | { readonly do: 'jumpUnlessBash'; readonly to: number }
  | { readonly do: 'refuse'; readonly what: string }
  | { readonly do: 'arithmetic'; readonly expression: Arithmetic; readonly quoted: boolean }
  | { readonly do: 'wordPush' }
  | { readonly do: 'wordEnd'; readonly mode: WordMode }
  // simple commands
  | { readonly do: 'assign'; readonly name: string; readonly append: boolean }
  | { readonly do: 'assignElement'; readonly name: string; readonly append: boolean }
  /** The elements of an array: fields that were built, or one value with its key. */
  | { readonly do: 'arrayBegin' }
  | { readonly do: 'arrayTake'; readonly hasKey: boolean }
  | { readonly do: 'arrayEnd'; readonly name: string; readonly append: boolean; readonly isArgument: boolean }
  | { readonly do: 'redirect'; readonly operator: RedirectOperator; readonly fd: number | null }
  | { readonly do: 'exec' }
  // compound commands
  | { readonly do: 'jump'; readonly to: number }
  | { readonly do: 'jumpIf'; readonly success: boolean; readonly to: number }
  | { readonly do: 'status'; readonly code: number }
  | { readonly do: 'not' }
  | { readonly do: 'guard'; readonly on: boolean }
  | { readonly do: 'loopBegin'; readonly breakTo: number; readonly continueTo: number }
  | { readonly do: 'loopEnd' }
  | { readonly do: 'forBegin'; readonly fromArguments: boolean }
  | { readonly do: 'forNext'; readonly name: string; readonly end: number }
  | { readonly do: 'forEnd' }
  | { readonly do: 'caseBegin' }
  | { readonly do: 'caseMatch'; readonly to: number }
  | { readonly do: 'caseEnd' }
  | { readonly do: 'testCommand'; readonly expression: Arithmetic }
  | { readonly do: 'testWords' }
  | { readonly do: 'redirectsPush' }
  | { readonly do: 'redirectsPop' }
  | { readonly do: 'function'; readonly name: string; readonly end: number }
  /** Runs the code up to `end` in a child process and waits, or in the background. */
  | { readonly do: 'subshell'; readonly end: number; readonly background: boolean }
  /** `ends[i]` is where the i-th member of a pipeline ends; members follow each other. */
  | { readonly do: 'pipeline'; readonly ends: readonly number[]; readonly mergeStderr: readonly boolean[] }
  | { readonly do: 'return' };

/** A compiled script, or why it is not one. */
export type Program = { readonly ok: true; readonly code: readonly Instruction[] } | { readonly ok: false; readonly message: string };
