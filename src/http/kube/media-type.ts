// Accept and Content-Type headers, as far as a Kubernetes API server looks at them. Rules: D1-D3, D5, D6, B6, X11.

/** One media range: `application/json;as=Table;v=v1;g=meta.k8s.io`. Type and parameter names are lower case. */
export interface MediaType {
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** The alternatives of an Accept header, most wanted first; an absent header accepts everything. */
export function parseAccept(header: string | undefined | null): readonly MediaType[] {
  if (header === undefined || header === null || header.trim() === '') return [{ type: '*/*', parameters: {} }];
  const alternatives = header
    .split(',')
    .map(parseMediaType)
    .filter((media) => media.type !== '');
  // A stable sort: alternatives of equal quality keep their order.
  return alternatives.sort((a, b) => qualityOf(b) - qualityOf(a)).filter((media) => qualityOf(media) > 0);
}

/** A Content-Type header; empty when there is none. */
export function parseMediaType(text: string): MediaType {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const entries = parameters
    .filter((part) => part !== '')
    .map((part): [string, string] => {
      const equals = part.indexOf('=');
      if (equals < 0) return [part.toLowerCase(), ''];
      return [
        part.slice(0, equals).trim().toLowerCase(),
        part
          .slice(equals + 1)
          .trim()
          .replace(/^"(.*)"$/, '$1'),
      ];
    });
  return { type: type.toLowerCase(), parameters: Object.fromEntries(entries) };
}

function qualityOf(media: MediaType): number {
  const quality = Number(media.parameters['q'] ?? '1');
  return Number.isFinite(quality) ? quality : 0;
}

/** Whether the range accepts `type`: `*` for both parts, `application/*` or the type itself. */
export function acceptsType(media: MediaType, type: string): boolean {
  return media.type === '*/*' || media.type === type || (media.type.endsWith('/*') && type.startsWith(media.type.slice(0, -1)));
}
