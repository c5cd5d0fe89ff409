// Commands on processes and the machine: ps, top, pidof, pgrep, pkill, killall, nice, free, sysctl. They see what runs in the container.

import type { CommandContext, ShellCommand } from '../command.ts';
import { type ProcessRow as Row, processRows } from '../process-rows.ts';
import { sendSignal, signalName } from './signals.ts';
import { optionsBefore, parseOptions } from './input-text.ts';
import { userName } from './owners.ts';
import { runInstead } from './run-instead.ts';

/** What runs in the container: the processes of its own command, and those of this one. */
function rowsOf({ state, host }: CommandContext): readonly Row[] {
  const shift = host.processShift();
  const own = processRows(state).map(({ pid, ppid, words }) => ({ pid: pid + shift, ppid: ppid === 0 ? 0 : ppid + shift, words }));
  return [...host.otherProcesses(), ...own].sort((a, b) => a.pid - b.pid);
}

const list: ShellCommand = (context) => {
  const { host, out, args } = context;
  const letters = args.join('');
  const user = userName(host.files, host.user.uid);
  const format = /-o\s*(\S+)/.exec(args.join(' '))?.[1]?.split(',');
  if (format !== undefined) {
    const columns = format.map((column) => column.replace(/=.*$/, ''));
    if (!args.join(' ').includes('=')) out(`${columns.map((column) => TITLES[column] ?? column.toUpperCase()).join(' ')}\n`);
    for (const row of rowsOf(context)) out(`${columns.map((column) => fieldOf(row, column, user)).join(' ')}\n`);
  } else if (host.flavor === 'busybox') {
    out('PID   USER     TIME  COMMAND\n');
    for (const { pid, words } of rowsOf(context)) out(`${String(pid).padStart(5)} ${user.padEnd(8)}  0:00 ${words.join(' ')}\n`);
  } else if (letters.includes('u')) {
    out('USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND\n');
    for (const { pid, words } of rowsOf(context))
      out(`${user.padEnd(10)} ${String(pid).padStart(5)}  0.0  0.0   2576  1536 ?        Ss   00:00   0:00 ${words.join(' ')}\n`);
  } else if (letters.includes('f')) {
    out('UID          PID    PPID  C STIME TTY          TIME CMD\n');
    for (const { pid, ppid, words } of rowsOf(context))
      out(`${user.padEnd(8)} ${String(pid).padStart(7)} ${String(ppid).padStart(7)}  0 00:00 ?        00:00:00 ${words.join(' ')}\n`);
  } else {
    out('    PID TTY          TIME CMD\n');
    for (const { pid, words } of rowsOf(context)) out(`${String(pid).padStart(7)} ?        00:00:00 ${programOf(words)}\n`);
  }
  return 0;
};

const TITLES: Readonly<Record<string, string>> = { args: 'COMMAND', comm: 'COMMAND', cmd: 'CMD' };

function fieldOf({ pid, ppid, words }: Row, column: string, user: string): string {
  switch (column) {
    case 'pid':
      return String(pid).padStart(5);
    case 'ppid':
      return String(ppid).padStart(5);
    case 'user':
      return user.padEnd(8);
    case 'comm':
      return programOf(words);
    case 'args':
    case 'cmd':
    case 'command':
      return words.join(' ');
    default:
      return '-';
  }
}

function programOf(words: readonly string[]): string {
  return (words[0] ?? '').split('/').at(-1) ?? '';
}

/** One look, as `top -b -n 1` takes it; without a number it looks again every few seconds, for ever. */
const top: ShellCommand = (context) => {
  const { host, out, process, memory } = context;
  const count = Number(parseOptions(context.args, 'nd').options.get('n') ?? Number.POSITIVE_INFINITY);
  const seen = typeof memory['seen'] === 'number' ? memory['seen'] : 0;
  out(
    'Mem: 5242880K used, 11534336K free, 2048K shrd, 102400K buff, 2048000K cached\nCPU:   1% usr   1% sys   0% nic  98% idle   0% io   0% irq   0% sirq\n',
  );
  out(`Load average: 0.00 0.00 0.00 1/100 ${process.pid}\n  PID  PPID USER     STAT   VSZ %VSZ CPU %CPU COMMAND\n`);
  for (const { pid, ppid, words } of rowsOf(context))
    out(
      `${String(pid).padStart(5)} ${String(ppid).padStart(5)} ${userName(host.files, host.user.uid).padEnd(8)} S     4404   0%   0   0% ${words.join(' ')}\n`,
    );
  if (seen + 1 >= count) return 0;
  memory['seen'] = seen + 1;
  process.wait = { for: 'time', untilMs: host.nowMs + 5000 };
  return null;
};

const processId: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, 'o');
  const own = context.process.pid + context.host.processShift();
  const found = rowsOf(context).filter(
    ({ pid, words }) => pid !== own && operands.some((name) => programOf(words) === (name.split('/').at(-1) ?? '')),
  );
  const pids = found.map(({ pid }) => String(pid)).reverse();
  if (pids.length > 0) context.out(`${(options.has('s') ? pids.slice(0, 1) : pids).join(' ')}\n`);
  return pids.length > 0 ? 0 : 1;
};

/** `pgrep [-flx] pattern`, `pkill [-signal] [-f] pattern`, `killall name`. */
const byPattern: ShellCommand = (context) => {
  const given = context.args.find((argument) => /^-(?:\d+|(?:SIG)?[A-Z]{3,}\d?)$/.test(argument));
  const { options, operands } = parseOptions(
    context.args.filter((argument) => argument !== given),
    'sPuU',
  );
  const [pattern = ''] = operands;
  const own = context.process.pid + context.host.processShift();
  const isNamed = ({ words }: Row): boolean => {
    const text = options.has('f') ? words.join(' ') : programOf(words);
    return context.name === 'killall' || options.has('x') ? text === pattern : text.includes(pattern.replace(/^\^|\$$/g, ''));
  };
  const found = rowsOf(context).filter((row) => row.pid !== own && isNamed(row));
  if (context.name === 'pgrep') {
    for (const { pid, words } of found)
      context.out(options.has('l') || options.has('a') ? `${pid} ${options.has('a') ? words.join(' ') : programOf(words)}\n` : `${pid}\n`);
  } else for (const { pid } of found) sendSignal(context, pid, signalName((given ?? '-TERM').slice(1)));
  if (found.length === 0 && context.name === 'killall') context.error(`killall: ${pattern}: no process killed\n`);
  return found.length > 0 ? 0 : 1;
};

/** A program that runs another one, with options of its own before it. */
function wrapper(withValue: string): ShellCommand {
  return (context) => {
    const { operands } = optionsBefore(context.args, withValue);
    if (operands.length > 0) return runInstead(context, operands);
    context.out('0\n');
    return 0;
  };
}

const free: ShellCommand = ({ args, out }) => {
  const unit = args.some((argument) => argument === '-m') ? 1024 : args.some((argument) => argument === '-g') ? 1_048_576 : 1;
  const isHuman = args.some((argument) => argument === '-h');
  const field = (kilobytes: number): string =>
    (isHuman ? `${(kilobytes / 1_048_576).toFixed(1)}G` : String(Math.floor(kilobytes / unit))).padStart(11);
  out(`              total        used        free      shared  buff/cache   available\n`);
  out(`Mem:   ${[16_777_216, 3_094_528, 11_534_336, 2048, 2_148_352, 13_404_160].map(field).join(' ')}\n`);
  out(`Swap:  ${[0, 0, 0].map(field).join(' ')}\n`);
  return 0;
};

const SETTINGS: Readonly<Record<string, string>> = {
  'net.core.somaxconn': '4096',
  'net.ipv4.ip_forward': '1',
  'net.ipv4.ip_local_port_range': '32768\t60999',
  'net.ipv4.tcp_syncookies': '1',
  'net.ipv4.ip_unprivileged_port_start': '0',
  'vm.max_map_count': '65530',
  'vm.overcommit_memory': '1',
  'vm.swappiness': '60',
  'fs.file-max': '9223372036854775807',
  'fs.inotify.max_user_watches': '122880',
  'fs.inotify.max_user_instances': '128',
  'kernel.hostname': '',
  'kernel.shm_rmid_forced': '0',
  'kernel.shmmax': '18446744073692774399',
  'kernel.pid_max': '4194304',
  'kernel.core_pattern': 'core',
};

/** Who may not write finds /proc/sys read-only. */
const setting: ShellCommand = (context) => {
  const { options, operands } = parseOptions(context.args, '');
  let code = 0;
  for (const operand of operands) {
    const [name = '', value] = operand.split('=');
    const key = name.replaceAll('/', '.').trim();
    const path = `/proc/sys/${key.replaceAll('.', '/')}`;
    const present = context.host.files.read(path)?.trim() ?? SETTINGS[key];
    if (present === undefined) {
      if (!options.has('e')) {
        context.error(`sysctl: error: '${name}' is an unknown key\n`);
        code = 1;
      }
      continue;
    }
    if (value !== undefined && !context.host.isPrivileged) {
      context.error(`sysctl: error setting key '${name}': Read-only file system\n`);
      code = 1;
      continue;
    }
    if (value !== undefined) keep(context, path, value.trim());
    if (!options.has('q')) context.out(options.has('n') ? `${value ?? present}\n` : `${key} = ${value ?? present}\n`);
  }
  return code;
};

function keep({ host }: CommandContext, path: string, value: string): void {
  const parts = path.split('/').slice(1, -1);
  parts.forEach((_part, index) => host.files.makeDirectory(`/${parts.slice(0, index + 1).join('/')}`));
  host.files.write(path, `${value}\n`, false);
}

export const PROCESS_COMMANDS: Readonly<Record<string, ShellCommand>> = {
  ps: list,
  top,
  pidof: processId,
  pgrep: byPattern,
  pkill: byPattern,
  killall: byPattern,
  nice: wrapper('n'),
  ionice: wrapper('cnp'),
  renice: () => 0,
  setsid: wrapper(''),
  nohup: wrapper(''),
  stdbuf: wrapper('ioe'),
  chroot: (context) => runInstead(context, context.args.length > 1 ? context.args.slice(1) : ['sh']),
  free,
  sysctl: setting,
};
