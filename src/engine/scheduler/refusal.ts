// Why a node refuses a pod. Upstream: pkg/scheduler/apis/config/v1/default_plugins.go, framework Status (v1.33). Rules: C810, C821.

/** Plugins that can refuse a node, in the order in which they are asked (C810). */
export const FILTER_PLUGINS = [
  'NodeUnschedulable',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
  'VolumeRestrictions',
  'VolumeBinding',
  'PodTopologySpread',
  'InterPodAffinity',
] as const;

export type FilterPlugin = (typeof FILTER_PLUGINS)[number];

export interface Refusal {
  readonly plugin: FilterPlugin;
  readonly reasons: readonly string[];
  /** Removing pods from the node would not help (C821). */
  readonly isFinal: boolean;
}
