// The kinds that a definition adds to the API: one for each served version, with the same objects.
// Upstream: apiextensions-apiserver/pkg/apiserver/customresource_handler.go, pkg/registry/customresource/{strategy,status_strategy,etcd}.go (v1.33).
// Rules: F6, F10, I6, M1, M2, O14, O15.

import { type FieldError, invalid } from '../../apimachinery/field-errors.ts';
import { cloneJson, isJsonEqual, isJsonObject, type Json, type KubeObject, sortMembers } from '../../apimachinery/meta.ts';
import type { ConversionWebhook, Kind, OwnedTypes, ScaleAccess } from '../kind.ts';
import { columnsOf } from './columns.ts';
import { defaultContent, OBJECT_MEMBERS, pruneContent } from './content.ts';
import type { StructuralSchema } from '../shared/structural-schema.ts';
import { typeTableOf } from './ownership.ts';
import { compileRules, judgeByRules, type RuleVerdict } from './rules.ts';
import {
  type CustomResourceDefinition,
  type DefinitionConversion,
  isConditionTrue,
  type ResourceVersion,
  type ScalePaths,
  type SelectableField,
} from './types.ts';
import { validateValue } from './values.ts';

/** The kinds of a definition, in the order of its versions; none before its names are accepted. */
export function customKindsOf(definition: CustomResourceDefinition): readonly Kind[] {
  if (!isConditionTrue(definition, 'Established')) return [];
  return definition.spec.versions.filter((version) => version.served).map((version) => customKind(definition, version));
}

function customKind({ metadata, spec, status }: CustomResourceDefinition, version: ResourceVersion): Kind {
  const { group, scope } = spec;
  const { plural, singular = '', kind, shortNames = [], categories = [] } = status.acceptedNames;
  const schema = version.schema?.openAPIV3Schema ?? {};
  const stored = spec.versions.find((item) => item.storage) ?? version;
  const storedApiVersion = `${group}/${stored.name}`;
  const schemas = new Map(spec.versions.map((item) => [`${group}/${item.name}`, item.schema?.openAPIV3Schema ?? {}]));
  const schemaOf = (object: KubeObject): StructuralSchema => schemas.get(object.apiVersion) ?? schemas.get(storedApiVersion) ?? {};
  const types = new Map([...schemas].map(([name, other]) => [name, atFirstUse(() => ownedTypes(`${name}.${kind}`, other))]));
  const webhook = webhookOf(metadata.name, spec.conversion);
  const hasStatus = version.subresources?.status !== undefined;
  const type = `${group}/${version.name}.${kind}`;
  const scale = version.subresources?.scale;
  const deprecation = version.deprecationWarning ?? `${group}/${version.name} ${kind} is deprecated`;
  return {
    group,
    version: version.name,
    kind,
    plural,
    singular,
    shortNames,
    categories,
    namespaced: scope === 'Namespaced',
    schema: type,
    structure: {
      schema,
      types: typeTableOf(type, schema),
      typesOf: (apiVersion) => types.get(apiVersion)?.(),
      storedApiVersion,
      generation: metadata.generation ?? 1,
      ...(webhook === undefined ? {} : { webhook }),
      fromStored: (object) => readObject(object, `${group}/${version.name}`, schemaOf(object), schema),
      complete: (object) => readObject(object, object.apiVersion, schemaOf(object), schemaOf(object)),
      known: (object) => knownOf(object, schemaOf(object)),
    },
    nameFormat: 'subdomain',
    generation: 'all-but-status',
    hasStatus,
    ...(scale === undefined ? {} : { scale: scaleAccess(scale) }),
    ...(version.deprecated === true ? { deprecation } : {}),
    applyDefaults: (draft) => defaultContent(draft, schema),
    prepareForCreate(draft) {
      if (hasStatus) delete (draft as Record<string, unknown>)['status'];
    },
    prepareForUpdate(draft, previous, subresource) {
      if (hasStatus) keepOtherParts(draft as Record<string, unknown>, previous, subresource);
    },
    ...validationOf(schema),
    ...selectionOf(version.selectableFields),
    ...columnsOf(version.additionalPrinterColumns),
  };
}

function ownedTypes(type: string, schema: StructuralSchema): OwnedTypes {
  return { table: typeTableOf(type, schema), type };
}

/** O15: who converts the objects of a definition. */
function webhookOf(definition: string, conversion: DefinitionConversion | undefined): ConversionWebhook | undefined {
  if (conversion?.strategy !== 'Webhook') return undefined;
  const { clientConfig: client = {}, conversionReviewVersions } = conversion.webhook ?? {};
  return { definition, client, reviewVersions: conversionReviewVersions ?? [] };
}

/** O14: what was stored under another schema is read by today's: the defaults of the version in which it was stored, then what the version that is read knows. */
function readObject(object: KubeObject, apiVersion: string, ownSchema: StructuralSchema, schema: StructuralSchema): KubeObject {
  const seen = { ...knownOf(completed(object, ownSchema), schema), apiVersion };
  return isJsonEqual(seen, object) ? object : sortMembers(seen);
}

function completed(object: KubeObject, schema: StructuralSchema): KubeObject {
  const draft = cloneJson(object as Json);
  defaultContent(draft, schema);
  return knownOf(draft as KubeObject, schema);
}

function knownOf(object: KubeObject, schema: StructuralSchema): KubeObject {
  return pruneContent(object as Json, schema, [], '', OBJECT_MEMBERS) as KubeObject;
}

/** P12: errors of the schema come first; rules are not judged where the schema shows that values are missing, too many or of another type. */
function validationOf(schema: StructuralSchema): Pick<Kind, 'validate' | 'validateUpdate' | 'warnings'> {
  const compiled = atFirstUse(() => compileRules(schema, true));
  const judge = (object: KubeObject, previous: KubeObject | undefined): RuleVerdict => {
    const rules = compiled();
    return rules === undefined ? { errors: [], warnings: [] } : judgeByRules(rules, object as Json, previous as Json | undefined);
  };
  const validate = (object: KubeObject, previous?: KubeObject): readonly FieldError[] => {
    // What every object has is judged as well: schemas ask for `metadata`, and bound names.
    const errors = validateValue(object as Json, schema, '', previous as Json | undefined);
    if (compiled() === undefined) return errors;
    if (!errors.some(({ reason }) => BLOCKING.has(reason))) return [...errors, ...judge(object, previous).errors];
    const text =
      'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation';
    return [...errors, invalid('<nil>', 'null', text)];
  };
  return {
    validate,
    validateUpdate: (object, previous, subresource) => (subresource === 'status' ? validate(object, previous) : []),
    warnings: (object, previous) =>
      previous === undefined ? [] : judge(object, previous).warnings.map(({ field, message }) => `${field}: ${message}`),
  };
}

const BLOCKING: ReadonlySet<string> = new Set(['FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid']);

/** What is made at its first use. */
function atFirstUse<T>(make: () => T): () => T {
  const made: { value?: T } = {};
  return () => {
    if (!('value' in made)) made.value = make();
    return made.value as T;
  };
}

/** Fields that selectors may name; one that is missing is the empty text. */
function selectionOf(fields: readonly SelectableField[] = []): Pick<Kind, 'selectableFields'> {
  if (fields.length === 0) return {};
  const names = fields.map(({ jsonPath }) => jsonPath.replace(/^\./, ''));
  return {
    selectableFields: (object) =>
      Object.fromEntries(
        names.map((name) => {
          const value = valueAt(object, name.split('.'));
          return [name, value === undefined || value === null || typeof value === 'object' ? '' : String(value)];
        }),
      ),
  };
}

/** I6: a write of the status changes nothing else, another write everything else. */
function keepOtherParts(draft: Record<string, unknown>, previous: KubeObject, subresource: string): void {
  if (subresource === 'status') {
    for (const name of Object.keys(draft)) if (name !== 'status') delete draft[name];
    for (const [name, value] of Object.entries(previous)) if (name !== 'status') draft[name] = value;
  } else if (previous['status'] === undefined) delete draft['status'];
  else draft['status'] = previous['status'];
}

/** M2: the numbers are where the definition says. */
function scaleAccess({ specReplicasPath, statusReplicasPath, labelSelectorPath }: ScalePaths): ScaleAccess<KubeObject> {
  return {
    replicas: (object) => numberAt(object, specReplicasPath),
    statusReplicas: (object) => numberAt(object, statusReplicasPath),
    selector(object) {
      const value = labelSelectorPath === undefined ? undefined : valueAt(object, labelSelectorPath.slice(1).split('.'));
      return typeof value === 'string' ? value : '';
    },
    withReplicas: (object, replicas) => withValue(object, specReplicasPath.slice(1).split('.'), replicas) as KubeObject,
  };
}

function numberAt(object: KubeObject, path: string): number {
  const value = valueAt(object, path.slice(1).split('.'));
  return typeof value === 'number' ? value : 0;
}

function valueAt(value: unknown, [name, ...rest]: readonly string[]): unknown {
  if (name === undefined) return value;
  return isJsonObject(value) ? valueAt(value[name], rest) : undefined;
}

function withValue(object: unknown, [name, ...rest]: readonly string[], value: number): unknown {
  if (name === undefined) return value;
  const members: Readonly<Record<string, unknown>> = isJsonObject(object) ? object : {};
  return { ...members, [name]: withValue(members[name], rest, value) };
}
