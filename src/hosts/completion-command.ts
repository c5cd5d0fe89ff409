// `orrery completion bash|zsh|fish`: a script that a shell reads, so that it completes commands, flags, their values and files. All three are written from the
// declarations of the commands.

import { FAULT_TYPES } from '../scenario/schema.ts';
import { COMMON_FLAGS } from './cluster-command.ts';
import { CLUSTER_COMMANDS } from './cluster-commands.ts';
import { COMMANDS, type Flags, SHELLS } from './commands.ts';
import { ConfigError, LOG_LEVELS, SETTINGS } from './config.ts';

interface Completed {
  readonly name: string;
  readonly summary: string;
  readonly flags: readonly CompletedFlag[];
  /** Words that can stand behind it; undefined: files. */
  readonly words: readonly string[] | undefined;
}

interface CompletedFlag {
  readonly name: string;
  readonly short: string | undefined;
  readonly takesValue: boolean;
  /** Values that it can have; undefined: any, among them files. */
  readonly values: readonly string[] | undefined;
  /** Whether it takes several, with commas between them. */
  readonly isList: boolean;
}

/** Values of flags, whatever the command. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  depth: ['1', '2'],
  faults: FAULT_TYPES,
  'log-format': ['json', 'pretty', 'auto'],
  'log-level': LOG_LEVELS,
  rate: ['manual', 'auto'],
  secrets: ['replace', 'keep'],
  statuses: ['drop', 'keep'],
};

/** Flags that take several values, with commas between them. */
const LISTS: ReadonlySet<string> = new Set(['faults']);

/** The script for a shell. Fails: ConfigError. */
export function completionOf(shell: string | undefined): string {
  const commands = declared();
  switch (shell) {
    case 'bash':
      return bash(commands);
    case 'zsh':
      return zsh(commands);
    case 'fish':
      return fish(commands);
    default:
      throw new ConfigError(`completion takes one of ${SHELLS.join(', ')}, as in: source <(orrery completion bash)`);
  }
}

function declared(): readonly Completed[] {
  const own = Object.entries(COMMANDS).map(([name, { summary, flags, takesSettings, takes }]) => ({
    name,
    summary,
    flags: [
      ...flagsOf(name, flags),
      ...(takesSettings === true ? Object.keys(SETTINGS).map((one) => flagOf(name, one, undefined, true)) : []),
    ],
    words: takes === 'files' ? undefined : takes === 'nothing' ? [] : takes,
  }));
  const ofClusters = Object.entries(CLUSTER_COMMANDS).map(([name, { help, options = {} }]) => ({
    name,
    summary: (/^[^.;:(]+/.exec(help)?.[0] ?? help).trim(),
    flags: flagsOf(name, { ...options, ...COMMON_FLAGS }),
    words: undefined,
  }));
  return [...own, ...ofClusters].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function flagsOf(command: string, flags: Flags): CompletedFlag[] {
  return Object.entries(flags).map(([name, { type, short }]) => flagOf(command, name, short, type === 'string'));
}

function flagOf(command: string, name: string, short: string | undefined, takesValue: boolean): CompletedFlag {
  const values = name === 'output' && command !== 'openapi' ? ['json'] : VALUES[name];
  return { name, short, takesValue, values, isList: LISTS.has(name) };
}

const spelled = ({ name, short }: CompletedFlag): string[] => [`--${name}`, ...(short === undefined ? [] : [`-${short}`])];

function bash(commands: readonly Completed[]): string {
  const flagLines = commands.map(({ name, flags }) => `    ${name}) words='${flags.flatMap(spelled).join(' ')}' ;;`);
  const wordLines = commands.flatMap(({ name, words }) => (words === undefined ? [] : [`    ${name}) words='${words.join(' ')}' ;;`]));
  const valueLines = commands.flatMap(({ name, flags }) =>
    flags.flatMap((flag) => {
      if (!flag.takesValue) return [];
      const patterns = spelled(flag).map((one) => `${name}:${one}`);
      const offer = flag.values === undefined ? 'files=1' : `words='${flag.values.join(' ')}'${flag.isList ? ' list=1' : ''}`;
      return [`    ${patterns.join('|')}) ${offer} ;;`];
    }),
  );
  return lines(
    '# Completion of orrery for bash: source <(orrery completion bash)',
    '_orrery() {',
    '  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]} words= files= list= before=',
    '  COMPREPLY=()',
    '  if [ "$COMP_CWORD" -eq 1 ]; then',
    `    COMPREPLY=($(compgen -W '${commands.map(({ name }) => name).join(' ')} --help --version' -- "$current"))`,
    '    return',
    '  fi',
    '  case "$command:$previous" in',
    ...valueLines,
    '  esac',
    '  if [ -z "$words$files" ]; then',
    '    case "$current" in',
    '    -*) case "$command" in',
    ...flagLines.map((line) => `  ${line}`),
    '      esac ;;',
    '    *) files=1; case "$command" in',
    ...wordLines.map((line) => `  ${line.replace(' ;;', '; files= ;;')}`),
    '      esac ;;',
    '    esac',
    '  fi',
    '  if [ -n "$list" ] && [ "$current" != "${current%,*}" ]; then before=${current%,*},; fi',
    '  if [ -n "$files" ]; then COMPREPLY=($(compgen -f -- "$current")); else COMPREPLY=($(compgen -P "$before" -W "$words" -- "${current#"$before"}")); fi',
    '}',
    'complete -o filenames -F _orrery orrery',
  );
}

/** In single quotes, where zsh and fish take brackets and quotes for what they are. */
const quoted = (word: string): string => `'${word.replace(/'/g, "'\\''")}'`;

function zsh(commands: readonly Completed[]): string {
  const cases = commands.flatMap(({ name, flags, words }) => [
    `  ${name})`,
    '    _arguments \\',
    ...flags.flatMap((flag) =>
      spelled(flag).map((one) => {
        const { values = [], isList } = flag;
        const several = isList ? `:value:_values -s , value ${values.join(' ')}` : `:value:(${values.join(' ')})`;
        const value = !flag.takesValue ? '' : flag.values === undefined ? ':value:_files' : several;
        return `      ${quoted(`*${one}${value}`)} \\`;
      }),
    ),
    `      ${quoted(words === undefined ? '*:file:_files' : `*:word:(${words.join(' ')})`)}`,
    '    ;;',
  ]);
  return lines(
    '#compdef orrery',
    '# Completion of orrery for zsh: source <(orrery completion zsh)',
    '_orrery() {',
    '  local -a commands',
    `  commands=(${commands.map(({ name, summary }) => quoted(`${name}:${summary}`)).join(' ')})`,
    '  if (( CURRENT == 2 )); then',
    '    _describe command commands',
    '    return',
    '  fi',
    '  local command=$words[2]',
    '  shift words',
    '  (( CURRENT-- ))',
    '  case $command in',
    ...cases,
    '  esac',
    '}',
    'compdef _orrery orrery',
  );
}

function fish(commands: readonly Completed[]): string {
  return lines(
    '# Completion of orrery for fish: orrery completion fish | source',
    ...commands.map(({ name, summary }) => `complete -c orrery -f -n __fish_use_subcommand -a ${name} -d ${quoted(summary)}`),
    ...commands.flatMap(({ name, flags, words }) => {
      const here = `complete -c orrery -n ${quoted(`__fish_seen_subcommand_from ${name}`)}`;
      const behind = words === undefined ? [] : [`${here} -f${words.length === 0 ? '' : ` -a ${quoted(words.join(' '))}`}`];
      return [
        ...behind,
        ...flags.map((flag) => {
          const short = flag.short === undefined ? '' : ` -s ${flag.short}`;
          const { values = [], isList } = flag;
          const offered = isList ? `(__fish_complete_list , "printf '%s\\n' ${values.join(' ')}")` : values.join(' ');
          const value = !flag.takesValue ? '' : flag.values === undefined ? ' -r -F' : ` -x -a ${quoted(offered)}`;
          return `${here} -l ${flag.name}${short}${value}`;
        }),
      ];
    }),
  );
}

const lines = (...all: readonly string[]): string => `${all.join('\n')}\n`;
