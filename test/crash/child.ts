// The process that the crash test kills: it writes, advances and watches without a pause, and says what was acknowledged, a line each.

import { setImmediate as nextTurn } from 'node:timers/promises';
import { writeSync } from 'node:fs';
import { openDirectory } from '../../src/db/directory.ts';
import { createClusterService } from '../../src/service/cluster-service.ts';
import { crashConfig, crashCommand } from './script.ts';

const [folder = '', seed = '1'] = process.argv.slice(2);
const service = createClusterService(openDirectory(folder), { limits: { checkpointCommandsMax: 7, tailChangesMax: 50 } });
const name = `c${seed}`;
if (service.list({ limit: 100 }).items.every((item) => item.name !== name)) service.create(crashConfig(name, Number(seed)));

const cursor = service.watch(name, service.latestRevision(name));
void (async () => {
  for (let changes = await cursor.next(); changes !== undefined; changes = await cursor.next()) {
    const last = changes.at(-1);
    // A watcher must never see what is not stored.
    if (last !== undefined) writeSync(1, `seen ${last.revision}\n`);
  }
})();

const count = Number(service.read(name, (state) => state.tables.get('objects/configmaps')?.rows.size ?? 0));
for (let index = count; ; index += 1) {
  const command = crashCommand(index);
  if (command.type === 'advance') {
    const nowMs = service.read(name, (state) => state.nowMs);
    await service.advance(name, { kind: 'to', toMs: nowMs + command.toMs });
  } else {
    service.execute(name, command);
  }
  const { revision, digest } = service.read(name, (state) => ({ revision: state.revision, digest: state.digest.join('-') }));
  writeSync(1, `ack ${revision} ${digest}\n`);
  await nextTurn();
}
