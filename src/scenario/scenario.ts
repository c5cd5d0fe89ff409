// A scenario that is ready to be run: its file read and checked, its manifests read, its expressions compiled. Everything that can be wrong with it is said
// before anything runs, with file, line and column.

import type { JsonObject } from '../engine/apimachinery/meta.ts';
import type { ClusterConfig } from '../engine/cluster/index.ts';
import { configOf } from '../http/rest/cluster-config.ts';
import { readManifests } from '../http/rest/manifests/documents.ts';
import { createClusterSchema } from '../http/rest/schemas/cluster.ts';
import { type Mistake, type ParsedText, parseText, type Place } from './document.ts';
import { expressionOf, Judge, type Judged } from './expectation.ts';
import { type ExpectationBody, faultOfBody, type ScenarioBody, scenarioSchema, type StepBody } from './schema.ts';

/** Files as a scenario names them. */
export interface Files {
  /** The text of a file; undefined when there is none. */
  read(path: string): string | undefined;
  /** Files that a pattern, a folder or a name beside a scenario stands for, in order; or what is wrong. `text` is given where it was made. */
  resolve(scenario: string, pattern: string): readonly { readonly file: string; readonly text: string }[] | string;
}

/** An expectation of the file. */
export interface Expected {
  readonly judged: Judged;
  readonly place: Place;
  readonly because: string | undefined;
  /** A mark. */
  readonly from: string | undefined;
  /** Milliseconds. */
  readonly withinMs: number | undefined;
}

/** A step of the file. */
export interface Step {
  readonly body: StepBody;
  readonly place: Place;
  /** Of `apply`. */
  readonly objects: readonly JsonObject[];
  /** Of `expect` and `request`. */
  readonly expected: Expected | undefined;
}

export interface Scenario {
  readonly name: string;
  readonly description: string | undefined;
  readonly file: string;
  /** Of the manifests, or of the whole. */
  readonly place: Place;
  /** The file as data: what variants are made of. */
  readonly source: JsonObject;
  readonly body: ScenarioBody;
  readonly config: ClusterConfig;
  readonly namespace: string;
  readonly manifests: readonly JsonObject[];
  readonly steps: readonly Step[];
  readonly always: readonly Expected[];
  readonly eventually: readonly Expected[];
}

export type Loaded = { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly mistakes: readonly Mistake[] };

/** A file as data, with the place of every member. Fails: with what keeps it from being read. */
export function readSource(
  file: string,
  files: Files,
):
  | { readonly ok: true; readonly text: string; readonly source: JsonObject; readonly place: ParsedText['place'] }
  | { readonly ok: false; readonly mistakes: readonly Mistake[] } {
  const text = files.read(file);
  if (text === undefined) return { ok: false, mistakes: [{ file, line: 1, column: 1, message: 'there is no such file' }] };
  const { value, mistakes, place } = parseText(file, text);
  return mistakes.length > 0 ? { ok: false, mistakes } : { ok: true, text, source: value as JsonObject, place };
}

/** Reads a scenario file. Fails: with every mistake that it has. */
export async function loadScenario(file: string, files: Files): Promise<Loaded> {
  const read = readSource(file, files);
  return read.ok ? buildScenario(file, read.source, read.place, files) : read;
}

/** The same of data, for instance of a variant of a file. */
export async function buildScenario(
  file: string,
  source: JsonObject,
  place: (path: readonly PropertyKey[]) => Place,
  files: Files,
): Promise<Loaded> {
  const checked = scenarioSchema.safeParse(source);
  if (!checked.success) {
    const mistakes = checked.error.issues.map(({ path, message }) => ({ ...place(path), message: `${pathText(path)}${message}` }));
    return { ok: false, mistakes };
  }
  const builder = new Builder(file, place, files);
  const scenario = await builder.build(source, checked.data);
  return builder.mistakes.length > 0 ? { ok: false, mistakes: builder.mistakes } : { ok: true, scenario };
}

function pathText(path: readonly PropertyKey[]): string {
  if (path.length === 0) return '';
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return `${text.replace(/^\./, '')}: `;
}

class Builder {
  readonly mistakes: Mistake[] = [];
  private readonly judge = new Judge();
  private readonly marks = new Set<string>();
  private readonly file: string;
  private readonly place: (path: readonly PropertyKey[]) => Place;
  private readonly files: Files;

  constructor(file: string, place: (path: readonly PropertyKey[]) => Place, files: Files) {
    this.file = file;
    this.place = place;
    this.files = files;
  }

  async build(source: JsonObject, body: ScenarioBody): Promise<Scenario> {
    for (const step of body.steps ?? []) if ('mark' in step) this.marks.add(step.mark);
    const cluster = body.cluster ?? createClusterSchema.parse({});
    const config = configOf('scenario', { ...cluster, images: { ...cluster.images, ...body.images } });
    const steps: Step[] = [];
    for (const [index, step] of (body.steps ?? []).entries()) steps.push(await this.step(step as StepBody, ['steps', index]));
    return {
      name: body.metadata.name,
      description: body.description,
      file: this.file,
      place: this.place(['manifests']),
      source,
      body,
      config,
      namespace: body.namespace ?? 'default',
      manifests: body.manifests === undefined ? [] : await this.objects(body.manifests, ['manifests']),
      steps,
      always: (body.always ?? []).map((one, index) => this.expected(one as ExpectationBody, ['always', index])),
      eventually: (body.eventually ?? []).map((one, index) => this.expected(one as ExpectationBody, ['eventually', index])),
    };
  }

  private async step(body: StepBody, path: readonly PropertyKey[]): Promise<Step> {
    const objects = 'apply' in body ? await this.objects(body.apply, [...path, 'apply']) : [];
    let expected: Expected | undefined;
    if ('expect' in body) expected = { ...this.expected(body.expect, [...path, 'expect']), withinMs: body.within };
    if ('request' in body) expected = this.expected(body.request, [...path, 'request']);
    if ('fault' in body) {
      const fault = faultOfBody(body.fault);
      if (!fault.success)
        for (const issue of fault.error.issues)
          this.refuse([...path, 'fault', ...issue.path.filter((part) => part !== 'target')], issue.message);
    }
    return { body, place: this.place(path), objects, expected };
  }

  private expected(body: ExpectationBody & { from?: string; within?: number; because?: string }, path: readonly PropertyKey[]): Expected {
    const judged = expressionOf(body);
    const mistake = this.judge.mistake(judged.expression);
    if (mistake !== undefined) this.refuse('cel' in body ? [...path, 'cel'] : path, mistake);
    if (body.from !== undefined && !this.marks.has(body.from))
      this.refuse([...path, 'from'], `there is no mark ${JSON.stringify(body.from)}`);
    return { judged, place: this.place(path), because: body.because, from: body.from, withinMs: body.within };
  }

  private refuse(path: readonly PropertyKey[], message: string): void {
    this.mistakes.push({ ...this.place(path), message });
  }

  /** Objects that stand there, or in files that are named there. */
  private async objects(given: unknown, path: readonly PropertyKey[]): Promise<JsonObject[]> {
    if (Array.isArray(given)) {
      const found: JsonObject[] = [];
      for (const [index, one] of given.entries()) found.push(...(await this.objects(one, [...path, index])));
      return found;
    }
    if (typeof given !== 'string') return this.read(JSON.stringify(given), 'application/json', () => this.place(path));
    const resolved = this.files.resolve(this.file, given);
    if (typeof resolved === 'string') {
      this.refuse(path, resolved);
      return [];
    }
    const found: JsonObject[] = [];
    for (const { file, text } of resolved)
      found.push(...(await this.read(text, 'application/yaml', (line, column) => ({ file, line: line ?? 1, column: column ?? 1 }))));
    return found;
  }

  private async read(text: string, mediaType: string, place: (line?: number, column?: number) => Place): Promise<JsonObject[]> {
    const { objects, errors } = await readManifests({ mediaType, text });
    for (const { line, column, message } of errors) this.mistakes.push({ ...place(line, column), message });
    return objects.map(({ value }) => value);
  }
}
