// Problems of manifests in words.

import { text } from '../text/text.ts';
import type { ProblemKind } from './check-yaml.ts';

export function sayProblem(problem: ProblemKind): string {
  const { editor } = text;
  switch (problem.kind) {
    case 'syntax':
      return problem.message;
    case 'unknown-kind':
      return editor.unknownKind(problem.name, problem.apiVersion);
    case 'unknown-field':
      return problem.nearest === undefined ? editor.unknownField(problem.name) : editor.unknownFieldNear(problem.name, problem.nearest);
    case 'missing':
      return editor.missing(problem.name);
    case 'type':
      return editor.types[problem.wanted as keyof typeof editor.types] ?? problem.wanted;
    case 'choice':
      return editor.choice(problem.choices.join(', '));
  }
}
