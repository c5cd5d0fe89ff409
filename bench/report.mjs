// What a run of the bench says: rows as they come, figures with their aims for whoever compares, and the table in docs/performance.md.

import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';

/** Figures in the order in which they were measured. */
export const figures = [];
const current = { group: '', label: '' };

/** Begins a group of rows. */
export function begin(name) {
  current.group = name;
  console.log(name);
}

/** Something to read. */
export function row(label, value) {
  console.log(`  ${label.padEnd(72)} ${value}`);
}

/**
 * A figure that can be compared. `aim` is the most that it may be, or of a rate (its unit ends with `/s`) the least. One whose label is indented is about
 * what the figure above it is about.
 */
export function figure(label, value, unit, aim) {
  if (!label.startsWith(' ')) current.label = label;
  const whole = label.startsWith(' ') ? `${current.label}: ${label.trim()}` : label;
  const found = { group: current.group, label: whole, value, unit, ...(aim === undefined ? {} : { aim }) };
  figures.push(found);
  const wanted =
    aim === undefined ? '' : ` (aim: ${isRate(unit) ? 'at least' : 'at most'} ${textOf(aim, unit)}${isMet(found) ? '' : ', missed'})`;
  row(label, `${textOf(value, unit)}${wanted}`);
}

const isRate = (unit) => unit.endsWith('/s');
const isMet = ({ value, unit, aim }) => (isRate(unit) ? value >= aim : value <= aim);

function textOf(value, unit) {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const number = Number(value.toFixed(digits)).toLocaleString('en');
  return isRate(unit) ? `${number}${unit}` : `${number} ${unit}`;
}

export const writeFigures = (file) => writeFileSync(file, `${JSON.stringify(figures, undefined, 2)}\n`);

const BEGIN = '<!-- figures: written by `npm run bench -- --write` -->';
const END = '<!-- end of figures -->';

/** Puts the figures between their marks in a page; those of groups that were not measured stay. */
export function writeTable(file) {
  const page = readFileSync(file, 'utf8');
  const [head, rest] = page.split(BEGIN);
  const [before, tail] = rest.split(END);
  const day = new Date().toISOString().slice(0, 10);
  const measured = new Set(figures.map(({ group: name }) => name));
  const kept = before.split('\n').filter((line) => /^\| (?!group|---)/.test(line) && !measured.has(line.split('|')[1].trim()));
  const lines = figures.map((one) => {
    const aim = one.aim === undefined ? '' : `${textOf(one.aim, one.unit)}${isMet(one) ? '' : ' **missed**'}`;
    return `| ${one.group} | ${one.label} | ${textOf(one.value, one.unit)} | ${aim} | ${day} |`;
  });
  const [{ model }] = cpus();
  const machine = `Machine of the newest rows: ${cpus().length} cores of ${model.replace(/\s+/g, ' ')}, Node ${process.versions.node}, ${process.platform}.`;
  const table = ['| group | what | measured | aim | day |', '|---|---|---|---|---|', ...kept, ...lines];
  writeFileSync(file, `${head}${BEGIN}\n\n${machine}\n\n${table.join('\n')}\n\n${END}${tail}`);
}

/** Measures another build beside this one, in turns, and says how this one's figures stand to the other's: the median of the pairs. */
export async function compare(here, other, groups, pairs) {
  const folder = mkdtempSync(join(tmpdir(), 'orrery-compare-'));
  const ratios = new Map();
  try {
    for (let pair = 0; pair < pairs; pair += 1) {
      // Who goes first takes turns, too.
      const builds = pair % 2 === 0 ? [here, other] : [other, here];
      const found = new Map();
      for (const build of builds) found.set(build, await measureBuild(build, groups, join(folder, 'figures.json')));
      for (const one of found.get(here)) {
        const before = found.get(other).find(({ label, group: name }) => label === one.label && name === one.group);
        if (before === undefined || before.value === 0) continue;
        const key = `${one.group}: ${one.label}`;
        ratios.set(key, [...(ratios.get(key) ?? []), { ratio: one.value / before.value, one, before }]);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  begin(`this build against ${other}, ${pairs} pairs`);
  for (const [key, found] of ratios) {
    const { ratio, one, before } = found.sort((a, b) => a.ratio - b.ratio)[Math.floor(found.length / 2)];
    row(key, `${ratio.toFixed(2)} x (${textOf(one.value, one.unit)} against ${textOf(before.value, before.unit)})`);
  }
}

async function measureBuild(build, groups, file) {
  const child = spawn(process.execPath, [...process.execArgv, build, ...groups, '--json', file], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const code = await new Promise((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`${build} ended with ${code}`);
  return JSON.parse(readFileSync(file, 'utf8'));
}
