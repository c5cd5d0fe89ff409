// New pods tolerate nodes that are lost for five minutes.
// Upstream: plugin/pkg/admission/defaulttolerationseconds/admission.go (v1.33). Rules: O3, P4.

import type { Draft } from '../../kinds/kind.ts';
import { addTolerations } from '../../kinds/pod/defaults.ts';
import type { Pod } from '../../kinds/shared/pod-spec.ts';
import type { AdmissionPlugin } from './plugin.ts';

export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  resource: 'pods',
  complete(_state, draft) {
    const { spec } = draft as Partial<Draft<Pod>>;
    if (spec !== undefined) addTolerations(spec);
  },
};
