// The list of keys.

import { text } from '../text/text.ts';
import { Dialog } from './dialog.tsx';
import { isHelpOpen } from './keys.ts';

export function KeysDialog() {
  const { keys } = text;
  const rows: readonly (readonly [string, string])[] = [
    ['?', keys.help],
    ['g', keys.home],
    ['n', keys.create],
    ['p', keys.playPause],
    ['s', keys.step],
    ['1', keys.seconds],
    ['2', keys.minute],
    ['3', keys.hour],
    ['a', keys.apply],
    ['b', keys.present],
    ['x', keys.closeInspector],
    ['f', keys.break],
    ['Shift+F10', keys.menu],
    ['← → ↑ ↓', keys.pan],
    ['+', keys.zoomIn],
    ['−', keys.zoomOut],
    ['0', keys.all],
    ['Enter', keys.fold],
    ['← → PgUp PgDn', keys.moment],
  ];
  return (
    <Dialog title={text.shortcuts} onClose={() => (isHelpOpen.value = false)}>
      <dl class="keys">
        {rows.map(([key, meaning]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
