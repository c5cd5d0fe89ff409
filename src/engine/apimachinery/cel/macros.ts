// Macros of CEL: calls that stand for folds. Upstream: github.com/google/cel-go/parser/macro.go, cel/library.go (optional types),
// ext/comprehensions.go (v0.23).

import { ACCUMULATOR, type Call, type Expression, type Fold } from './ast.ts';

/** Makes nodes at places of the text. */
export interface NodeMaker {
  readonly offsets: readonly number[];
  node(offset: number): number;
  report(offset: number, message: string): void;
}

/** What a call stands for, or undefined if it is no macro. */
export function expandMacro(maker: NodeMaker, call: Call): Expression | undefined {
  const build = new Builder(maker, maker.offsets[call.id] ?? 0);
  const { target, args, name } = call;
  if (target === undefined) return name === 'has' && args.length === 1 ? has(build, args[0] as Expression) : undefined;
  const macros = MACROS[args.length];
  const macro = macros !== undefined && Object.hasOwn(macros, name) ? macros[name] : undefined;
  return macro?.(build, target, args);
}

type Macro = (build: Builder, target: Expression, args: readonly Expression[]) => Expression | undefined;

class Builder {
  readonly maker: NodeMaker;
  readonly offset: number;

  constructor(maker: NodeMaker, offset: number) {
    this.maker = maker;
    this.offset = offset;
  }

  id(): number {
    return this.maker.node(this.offset);
  }
  literal(value: boolean | bigint): Expression {
    return { kind: 'literal', id: this.id(), value };
  }
  variable(name: string): Expression {
    return { kind: 'identifier', id: this.id(), name };
  }
  call(name: string, ...args: readonly Expression[]): Expression {
    return { kind: 'call', id: this.id(), name, target: undefined, args };
  }
  member(target: Expression, name: string, ...args: readonly Expression[]): Expression {
    return { kind: 'call', id: this.id(), name, target, args };
  }
  list(...values: readonly Expression[]): Expression {
    return { kind: 'list', id: this.id(), elements: values.map((value) => ({ value, isOptional: false })) };
  }
  map(): Expression {
    return { kind: 'map', id: this.id(), entries: [] };
  }
  fold(parts: Omit<Fold, 'kind' | 'id' | 'accumulator' | 'second'> & { readonly second?: string | undefined }): Expression {
    return { kind: 'fold', id: this.id(), accumulator: ACCUMULATOR, second: undefined, ...parts };
  }
  result(): Expression {
    return this.variable(ACCUMULATOR);
  }
  /** The name of an iteration variable; reports what is none. */
  name(expression: Expression | undefined): string {
    if (expression?.kind === 'identifier' && !expression.name.startsWith('.')) return expression.name;
    const at = expression === undefined ? this.offset : (this.maker.offsets[expression.id] ?? 0);
    this.maker.report(at, 'argument must be a simple name');
    return '_';
  }
}

function has(build: Builder, argument: Expression): Expression {
  if (argument.kind === 'select' && !argument.isTest) return { ...argument, id: build.id(), isTest: true };
  build.maker.report(build.maker.offsets[argument.id] ?? 0, 'invalid argument to has() macro');
  return argument;
}

interface Names {
  readonly iteration: string;
  readonly second?: string | undefined;
}

function all(build: Builder, range: Expression, names: Names, predicate: Expression): Expression {
  return build.fold({
    ...names,
    range,
    initial: build.literal(true),
    condition: build.call('@not_strictly_false', build.result()),
    step: build.call('_&&_', build.result(), predicate),
    result: build.result(),
  });
}

function exists(build: Builder, range: Expression, names: Names, predicate: Expression): Expression {
  return build.fold({
    ...names,
    range,
    initial: build.literal(false),
    condition: build.call('@not_strictly_false', build.call('!_', build.result())),
    step: build.call('_||_', build.result(), predicate),
    result: build.result(),
  });
}

function existsOne(build: Builder, range: Expression, names: Names, predicate: Expression): Expression {
  return build.fold({
    ...names,
    range,
    initial: build.literal(0n),
    condition: build.literal(true),
    step: build.call('_?_:_', predicate, build.call('_+_', build.result(), build.literal(1n)), build.result()),
    result: build.call('_==_', build.result(), build.literal(1n)),
  });
}

/** Adds something for each element that passes a filter, if there is one. */
function collect(
  build: Builder,
  parts: { range: Expression; names: Names; initial: Expression; added: Expression; filter: Expression | undefined },
): Expression {
  const { range, names, initial, added, filter } = parts;
  return build.fold({
    ...names,
    range,
    initial,
    condition: build.literal(true),
    step: filter === undefined ? added : build.call('_?_:_', filter, added, build.result()),
    result: build.result(),
  });
}

function append(build: Builder, value: Expression): Expression {
  return build.call('_+_', build.result(), build.list(value));
}

const one =
  (macro: (build: Builder, range: Expression, names: Names, predicate: Expression) => Expression): Macro =>
  (build, target, [variable, predicate]) =>
    macro(build, target, { iteration: build.name(variable) }, predicate as Expression);

/** `optMap` and `optFlatMap`: the variable is bound to what an optional has. */
const optional =
  (isFlat: boolean): Macro =>
  (build, target, [variable, body]) => {
    const bound: Expression = {
      kind: 'fold',
      id: build.id(),
      range: build.list(),
      iteration: '#unused',
      second: undefined,
      accumulator: build.name(variable),
      initial: build.member(target, 'value'),
      condition: build.literal(false),
      step: build.variable(build.name(variable)),
      result: body as Expression,
    };
    const whenSome = isFlat ? bound : build.call('optional.of', bound);
    return build.call('_?_:_', build.member(target, 'hasValue'), whenSome, build.call('optional.none'));
  };

const ONE_VARIABLE: Readonly<Record<string, Macro>> = {
  all: one(all),
  exists: one(exists),
  exists_one: one(existsOne),
  existsOne: one(existsOne),
  map: (build, range, [variable, value]) =>
    collect(build, {
      range,
      names: { iteration: build.name(variable) },
      initial: build.list(),
      added: append(build, value as Expression),
      filter: undefined,
    }),
  filter: (build, range, [variable, predicate]) => {
    const iteration = build.name(variable);
    const added = append(build, build.variable(iteration));
    return collect(build, { range, names: { iteration }, initial: build.list(), added, filter: predicate });
  },
  optMap: optional(false),
  optFlatMap: optional(true),
};

const THREE: Readonly<Record<string, Macro>> = {
  map: (build, range, [variable, filter, value]) =>
    collect(build, {
      range,
      names: { iteration: build.name(variable) },
      initial: build.list(),
      added: append(build, value as Expression),
      filter,
    }),
};

const two =
  (macro: (build: Builder, range: Expression, names: Names, predicate: Expression) => Expression): Macro =>
  (build, target, [first, second, predicate]) =>
    macro(build, target, { iteration: build.name(first), second: build.name(second) }, predicate as Expression);

const TWO_VARIABLES: Readonly<Record<string, Macro>> = {
  all: two(all),
  exists: two(exists),
  exists_one: two(existsOne),
  existsOne: two(existsOne),
  transformList: two((build, range, names, value) =>
    collect(build, { range, names, initial: build.list(), added: append(build, value), filter: undefined }),
  ),
  transformMap: two((build, range, names, value) => {
    const added = build.call('cel.@mapInsert', build.result(), build.variable(names.iteration), value);
    return collect(build, { range, names, initial: build.map(), added, filter: undefined });
  }),
  transformMapEntry: two((build, range, names, entry) =>
    collect(build, { range, names, initial: build.map(), added: build.call('cel.@mapInsert', build.result(), entry), filter: undefined }),
  ),
};

const FOUR: Readonly<Record<string, Macro>> = {
  transformList: (build, range, [first, second, filter, value]) => {
    const names = { iteration: build.name(first), second: build.name(second) };
    return collect(build, { range, names, initial: build.list(), added: append(build, value as Expression), filter });
  },
  transformMap: (build, range, [first, second, filter, value]) => {
    const names = { iteration: build.name(first), second: build.name(second) };
    const added = build.call('cel.@mapInsert', build.result(), build.variable(names.iteration), value as Expression);
    return collect(build, { range, names, initial: build.map(), added, filter });
  },
  transformMapEntry: (build, range, [first, second, filter, entry]) => {
    const names = { iteration: build.name(first), second: build.name(second) };
    const added = build.call('cel.@mapInsert', build.result(), entry as Expression);
    return collect(build, { range, names, initial: build.map(), added, filter });
  },
};

const MACROS: readonly Readonly<Record<string, Macro>>[] = [{}, {}, ONE_VARIABLE, { ...TWO_VARIABLES, ...THREE }, FOUR];
