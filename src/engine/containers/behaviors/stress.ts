// Programs that are there to use processors and memory: `stress`, `stress-ng`, and the `stress` of vish/stress, as the pages on resources of
// Kubernetes' documentation run them. What they use follows from their arguments. Rule: K932.
// Upstream: Amos Waterland's stress 1.0, stress-ng, github.com/vishh/stress. Omits disks, and what workers leave when they are ended one by one.

import type { Behavior, LogRule, UsageRule } from '../../kinds/shared/behavior.ts';
import { parseQuantity, quantityToNumber } from '../../apimachinery/quantity.ts';

type Use = Pick<Behavior, 'cpu' | 'memory' | 'runs' | 'logs'>;

/** What such a program uses; undefined for any other. */
export function stressOf(words: readonly string[]): Use | undefined {
  const name = (words[0] ?? '').slice((words[0] ?? '').lastIndexOf('/') + 1);
  if (name !== 'stress' && name !== 'stress-ng') return undefined;
  const options = readOptions(words.slice(1));
  const isOfVish = ['cpus', 'mem-total', 'logtostderr'].some((option) => options.has(option));
  return isOfVish ? vishUse(options) : stressUse(options, name === 'stress-ng');
}

/** Work without an end, as people write it to see a processor busy. */
const BUSY = [
  /\bdd if=\/dev\/(?:zero|u?random) of=\/dev\/null(?![^;&|\n]*\bcount=)/g,
  /\b(?:md5|sha\d+)sum \/dev\/(?:zero|u?random)/g,
  /\byes\b[^;&|\n]*>\s*\/dev\/null/g,
  /\b(?:while|until)\s+(?:true|false|:|\[ 1 \])\s*[;\n]\s*do\s+(?:true|:)\s*[;\n]\s*done/g,
];

/** The processors that a command line, or the script in it, keeps busy; undefined where it does not. */
export function busyOf(words: readonly string[]): Pick<Behavior, 'cpu'> | undefined {
  const text = words.join(' ');
  const count = BUSY.reduce((sum, pattern) => sum + (text.match(pattern)?.length ?? 0), 0);
  return count === 0 ? undefined : { cpu: [always(String(count))] };
}

const LONG: Readonly<Record<string, string>> = {
  c: 'cpu',
  i: 'io',
  m: 'vm',
  d: 'hdd',
  t: 'timeout',
  l: 'cpu-load',
  v: 'verbose',
  q: 'quiet',
};

/** `-c 2`, `-c2`, `--cpu 2`, `--cpu=2`, `-cpus 2`. */
function readOptions(words: readonly string[]): ReadonlyMap<string, string> {
  const options = new Map<string, string>();
  for (const [index, word] of words.entries()) {
    const parts = /^(?:-(?<letter>[a-z])(?<near>\d\w*)?|--?(?<name>[a-z][a-z-]+)(?:=(?<text>.*))?)$/.exec(word)?.groups;
    if (parts === undefined) continue;
    const next = words[index + 1] ?? '';
    const value = parts['near'] ?? parts['text'] ?? (next.startsWith('-') ? '' : next);
    options.set(parts['name'] ?? LONG[parts['letter'] ?? ''] ?? '', value);
  }
  return options;
}

const UNITS: Readonly<Record<string, number>> = { b: 1, k: 1024, m: 1_048_576, g: 1_073_741_824 };
const VM_BYTES_DEFAULT = 268_435_456;
/** A worker that waits with its memory fills it anew each time. */
const HANGING_CPU = 0.05;

function stressUse(options: ReadonlyMap<string, string>, isNewer: boolean): Use {
  const count = (name: string): number => Number(options.get(name) ?? 0) || 0;
  const [cpu, io, vm, hdd] = [count('cpu'), count('io'), count('vm'), count('hdd')];
  const share = options.has('cpu-load') ? count('cpu-load') / 100 : 1;
  const bytes = sizeOf(options.get('vm-bytes')) ?? VM_BYTES_DEFAULT;
  // stress-ng divides the bytes among its workers, stress gives each of them all.
  const total = isNewer ? (vm === 0 ? 0 : bytes) : vm * bytes;
  const cores = cpu * share + vm * (options.has('vm-hang') ? HANGING_CPU : 1);
  const seconds = secondsOf(options.get('timeout'));
  const said = isNewer
    ? `stress-ng: info:  [1] dispatching hogs: ${[cpu > 0 ? `${cpu} cpu` : '', io > 0 ? `${io} io` : '', vm > 0 ? `${vm} vm` : ''].filter((text) => text !== '').join(', ')}`
    : `stress: info: [1] dispatching hogs: ${cpu} cpu, ${io} io, ${vm} vm, ${hdd} hdd`;
  return {
    cpu: [always(String(cores))],
    memory: [always(String(total + BASE_BYTES))],
    runs: seconds === undefined ? [] : [{ forMs: seconds * 1000 + 1, exitCode: 0, reason: 'Completed', message: '' }],
    logs: [
      line(said),
      ...(seconds === undefined || isNewer ? [] : [line(`stress: info: [1] successful run completed in ${seconds}s`, seconds * 1000)]),
    ],
  };
}

/** Memory of the program itself. */
const BASE_BYTES = 1_048_576;
/** Steps of growing memory that are told apart. */
const STEPS_MAX = 20;

function vishUse(options: ReadonlyMap<string, string>): Use {
  const amount = (name: string, otherwise: string): string => {
    const given = options.get(name) ?? '';
    return parseQuantity(given).ok && given !== '' ? given : otherwise;
  };
  const [cpus, total, chunk] = [Number(options.get('cpus') ?? 0) || 0, amount('mem-total', '0'), amount('mem-alloc-size', '4Ki')];
  const pauseMs = millisecondsOf(options.get('mem-alloc-sleep') ?? '1ms');
  const bytes = quantityToNumber(total);
  const chunks = Math.ceil(bytes / Math.max(1, quantityToNumber(chunk)));
  const steps = Math.min(chunks, STEPS_MAX);
  const memory = Array.from({ length: steps }, (_, index): UsageRule => {
    const fromMs = Math.round((index * chunks * pauseMs) / steps);
    const untilMs = index + 1 === steps ? null : Math.round(((index + 1) * chunks * pauseMs) / steps);
    return { fromMs, untilMs, value: String(Math.round((bytes * (index + 1)) / steps) + BASE_BYTES) };
  });
  const head = 'I{%m%d %T}.000000       1 main.go';
  return {
    cpu: cpus === 0 ? [] : [always(String(cpus))],
    memory,
    runs: [],
    logs: [
      line(
        `${head}:26] Allocating ${JSON.stringify(total)} memory, in ${JSON.stringify(chunk)} chunks, with a ${options.get('mem-alloc-sleep') ?? '1ms'} sleep between allocations`,
      ),
      ...Array.from({ length: Math.min(cpus, STEPS_MAX) }, () => line(`${head}:39] Spawning a thread to consume CPU`)),
      line(`${head}:29] Allocated ${JSON.stringify(total)} memory`, chunks * pauseMs),
    ],
  };
}

function always(value: string): UsageRule {
  return { fromMs: 0, untilMs: null, value };
}

function line(text: string, atMs = 0): LogRule {
  return { text, atMs, everyMs: null, isStamped: true };
}

/** `150M`, `1g`, `4096`; shares of the node's memory are not known here. */
function sizeOf(text: string | undefined): number | undefined {
  const parts = /^(?<digits>\d+)(?<unit>[bkmg]?)$/i.exec(text ?? '')?.groups;
  return parts === undefined ? undefined : Number(parts['digits']) * (UNITS[(parts['unit'] || 'b').toLowerCase()] ?? 1);
}

/** `10`, `10s`, `5m`; without an end where there is none. */
function secondsOf(text: string | undefined): number | undefined {
  const parts = /^(?<digits>\d+)(?<unit>[smhd]?)$/.exec(text ?? '')?.groups;
  if (parts === undefined || Number(parts['digits']) === 0) return undefined;
  return Number(parts['digits']) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[parts['unit'] || 's'] ?? 1);
}

function millisecondsOf(text: string): number {
  const parts = /^(?<digits>\d+)(?<unit>ms|s|m)$/.exec(text)?.groups;
  return parts === undefined ? 1 : Number(parts['digits']) * ({ ms: 1, s: 1000, m: 60_000 }[parts['unit'] ?? 'ms'] ?? 1);
}
