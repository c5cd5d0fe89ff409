// Sentences in lines for people.

const COLUMNS = 100;

/** The lines of a sentence, each behind `indent`. A command of kubectl at its end stays whole, to be copied. */
export function wrap(sentence: string, indent = ''): string[] {
  const [, words = sentence, command] = /^(.*?)(?: (kubectl .*))?$/s.exec(sentence) ?? [];
  const lines: string[] = [];
  let line = '';
  for (const part of [...words.split(' '), ...(command === undefined ? [] : [command])]) {
    if (line !== '' && indent.length + line.length + 1 + part.length > COLUMNS) {
      lines.push(indent + line);
      line = '';
    }
    line = line === '' ? part : `${line} ${part}`;
  }
  return [...lines, indent + line];
}
