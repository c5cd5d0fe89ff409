// Fields that differ, with what they were and are.

import type { Schemas } from '../api/schemas.ts';
import { text } from '../text/text.ts';

/** Fields with what they were and are. */
export function FieldList({ fields }: { readonly fields: readonly Schemas['FieldDifference'][] }) {
  if (fields.length === 0) return null;
  return (
    <dl class="fields">
      {fields.map(({ path, from, to }) => (
        <div key={path}>
          <dt>
            <code>{path}</code>
          </dt>
          <dd>
            <Value value={from} /> <span aria-hidden="true">→</span> <Value value={to} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Value({ value }: { readonly value: unknown }) {
  return value === undefined ? (
    <span class="muted">{text.apply.absent}</span>
  ) : (
    <code>
      <bdi>{lineOf(value)}</bdi>
    </code>
  );
}

/** A value in one line. */
function lineOf(value: unknown): string {
  const line = JSON.stringify(value) ?? '';
  return line.length > VALUE_LENGTH_MAX ? `${line.slice(0, VALUE_LENGTH_MAX)}…` : line;
}

const VALUE_LENGTH_MAX = 200;
