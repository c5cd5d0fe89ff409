// Server-side tables, what `kubectl get` prints. Rules: D5, N1-N4, H10, M2, G9, W6.
// Upstream: apiserver/pkg/endpoints/handlers/response.go, pkg/printers/tablegenerator.go (v1.33).

import { invalid } from '../../engine/apimachinery/field-errors.ts';
import type { KubeObject } from '../../engine/apimachinery/meta.ts';
import { badRequest, fail, ok, type Result } from '../../engine/apimachinery/status.ts';
import { humanDuration, parseTime } from '../../engine/apimachinery/time.ts';
import type { Cell, Column, Kind } from '../../engine/kinds/kind.ts';
import { type EncodedObject, metadataJson } from './encode.ts';
import type { ListBody } from './list-body.ts';

/** How rows of one resource are made. */
export interface TableView {
  readonly columns: readonly Column[];
  cells(object: KubeObject, nowMs: number): readonly Cell[];
  rowConditions?(object: KubeObject): readonly Readonly<Record<string, string>>[];
}

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

/** The table of a kind, or of its scale (M2). */
export function tableViewOf(kind: Kind, subresource?: string): TableView {
  return subresource === 'scale' ? SCALE_VIEW : kind;
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
  return `${tableHead(metadata, columns, options)},"rows":${isAbsent(items, options) ? 'null' : `[${rows}]`}}`;
}

/** The table of a list, a row a step. */
export function tableBody(members: readonly EncodedObject[], metadata: object, options: TableOptions): ListBody<EncodedObject> {
  const head = `${tableHead(metadata, columnsJson(options.view), options)}}`;
  return { head, key: 'rows', members: isAbsent(members, options) ? null : members, memberJson: (item) => encodeRow(item, options) };
}

function tableHead(metadata: object, columns: string, { version }: TableOptions): string {
  return `{"kind":"Table","apiVersion":"meta.k8s.io/${version}","metadata":${JSON.stringify(metadata)},"columnDefinitions":${columns}`;
}

/** The generic table that upstream makes for kinds without columns of their own has no list of rows at all when it is empty. */
function isAbsent(items: readonly EncodedObject[], { view }: TableOptions): boolean {
  return view.columns[1]?.type === 'date' && items.length === 0;
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

const SCALE_VIEW: TableView = {
  columns: [
    { name: 'Name', type: 'string', format: 'name', description: 'Name of the scaled object.', priority: 0 },
    { name: 'Desired', type: 'integer', format: '', description: 'Wanted number of replicas.', priority: 0 },
    { name: 'Available', type: 'integer', format: '', description: 'Present number of replicas.', priority: 0 },
    { name: 'Age', type: 'string', format: '', description: 'Time since the creation of the object.', priority: 0 },
  ],
  cells: (object, nowMs) => {
    const { spec, status } = object as { spec?: { replicas?: number }; status?: { replicas?: number } } & KubeObject;
    return [object.metadata.name, spec?.replicas ?? 0, status?.replicas ?? 0, ageOf(object, nowMs)];
  },
};

function ageOf(object: KubeObject, nowMs: number): string {
  const createdMs = parseTime(object.metadata.creationTimestamp);
  return createdMs === undefined ? '<unknown>' : humanDuration(nowMs - createdMs);
}
