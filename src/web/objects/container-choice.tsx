// Which container of a pod is meant, where it has several.

import { text } from '../text/text.ts';

interface Choice {
  readonly names: readonly string[];
  readonly chosen: string | undefined;
  readonly onChoose: (name: string) => void;
}

export function ContainerChoice({ names, chosen, onChoose }: Choice) {
  if (names.length < 2) return null;
  return (
    <select aria-label={text.timeline.container} value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
      {names.map((name) => (
        <option key={name} value={name}>
          {name}
        </option>
      ))}
    </select>
  );
}
