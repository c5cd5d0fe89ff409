// Fields that differ, with what they were and are.

import { useState } from 'preact/hooks';
import type { Schemas } from '../api/schemas.ts';
import { text } from '../text/text.ts';

interface FieldListProps {
  readonly fields: readonly Schemas['FieldDifference'][];
  /** Fields that are shown at first; more are there when one asks. */
  readonly shownMax?: number;
}

/** Fields with what they were and are. */
export function FieldList({ fields, shownMax = Number.POSITIVE_INFINITY }: FieldListProps) {
  const [isWhole, setWhole] = useState(false);
  if (fields.length === 0) return null;
  const shown = isWhole ? fields : fields.slice(0, shownMax);
  return (
    <>
      <dl class="fields">
        {shown.map(({ path, from, to }) => (
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
      {shown.length === fields.length ? null : (
        <button type="button" class="quiet" onClick={() => setWhole(true)}>
          {text.table.more(fields.length - shown.length)}
        </button>
      )}
    </>
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
