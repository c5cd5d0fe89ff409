// The registry of an image.

/** The part before the first slash is one when it looks like a host; other images come from Docker's. */
export function registryOf(image: string): string {
  const [first = '', ...rest] = image.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}
