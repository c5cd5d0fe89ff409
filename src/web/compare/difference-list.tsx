// What differs between the two sides, by object and field.

import { useState } from 'preact/hooks';
import { Command } from '../shell/command-strip.tsx';
import { change, route } from '../state/route.ts';
import { text } from '../text/text.ts';
import { formatObject } from '../timeline/objects.ts';
import { FieldList } from '../objects/field-list.tsx';
import { countsOf, type Difference, type DifferentObject, objectsOf } from './differences.ts';

/** Of one object. */
const FIELDS_SHOWN = 8;
/** Objects in the document; more are there when one asks. */
const OBJECTS_SHOWN = 100;

export function DifferenceList({ difference, command }: { readonly difference: Difference; readonly command: string }) {
  const { resource } = route.value;
  const [shown, setShown] = useState(OBJECTS_SHOWN);
  const all = objectsOf(difference);
  const wanted = all.filter((one) => resource === undefined || one.resource === resource);
  return (
    <section class="panel" aria-label={text.compare.differences}>
      <header class="panel-head">
        <h2>{text.compare.differences}</h2>
        <label>
          <span class="hidden">{text.table.resource}</span>
          <select value={resource ?? ''} onChange={(event) => change({ resource: event.currentTarget.value || undefined })}>
            <option value="">{text.compare.all(all.length)}</option>
            {countsOf(all).map(([name, count]) => (
              <option key={name} value={name}>
                {name} ({count})
              </option>
            ))}
          </select>
        </label>
      </header>
      <div class="pad">
        <Command command={command} />
        {wanted.length === 0 ? <p class="muted">{text.compare.none}</p> : null}
        {difference.isTruncated ? <p role="status">{text.compare.truncated}</p> : null}
        <ul class="differences">
          {wanted.slice(0, shown).map((object) => (
            <ObjectDifference key={`${object.how} ${formatObject(object)}`} object={object} />
          ))}
        </ul>
        {wanted.length > shown ? (
          <button type="button" onClick={() => setShown(shown + OBJECTS_SHOWN)}>
            {text.table.more(wanted.length - shown)}
          </button>
        ) : null}
      </div>
    </section>
  );
}

function ObjectDifference({ object }: { readonly object: DifferentObject }) {
  const { how, resource, namespace, name, fields } = object;
  const key = formatObject(object);
  return (
    <li class={how}>
      <p>
        <span class="badge">{text.compare.how[how]}</span>{' '}
        <button type="button" class="link" aria-pressed={route.value.object === key} onClick={() => change({ object: key })}>
          <bdi>
            {resource} {namespace === undefined ? '' : `${namespace}/`}
            {name}
          </bdi>
        </button>
      </p>
      <FieldList fields={fields} shownMax={FIELDS_SHOWN} />
    </li>
  );
}
