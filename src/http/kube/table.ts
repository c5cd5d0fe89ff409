// Server-side tables as JSON text; what they show is in engine/apiserver/read/table.ts. Rules: D5, N1-N4, H10, W6.
// Upstream: apiserver/pkg/endpoints/handlers/response.go, pkg/printers/tablegenerator.go (v1.33).

import { invalid } from '../../engine/apimachinery/field-errors.ts';
import { badRequest, fail, ok, type Result } from '../../engine/apimachinery/status.ts';
import type { EncodedObject } from '../../engine/apiserver/read/encoded-object.ts';
import { hasRows, type TableView } from '../../engine/apiserver/read/table.ts';
import type { Column } from '../../engine/kinds/kind.ts';
import { metadataJson } from './encode.ts';
import type { ListBody } from './list-body.ts';

export type IncludeObject = 'Metadata' | 'Object' | 'None';

/** N3. Fails: BadRequest. */
export function parseIncludeObject(text: string | null): Result<IncludeObject> {
  switch (text) {
    case null:
    case '':
    case 'Metadata':
      return ok('Metadata');
    case 'Object':
    case 'None':
      return ok(text);
    default: {
      const error = invalid('includeObject', text, "must be 'Metadata', 'Object', 'None', or empty");
      return fail(badRequest(`Unable to convert to Table as requested: ${error.field}: ${error.message}`));
    }
  }
}

interface TableOptions {
  readonly view: TableView;
  readonly version: 'v1' | 'v1beta1';
  readonly include: IncludeObject;
  /** Virtual milliseconds; ages count up to it. */
  readonly nowMs: number;
}

/** A table as JSON text. `metadata` is the list's, or `{resourceVersion}` of the one object. `hasColumns`: H10. */
export function encodeTable(items: readonly EncodedObject[], metadata: object, options: TableOptions & { hasColumns?: boolean }): string {
  const columns = options.hasColumns === false ? 'null' : columnsJson(options.view);
  const rows = items.map((item) => encodeRow(item, options)).join(',');
  return `${tableHead(metadata, columns, options)},"rows":${hasRows(options.view, items.length) ? `[${rows}]` : 'null'}}`;
}

/** The table of a list, a row a step. */
export function tableBody(members: readonly EncodedObject[], metadata: object, options: TableOptions): ListBody<EncodedObject> {
  const head = `${tableHead(metadata, columnsJson(options.view), options)}}`;
  return {
    head,
    key: 'rows',
    members: hasRows(options.view, members.length) ? members : null,
    memberJson: (item) => encodeRow(item, options),
  };
}

function tableHead(metadata: object, columns: string, { version }: TableOptions): string {
  return `{"kind":"Table","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)},"columnDefinitions":${columns}`;
}

const columnTexts = new WeakMap<readonly Column[], string>();

function columnsJson(view: TableView): string {
  let text = columnTexts.get(view.columns);
  if (text === undefined) {
    text = JSON.stringify(
      view.columns.map(({ name, type, format, description, priority }) => ({ name, type, format, description, priority })),
    );
    columnTexts.set(view.columns, text);
  }
  return text;
}

function encodeRow(item: EncodedObject, options: TableOptions): string {
  const cells = JSON.stringify(options.view.cells(item.object, options.nowMs));
  const conditions = options.view.rowConditions?.(item.object) ?? [];
  const conditionsText = conditions.length === 0 ? '' : `,"conditions":${JSON.stringify(conditions)}`;
  return `{"cells":${cells}${conditionsText},"object":${rowObject(item, options)}}`;
}

function rowObject(item: EncodedObject, options: TableOptions): string {
  switch (options.include) {
    case 'None':
      return 'null';
    case 'Object':
      return item.json;
    case 'Metadata':
      return metadataJson(item.object, options.version);
  }
}
