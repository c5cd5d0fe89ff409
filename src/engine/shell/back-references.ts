// Regular expressions that refer back to what a group matched. No automaton can do that, so they are tried by backtracking: greedily, and no longer
// than a number of steps. Deviation: of several matches at one place the first that is found counts, which is not always the longest.

import { compilePattern, type Pattern, type Span } from '../apimachinery/pattern.ts';
import { BACK_REFERENCE_STEPS_MAX } from '../kernel/limits.ts';
import type { CompiledPosix, PatternNode } from './posix-pattern.ts';

type Step =
  | { readonly do: 'one'; readonly pattern: Pattern }
  | { readonly do: 'place'; readonly source: string }
  | { readonly do: 'back'; readonly index: number }
  /** Goes on at `first`, and at `second` when that comes to nothing. */
  | { readonly do: 'split'; first: number; second: number }
  | { readonly do: 'jump'; to: number }
  | { readonly do: 'save'; readonly slot: number }
  /** Ends a round of a repetition that took nothing. */
  | { readonly do: 'progress'; readonly slot: number };

/** Steps of one program. */
const SIZE_MAX = 4_000;

/** Compiles an expression that refers back. */
export function compileBacktracking(node: PatternNode, groupCount: number, ignoresCase: boolean): CompiledPosix {
  const steps: Step[] = [];
  const slots = { count: (groupCount + 1) * 2 };
  const error = emit(steps, node, slots, ignoresCase);
  if (error !== undefined) return { ok: false, error };
  return {
    ok: true,
    pattern: {
      size: steps.length * 10,
      find(text, from) {
        const budget = { steps: BACK_REFERENCE_STEPS_MAX };
        for (let begin = from; begin <= text.length; begin += 1) {
          const saved = run(steps, text, begin, slots.count, ignoresCase, budget);
          if (saved === 'exhausted') return saved;
          if (saved !== undefined) return spansOf(saved, groupCount);
        }
        return undefined;
      },
    },
  };
}

function spansOf(saved: readonly number[], groupCount: number): (Span | undefined)[] {
  return Array.from({ length: groupCount + 1 }, (_, index) => {
    const [begin = -1, end = -1] = saved.slice(index * 2, index * 2 + 2);
    return begin < 0 || end < 0 ? undefined : { begin, end };
  });
}

/** Appends the steps of a part. Returns the error of one that is too large. */
function emit(steps: Step[], node: PatternNode, slots: { count: number }, ignoresCase: boolean): string | undefined {
  if (steps.length > SIZE_MAX) return 'Regular expression too big';
  switch (node.is) {
    case 'one': {
      const compiled = compilePattern(`\\A${node.source}\\z`, { ignoresCase });
      if (!compiled.ok) return compiled.error;
      steps.push({ do: 'one', pattern: compiled.pattern });
      return undefined;
    }
    case 'place':
      return void steps.push({ do: 'place', source: node.source });
    case 'back':
      return void steps.push({ do: 'back', index: node.index });
    case 'group': {
      steps.push({ do: 'save', slot: node.index * 2 });
      const error = emit(steps, node.node, slots, ignoresCase);
      steps.push({ do: 'save', slot: node.index * 2 + 1 });
      return error;
    }
    case 'sequence':
      return firstError(node.nodes, (inner) => emit(steps, inner, slots, ignoresCase));
    case 'choice':
      return emitChoice(steps, node.nodes, slots, ignoresCase);
    case 'repeat':
      return emitRepeat(steps, node, slots, ignoresCase);
  }
}

function firstError(nodes: readonly PatternNode[], emitOne: (node: PatternNode) => string | undefined): string | undefined {
  for (const node of nodes) {
    const error = emitOne(node);
    if (error !== undefined) return error;
  }
  return undefined;
}

function emitChoice(steps: Step[], nodes: readonly PatternNode[], slots: { count: number }, ignoresCase: boolean): string | undefined {
  const ends: { do: 'jump'; to: number }[] = [];
  const error = firstError(nodes, (inner) => {
    const isLast = inner === nodes.at(-1);
    const split = { do: 'split' as const, first: steps.length + 1, second: 0 };
    if (!isLast) steps.push(split);
    const problem = emit(steps, inner, slots, ignoresCase);
    const end = { do: 'jump' as const, to: 0 };
    ends.push(end);
    steps.push(end);
    split.second = steps.length;
    return problem;
  });
  for (const end of ends) end.to = steps.length;
  return error;
}

function emitRepeat(
  steps: Step[],
  { node, min, max }: Extract<PatternNode, { is: 'repeat' }>,
  slots: { count: number },
  ignoresCase: boolean,
): string | undefined {
  for (let time = 0; time < min; time += 1) {
    const error = emit(steps, node, slots, ignoresCase);
    if (error !== undefined) return error;
  }
  const isEndless = max === Number.POSITIVE_INFINITY;
  const splits: { do: 'split'; first: number; second: number }[] = [];
  for (let time = min; time < (isEndless ? min + 1 : max); time += 1) {
    const split = { do: 'split' as const, first: steps.length + 1, second: 0 };
    const begin = steps.length;
    const slot = slots.count;
    slots.count += 1;
    steps.push(split, { do: 'save', slot });
    splits.push(split);
    const error = emit(steps, node, slots, ignoresCase);
    if (error !== undefined) return error;
    steps.push({ do: 'progress', slot });
    if (isEndless) steps.push({ do: 'jump', to: begin });
  }
  for (const split of splits) split.second = steps.length;
  return undefined;
}

/** Tries a match at one place. Returns what was saved, undefined when there is none. */
function run(
  steps: readonly Step[],
  text: string,
  begin: number,
  slotCount: number,
  ignoresCase: boolean,
  budget: { steps: number },
): readonly number[] | undefined | 'exhausted' {
  const first = new Array<number>(slotCount).fill(-1);
  first[0] = begin;
  const waiting: { pc: number; at: number; saved: number[] }[] = [{ pc: 0, at: begin, saved: first }];
  for (let thread = waiting.pop(); thread !== undefined; thread = waiting.pop()) {
    for (;;) {
      budget.steps -= 1;
      if (budget.steps < 0) return 'exhausted';
      const step = steps[thread.pc];
      if (step === undefined) {
        thread.saved[1] = thread.at;
        return thread.saved;
      }
      thread.pc += 1;
      if (step.do === 'split') {
        budget.steps -= slotCount;
        waiting.push({ pc: step.second, at: thread.at, saved: thread.saved.slice() });
        thread.pc = step.first;
      } else if (step.do === 'jump') thread.pc = step.to;
      else if (step.do === 'save') thread.saved[step.slot] = thread.at;
      else {
        const length = taken(step, text, thread, ignoresCase);
        budget.steps -= length;
        if (length < 0) break;
        thread.at += length;
      }
    }
  }
  return undefined;
}

/** Characters that a step takes; -1 when it does not fit. */
function taken(
  step: Exclude<Step, { do: 'split' | 'jump' | 'save' }>,
  text: string,
  { at, saved }: { readonly at: number; readonly saved: readonly number[] },
  ignoresCase: boolean,
): number {
  switch (step.do) {
    case 'one': {
      if (at >= text.length) return -1;
      const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
      return step.pattern.test(character) ? character.length : -1;
    }
    case 'place':
      return isAt(step.source, text, at) ? 0 : -1;
    case 'progress':
      return saved[step.slot] === at ? -1 : 0;
    case 'back': {
      const [begin = -1, end = -1] = saved.slice(step.index * 2, step.index * 2 + 2);
      if (begin < 0 || end < begin) return -1;
      const wanted = text.slice(begin, end);
      const found = text.slice(at, at + wanted.length);
      const isSame = ignoresCase ? found.toLowerCase() === wanted.toLowerCase() : found === wanted;
      return isSame ? wanted.length : -1;
    }
  }
}

function isAt(source: string, text: string, at: number): boolean {
  if (source === '\\A') return at === 0;
  if (source === '\\z') return at === text.length;
  const isEdge = isWord(text[at - 1]) !== isWord(text[at]);
  return source === '\\B' ? !isEdge : isEdge;
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /\w/.test(character);
}
