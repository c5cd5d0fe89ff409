// Expectations: every one is an expression of CEL, with functions over the cluster. The short forms are written out as such.

import { compile, type Environment, KUBERNETES_FUNCTIONS, type Program, run } from '../engine/apimachinery/cel/index.ts';
import { declareFunctions, type Functions, type Library } from '../engine/apimachinery/cel/declarations.ts';
import { type CelType, DURATION, DYN, listOf, TIMESTAMP } from '../engine/apimachinery/cel/types.ts';
import { type CelValue, fail, isFailure, list } from '../engine/apimachinery/cel/values.ts';
import type { KubeObject } from '../engine/apimachinery/meta.ts';
import { listObjects } from '../engine/apiserver/api.ts';
import { clusterKinds } from '../engine/cluster/index.ts';
import type { ClusterState } from '../engine/kernel/state.ts';
import { findKind } from '../http/resource-names.ts';
import * as objects from './objects.ts';
import type { Pod } from '../engine/kinds/pod/types.ts';
import type { ExpectationBody } from './schema.ts';
import { extendedValue, valueOf } from './values.ts';

/** Cost of one evaluation, in CEL's units. */
const COST_MAX = 50_000_000;
const NANOSECONDS = 1_000_000n;

/** The cluster that expressions look at, and what a scenario said of it. */
export interface Look {
  readonly state: ClusterState;
  readonly namespace: string;
  /** Virtual milliseconds by the names of marks. */
  readonly marks: ReadonlyMap<string, number>;
}

/** An expectation that is ready to be judged. */
export interface Judged {
  /** As CEL. */
  readonly expression: string;
  /** Its left side, whose value is shown when it fails; undefined where there is none. */
  readonly measured: string | undefined;
  /** The object that it is about, as the scenario names it. */
  readonly about: string | undefined;
}

export interface Verdict {
  readonly holds: boolean;
  /** What was found, for people. */
  readonly found: string;
}

const quoted = (text: string): string => JSON.stringify(text);

/** The expression of an expectation. */
export function expressionOf(body: ExpectationBody): Judged {
  if ('cel' in body) return { expression: body.cel, measured: undefined, about: undefined };
  if ('ready' in body) return bounded(`ready(${quoted(body.ready)})`, body, `== wanted(${quoted(body.ready)})`, body.ready);
  if ('available' in body)
    return bounded(`available(${quoted(body.available)})`, body, `== wanted(${quoted(body.available)})`, body.available);
  if ('replicas' in body) return bounded(`replicas(${quoted(body.replicas)})`, body, `== wanted(${quoted(body.replicas)})`, body.replicas);
  if ('restarts' in body) return bounded(`restarts(${quoted(body.restarts)})`, body, '== 0', body.restarts);
  if ('endpoints' in body) return bounded(`endpoints(${quoted(body.endpoints)})`, body, '>= 1', body.endpoints);
  if ('phase' in body) return equal(`phase(${quoted(body.phase)})`, quoted(body.equals), body.phase);
  if ('condition' in body) return equal(`condition(${quoted(body.on)}, ${quoted(body.condition)})`, quoted(body.equals ?? 'True'), body.on);
  if ('events' in body) {
    const { on } = body;
    return bounded(`events(${quoted(body.events)}${on === undefined ? '' : `, ${quoted(on)}`})`, body, '== 0', on);
  }
  if ('logs' in body) {
    const log = `logs(${quoted(body.logs)}${body.container === undefined ? '' : `, ${quoted(body.container)}`})`;
    return { expression: `${log}.contains(${quoted(body.contains)})`, measured: log, about: body.logs };
  }
  const { http, port, path = '/', status = 200 } = body;
  return equal(`http(${quoted(http)}${port === undefined ? '' : `, ${port}`}, ${quoted(path)})`, String(status), http);
}

interface Bounds {
  readonly equals?: number | undefined;
  readonly atLeast?: number | undefined;
  readonly atMost?: number | undefined;
}

function bounded(measured: string, { equals, atLeast, atMost }: Bounds, fallback: string, about: string | undefined): Judged {
  const said = [
    ...(equals === undefined ? [] : [`${measured} == ${equals}`]),
    ...(atLeast === undefined ? [] : [`${measured} >= ${atLeast}`]),
    ...(atMost === undefined ? [] : [`${measured} <= ${atMost}`]),
  ];
  return { expression: said.length === 0 ? `${measured} ${fallback}` : said.join(' && '), measured, about };
}

function equal(measured: string, value: string, about: string): Judged {
  return { expression: `${measured} == ${value}`, measured, about };
}

const DECLARATIONS = `
  get get_object (string) dyn
  list list_objects (string) list(dyn)
  list list_objects_in (string, string) list(dyn)
  ready ready_of (string) int
  available available_of (string) int
  replicas replicas_of (string) int
  wanted wanted_of (string) int
  restarts restarts_of (string) int
  endpoints endpoints_of (string) int
  phase phase_of (string) string
  condition condition_of (string, string) string
  events events_of (string) int
  events events_of_object (string, string) int
  logs logs_of (string) string
  logs logs_of_container (string, string) string
  http http_of (string, string) int
  http http_of_port (string, int, string) int
  mark mark_of (string) timestamp
`;

const VARIABLES: ReadonlyMap<string, CelType> = new Map([
  ['pods', listOf(DYN)],
  ['nodes', listOf(DYN)],
  ['services', listOf(DYN)],
  ['events', listOf(DYN)],
  ['now', TIMESTAMP],
  ['elapsed', DURATION],
]);

const COMPARISONS: ReadonlySet<string> = new Set(['_==_', '_!=_', '_<_', '_<=_', '_>_', '_>=_']);

type Evaluated = { readonly ok: true; readonly value: CelValue } | { readonly ok: false; readonly message: string };

/** Compiles and evaluates expressions over clusters. One serves a whole run and its forks. */
export class Judge {
  private look: Look | undefined;
  private readonly environment: Environment;
  private readonly programs = new Map<string, Program>();

  constructor() {
    this.environment = { functions: this.functions(), variables: VARIABLES, allowsMixedLiterals: true };
  }

  /** What is wrong with an expression; undefined when it can be evaluated. */
  mistake(expression: string): string | undefined {
    const compiled = this.compile(expression);
    if (!compiled.ok) return compiled.text;
    const { type } = compiled.program.checked;
    return type.kind === 'bool' || type.kind === 'dyn' ? undefined : `must be true or false, and is of the type ${type.kind}`;
  }

  judge(judged: Judged, look: Look): Verdict {
    const holds = this.evaluate(judged.expression, look);
    if (!holds.ok) return { holds: false, found: holds.message };
    if (holds.value === true) return { holds: true, found: '' };
    const measured = judged.measured === undefined ? this.evaluateLeft(judged.expression, look) : this.evaluate(judged.measured, look);
    return { holds: false, found: measured.ok ? show(measured.value) : measured.message };
  }

  private compile(expression: string): ReturnType<typeof compile> {
    const known = this.programs.get(expression);
    if (known !== undefined) return { ok: true, program: known };
    const compiled = compile(expression, this.environment);
    if (compiled.ok) this.programs.set(expression, compiled.program);
    return compiled;
  }

  private evaluate(expression: string, look: Look): Evaluated {
    const compiled = this.compile(expression);
    return compiled.ok ? this.runWith(compiled.program, look) : { ok: false, message: compiled.text };
  }

  private runWith(program: Program, look: Look): Evaluated {
    this.look = look;
    const { result } = run(program, { variable: (name) => variableOf(name, look), costMax: COST_MAX });
    this.look = undefined;
    return isFailure(result) ? { ok: false, message: result.message } : { ok: true, value: result };
  }

  /** The left side of a comparison; of anything else the whole. */
  private evaluateLeft(expression: string, look: Look): Evaluated {
    const program = this.programs.get(expression);
    const root = program?.root;
    const [left] = root?.kind === 'call' && COMPARISONS.has(root.name) ? root.args : [];
    if (program === undefined || left === undefined) return this.evaluate(expression, look);
    return this.runWith({ ...program, root: left }, look);
  }

  private functions(): Functions {
    const own = declareFunctions([this.library()]);
    const all = new Map(KUBERNETES_FUNCTIONS);
    for (const [name, overloads] of own) all.set(name, [...(all.get(name) ?? []), ...overloads]);
    return all;
  }

  private library(): Library {
    const about =
      (ask: (state: ClusterState, target: objects.Target | undefined, rest: readonly CelValue[]) => CelValue) =>
      ([reference, ...rest]: readonly CelValue[]) => {
        const { state, namespace } = this.looked();
        const target = objects.targetOf(state, String(reference), namespace);
        return target === undefined ? fail(`${String(reference)} names no kind of the cluster`) : ask(state, target, rest);
      };
    const number = (ask: (state: ClusterState, target: objects.Target | undefined) => number) =>
      about((state, target) => BigInt(ask(state, target)));
    return {
      declarations: DECLARATIONS,
      implementations: {
        get_object: about((state, target) => valueOf(objects.objectOf(state, target))),
        list_objects: ([kind]) => this.listOf(String(kind), undefined),
        list_objects_in: ([kind, namespace]) => this.listOf(String(kind), String(namespace)),
        ready_of: number(objects.readyOf),
        available_of: number(objects.availableOf),
        replicas_of: number(objects.replicasOf),
        wanted_of: number(objects.wantedOf),
        restarts_of: number((state, target) => objects.podsOf(state, target).reduce((sum, pod) => sum + objects.restartsOf(pod), 0)),
        endpoints_of: number(objects.endpointsOf),
        phase_of: about(objects.phaseOf),
        condition_of: about((state, target, [type]) => objects.conditionOf(state, target, String(type))),
        events_of: ([reason]) => BigInt(objects.eventsOf(this.looked().state, String(reason), undefined)),
        events_of_object: ([reason, on]) => {
          const { state, namespace } = this.looked();
          return BigInt(objects.eventsOf(state, String(reason), objects.targetOf(state, String(on), namespace)));
        },
        logs_of: about((state, target) => objects.logOf(state, target, '')),
        logs_of_container: about((state, target, [container]) => objects.logOf(state, target, String(container))),
        http_of: about((state, target, [path]) => BigInt(objects.httpOf(state, target, undefined, String(path)))),
        http_of_port: about((state, target, [port, path]) => BigInt(objects.httpOf(state, target, Number(port), String(path)))),
        mark_of: ([name]) => {
          const ms = this.looked().marks.get(String(name));
          return ms === undefined ? fail(`there is no mark ${String(name)}`) : timestamp(ms);
        },
      },
    };
  }

  private listOf(name: string, namespace: string | undefined): ReturnType<Library['implementations'][string]> {
    const { state } = this.looked();
    const kind = findKind(clusterKinds(state), name);
    return kind === undefined ? fail(`${name} is no kind of the cluster`) : list(listObjects(state, kind, namespace).map(valueOf));
  }

  private looked(): Look {
    if (this.look === undefined) throw new Error('nothing is judged');
    return this.look;
  }
}

function variableOf(name: string, { state }: Look): CelValue | undefined {
  switch (name) {
    case 'now':
      return timestamp(state.nowMs);
    case 'elapsed':
      return { kind: 'duration', nanoseconds: BigInt(state.nowMs - state.startMs) * NANOSECONDS };
    case 'pods':
      return list(objectsOf(state, name).map((pod) => podValue(pod as Pod)));
    case 'nodes':
    case 'services':
    case 'events':
      return list(objectsOf(state, name).map(valueOf));
    default:
      return undefined;
  }
}

function objectsOf(state: ClusterState, plural: string): readonly KubeObject[] {
  const kind = findKind(clusterKinds(state), plural);
  return kind === undefined ? [] : listObjects(state, kind);
}

const podValues = new WeakMap<Pod, CelValue>();

/** A pod, with what is asked most: `ready`, `restarts`, `node`. */
function podValue(pod: Pod): CelValue {
  const known = podValues.get(pod);
  if (known !== undefined) return known;
  const members = { ready: objects.isReady(pod), restarts: BigInt(objects.restartsOf(pod)), node: pod.spec.nodeName ?? '' };
  const value = extendedValue(pod, members);
  podValues.set(pod, value);
  return value;
}

function timestamp(ms: number): CelValue {
  return { kind: 'timestamp', nanoseconds: BigInt(ms) * NANOSECONDS };
}

const SHOWN_LENGTH_MAX = 200;

/** A value for people. */
function show(value: CelValue): string {
  const text =
    typeof value === 'string' ? JSON.stringify(value) : typeof value === 'object' && value !== null ? `a ${value.kind}` : String(value);
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}…` : text;
}
