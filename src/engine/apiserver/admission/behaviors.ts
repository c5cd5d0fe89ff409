// Behaviours stand in annotations of pods and pod templates; wrong ones are refused where they enter (docs/contract.md, section 5).

import type { FieldError } from '../../apimachinery/field-errors.ts';
import type { KubeObject } from '../../apimachinery/meta.ts';
import { parseAnnotationText, BEHAVIOR_ANNOTATION_PREFIX } from '../../kinds/shared/behavior.ts';
import type { Kind } from '../../kinds/kind.ts';

/** Errors of the behaviour annotations of an object or of its pod template. */
export function validateBehaviors(kind: Kind, object: KubeObject): FieldError[] {
  if (kind.plural === 'pods') return validateAnnotations(object.metadata.annotations, 'metadata.annotations');
  const template = (object['spec'] as { template?: { metadata?: { annotations?: Record<string, string> } } } | undefined)?.template;
  return validateAnnotations(template?.metadata?.annotations, 'spec.template.metadata.annotations');
}

function validateAnnotations(annotations: Readonly<Record<string, string>> | undefined, path: string): FieldError[] {
  return Object.entries(annotations ?? {}).flatMap(([key, text]) => {
    if (!key.startsWith(BEHAVIOR_ANNOTATION_PREFIX)) return [];
    const parsed = parseAnnotationText(text, `${path}[${key}]`);
    return parsed.ok ? [] : parsed.errors;
  });
}
