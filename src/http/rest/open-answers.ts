// What is only answered may have members one day that it has not today: its schema lets clients of today take them. What is asked for stays closed, since
// a member that is misspelt is refused; so do alternatives, which clients tell apart by their members.

type Json = Record<string, unknown>;

const REFERENCE = /^#\/components\/schemas\/(.*)$/;

/** The document with open schemas for answers. */
export function openAnswers(document: Json): Json {
  const components = document['components'] as Json;
  const schemas = components['schemas'] as Readonly<Record<string, Json>>;
  const closed = new Set([...reachable(requestsIn(document), schemas), ...alternativesIn(document)]);
  const opened = Object.entries(schemas).map(([name, schema]) => {
    const { additionalProperties, ...open } = schema;
    return [name, additionalProperties === false && !closed.has(name) ? open : schema] as const;
  });
  return { ...document, components: { ...components, schemas: Object.fromEntries(opened) } };
}

/** The parts of a document that say what is asked for. */
function requestsIn(document: Json): readonly unknown[] {
  return Object.values(document['paths'] as Readonly<Record<string, Json>>).flatMap((path) =>
    Object.values(path).flatMap((operation) => {
      const { requestBody, parameters } = operation as Json;
      return [requestBody, parameters];
    }),
  );
}

/** Names of all schemas to which references lead. */
function reachable(roots: readonly unknown[], schemas: Readonly<Record<string, Json>>): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [...roots];
  for (let part = waiting.pop(); part !== undefined || waiting.length > 0; part = waiting.pop()) {
    for (const name of referencesIn(part)) {
      if (found.has(name)) continue;
      found.add(name);
      waiting.push(schemas[name]);
    }
  }
  return found;
}

function referencesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(referencesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => {
    const match = name === '$ref' && typeof member === 'string' ? REFERENCE.exec(member) : null;
    return match === null ? referencesIn(member) : [match[1] ?? ''];
  });
}

/** Names of schemas that are one of several. */
function alternativesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(alternativesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { oneOf } = value as Json;
  const own = Array.isArray(oneOf) ? oneOf.flatMap((one: Json) => (typeof one['$ref'] === 'string' ? referencesIn(one) : [])) : [];
  return [...own, ...Object.values(value).flatMap(alternativesIn)];
}
