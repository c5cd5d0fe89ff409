// The shape of a Pod. Its parts are shared with pod templates, so they live in kinds/shared.

export type * from '../shared/pod-spec.ts';
