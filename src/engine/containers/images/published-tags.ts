// Which tags the registry has of the official images of the catalogue, as far as that can be told from a tag. Rule: K930.
// Upstream: docker-library/official-images. Omits patch releases and combinations of variants that were never made: those are taken to be there.

import { memoize } from '../../apimachinery/memoize.ts';
import { normalizeReference } from './catalogue.ts';

type Version = readonly [major: number, minor: number];

/** The oldest version that is published, and the newest that one can think of while this model is in use. */
const VERSIONS: Readonly<Record<string, { readonly oldest: Version; readonly newest: Version }>> = {
  alpine: { oldest: [2, 6], newest: [3, 39] },
  bash: { oldest: [3, 0], newest: [5, 9] },
  busybox: { oldest: [1, 21], newest: [1, 49] },
  debian: { oldest: [6, 0], newest: [15, 99] },
  httpd: { oldest: [2, 2], newest: [2, 4] },
  mariadb: { oldest: [5, 5], newest: [15, 99] },
  memcached: { oldest: [1, 4], newest: [1, 9] },
  mongo: { oldest: [2, 2], newest: [12, 9] },
  mysql: { oldest: [5, 5], newest: [12, 9] },
  nginx: { oldest: [1, 7], newest: [1, 49] },
  perl: { oldest: [5, 18], newest: [5, 69] },
  postgres: { oldest: [8, 4], newest: [24, 99] },
  python: { oldest: [2, 7], newest: [3, 39] },
  redis: { oldest: [2, 6], newest: [12, 9] },
  ubuntu: { oldest: [10, 4], newest: [34, 10] },
};

/** Words of which tags are made, beside numbers: channels, variants, and the systems that images are built on. */
const WORDS: ReadonlySet<string> = new Set(
  [
    'latest stable mainline edge lts innovation rolling devel unstable testing experimental oldstable oldoldstable rc beta alpha dev nightly',
    'alpine debian ubuntu slim perl otel threaded glibc musl uclibc oraclelinux oracle ol ubi windowsservercore nanoserver ltsc backports updates',
    'squeeze wheezy jessie stretch buster bullseye bookworm trixie forky duke sid buggy',
    'lucid precise trusty xenial bionic cosmic disco eoan focal groovy hirsute impish jammy kinetic lunar mantic noble oracular plucky questing',
  ].flatMap((line) => line.split(' ')),
);

/** K930: false for a tag that the publisher of an official image never gave: a version it has not reached, or a word that it does not use. */
export const isPublished = memoize((image: string): boolean => {
  const parts = /^docker\.io\/library\/(?<name>[^:@/]+):(?<tag>[^@]+)$/.exec(normalizeReference(image) ?? '')?.groups;
  const { name = '', tag = '' } = parts ?? {};
  const range = Object.hasOwn(VERSIONS, name) ? VERSIONS[name] : undefined;
  if (range === undefined) return true;
  const [first = '', ...variants] = tag.split('-');
  return (/^v?\d/.test(first) ? isWithin(first, range) : isWord(first)) && variants.every(isWord);
});

function isWord(part: string): boolean {
  if (/^\d/.test(part)) return true;
  return WORDS.has(part.replace(/[\d.]+$/, ''));
}

/** `1`, `1.27`, `1.27.3` and `3.13.0rc1`; a number of eight digits is a date. */
function isWithin(text: string, { oldest, newest }: { readonly oldest: Version; readonly newest: Version }): boolean {
  if (/^\d{8}(?:\.\d+)?$/.test(text)) return true;
  const numbers = /^(?<major>\d+)(?:\.(?<minor>\d+))?(?:\.\d+)*(?:(?:a|b|rc)\d+)?$/.exec(text)?.groups;
  if (numbers === undefined) return false;
  const major = Number(numbers['major']);
  const minor = numbers['minor'] === undefined ? undefined : Number(numbers['minor']);
  if (minor === undefined) return major >= oldest[0] && major <= newest[0];
  return compare([major, minor], oldest) >= 0 && compare([major, minor], newest) <= 0;
}

function compare(a: Version, b: Version): number {
  return a[0] - b[0] || a[1] - b[1];
}
