// What a step answers that takes time.

export const PASSING = Symbol('a step that takes time');
