// What bash has beside the shell of POSIX: arrays, matches, braces, process substitution, references, connections.

import { describe, expect, it } from 'vitest';
import { documented } from '../support/documented.ts';
import { runScript } from '../support/scripts.ts';

const bash = (script: string): string => runScript(script, { flavor: 'bash' }).output.join('');

describe('K926 arrays', () => {
  it.each<[string, string]>([
    ['w=(red green blue); echo "${w[1]} of ${#w[@]}" $w; for x in "${w[@]}"; do echo $x; done', 'green of 3 red\nred\ngreen\nblue\n'],
    ['a=(x "y z" [5]=q); a+=(r); echo "${!a[@]}|${a[*]}|${a[-1]}"', '0 1 5 6|x y z q r|r\n'],
    ['a[3]=d; a[1]=b; i=2; a[i+1]+=e; echo "${a[@]}" ${#a[3]} ${a[$i]-none}', 'b de 2 none\n'],
    ['a=(1 2 3 4 5); echo ${a[@]:1:2} ${a[@]: -2} ${a[@]/3/x}', '2 3 4 5 1 2 x 4 5\n'],
    ['a=(one two); echo "${a[@]^}" "${a[@]#o}"; unset "a[0]"; echo ${#a[@]} ${a[0]-gone}', 'One Two ne two\n1 gone\n'],
    ['declare -A m; m[a]=1; m["b c"]=2; echo ${m[a]} "${m[b c]}" "${!m[@]}"; k=a; echo ${m[$k]}', '1 2 a b c\n1\n'],
    ['declare -A m=([x]=1 [y]=2); m[x]+=0; for k in "${!m[@]}"; do echo $k=${m[$k]}; done; [[ -v m[y] ]] && echo has', 'x=10\ny=2\nhas\n'],
    [
      'a=(3 4); echo $((a[0] + a[1])); ((a[1]++)); echo ${a[1]}; declare -A c; for w in x y x; do ((c[$w]++)); done; echo ${c[x]}',
      '7\n5\n2\n',
    ],
    ['a=(); echo "${a[@]}" ${#a[@]}; set -- "${a[@]}"; echo $#', '0\n0\n'],
    ['f() { local -a l=(1 2); local -A m=([k]=v); echo ${#l[@]} ${m[k]}; }; l=x; f; echo $l', '2 v\nx\n'],
    ['add() { local -n r=$1; r+=(z); }; a=(y); add a; echo "${a[@]}"', 'y z\n'],
    ['declare -p x 2>/dev/null || echo no; a=(1 "b c"); declare -p a', 'no\ndeclare -a a=([0]="1" [1]="b c")\n'],
    ['printf \'a\\nb c\\n\' >/tmp/f; mapfile -t l </tmp/f; echo ${#l[@]} "${l[1]}"; readarray -t l < <(seq 3); echo ${l[2]}', '2 b c\n3\n'],
    [
      'read -ra w <<<"a b c"; echo ${w[2]}; IFS=, read -r x y <<<"1,2,3"; echo $x $y; IFS=: read -ra p <<<"a:b"; echo ${#p[@]}',
      'c\n1 2,3\n2\n',
    ],
    ['true | false | true; echo "${PIPESTATUS[@]}"', '0 1 0\n'],
    ['x=(a b); (x[0]=c; echo ${x[0]}); echo ${x[0]}', 'c\na\n'],
    ['set -- a b c; echo "${@:2}" "${@: -1}" ${#@}; n=x; x=v; echo ${!n} ${!#}', 'b c c 3\nv c\n'],
    ['a=("${a[@]}" b "$(echo c d)"); echo ${#a[@]}; export A=1; env | grep -c ^A=', '2\n1\n'],
  ])('%s', (script, output) => {
    expect(bash(script)).toBe(output);
  });
});

describe('K926 other constructs', () => {
  it.each<[string, string]>([
    ['[[ web-7 =~ -([0-9]+)$ ]] && echo ${BASH_REMATCH[1]} ${BASH_REMATCH[0]}; [[ x =~ y ]] || echo ${#BASH_REMATCH[@]}', '7 -7\n0\n'],
    [
      'echo {1..3} x{a,b}y {01..03} {3..1} {a..e..2} "{a,b}" {x}; echo ${HOME}{1,2}',
      '1 2 3 xay xby 01 02 03 3 2 1 a c e {a,b} {x}\n/root1 /root2\n',
    ],
    ['v=q; echo {${v},"a b"}{1,2}; mkdir -p /tmp/{a,b}; ls /tmp; for i in {1..2}; do echo $i; done', 'q1 q2 a b1 a b2\na\nb\n1\n2\n'],
    ['for ((i = 0; i < 3; i++)); do ((i == 1)) && continue; echo $i; done; for ((;;)); do break; done; echo $i', '0\n2\n3\n'],
    ['diff() { cat $1 $2; }; diff <(echo a) <(echo b); while read -r x; do n=$x; done < <(seq 2); echo $n', 'a\nb\n2\n'],
    ['printf -v s "%03d" 7; echo $s; let j=2+3 k=j*2; echo $j $k; declare -i n=4*2; echo $n; x=n; echo $((x + 1))', '007\n5 10\n8\n9\n'],
    ['echo ${RANDOM} $HOSTNAME; s=hello; echo ${s:1:3} ${s: -2} ${s^^} ${s:$((1+1))}', '42 web-0\nell lo HELLO llo\n'],
    ['read -d, x <<<"a,b"; echo $x; read -n 2 y <<<"xyz"; echo $y; read -t 1 z </dev/null || echo $?', 'a\nxy\n1\n'],
  ])('%s', (script, output) => {
    expect(bash(script)).toBe(output);
  });

  it('K926 what is not known fails where it is executed', () => {
    const { output, exitCode } = runScript(
      'echo first; if false; then coproc cat; fi; echo second; select x in a; do :; done; echo never',
      { flavor: 'bash' },
    );
    expect(output).toEqual(['first\n', 'second\n', '!sh: line 1: select is not supported\n']);
    expect(exitCode).toBe(127);
  });

  it('K926 other shells have no braces, and bash has them in every image', () => {
    expect(runScript('echo {1..3}; bash -c "echo {1..3}"', { flavor: 'busybox' }).output.join('')).toBe('{1..3}\n1 2 3\n');
  });

  it('K926 braces that stand for very many words stay as they are', () => {
    expect(bash('echo {1..1000000} | wc -c')).toBe('13\n');
  });

  it('K926 a shell that holds arrays has bounded memory', () => {
    const { exitCode } = runScript('a=(x); while true; do a+=("${a[@]}"); done', { flavor: 'bash' });
    expect(exitCode).toBe(137);
  });
});

describe('K926 in clusters', () => {
  const pod = (name: string, image: string, command: string, more = ''): string => `
apiVersion: v1
kind: Pod
metadata: {name: ${name}}
spec:
  restartPolicy: Never
  containers: [{name: c, image: ${image}, command: [bash, -c, ${JSON.stringify(command)}]${more}}]
`;
  documented(
    'the ordinal of a host name',
    pod(
      'unit-7',
      'bash:5',
      '[[ $HOSTNAME =~ -([0-9]+)$ ]] || exit 1; echo ordinal ${BASH_REMATCH[1]}; declare -A m; m[a]=1; echo ${m[a]} {1..3}',
    ),
    [{ at: 20, shows: '0/1 Completed 0', log: ['ordinal 7', '1 1 2 3'] }],
  );
  documented(
    'the word of an index',
    pod(
      'pick',
      'debian',
      'words=(red green blue); echo "${words[$JOB_COMPLETION_INDEX]} of ${#words[@]}"',
      ', env: [{name: JOB_COMPLETION_INDEX, value: "1"}]',
    ),
    [{ at: 20, log: ['green of 3'] }],
  );
  documented(
    'a connection as a probe',
    `
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  containers: [{name: c, image: nginx, readinessProbe: {exec: {command: [bash, -c, "exec 3<>/dev/tcp/localhost/80"]}, periodSeconds: 5}}]
`,
    [{ at: 20, shows: '1/1 Running 0' }],
  );
  documented(
    'a request by hand, and nobody',
    `
apiVersion: v1
kind: Pod
metadata: {name: p}
spec:
  restartPolicy: Never
  containers:
  - {name: web, image: nginx}
  - name: c
    image: debian
    command: [bash, -c, 'sleep 5; exec 3<>/dev/tcp/localhost/80; printf "GET / HTTP/1.1\\r\\nHost: x\\r\\n\\r\\n" >&3; head -1 <&3; (: </dev/tcp/localhost/81) || echo closed']
`,
    [
      {
        at: 20,
        container: 'c',
        log: [
          'HTTP/1.1 200 OK\r',
          'bash: connect: Connection refused',
          'bash: line 1: /dev/tcp/localhost/81: Connection refused',
          'closed',
        ],
      },
    ],
  );
});
