// `npm run workerd`: bundles the worker and runs one instance of workerd, alone with its own disk, or with others that share a bucket. See docs/operate.md.

import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleWorker, WORKER } from './build-workerd.mjs';
import { endWithNpm } from './end-with-npm.mjs';
import { startWorkerd } from './workerd-instance.mjs';

const HELP = `npm run workerd -- [flags]
  --address <host:port>         where it listens (127.0.0.1:8080)
  --data <folder>               its own disk; made when it is missing (./data-workerd)
  --fronts <number>             objects that share the directory; the same for ever (1, with a bucket 48)
  --default-cluster <name>      cluster whose Kubernetes API is served at the root as well
  --bucket <url>                s3://name/prefix or gs://name/prefix, shared with other instances
  --bucket-option <key=value>   such as aws_endpoint=https://...; once for each; absent: AWS_ENDPOINT_URL and others
  --peer-address <host:port>    where it listens for the other instances: a private network (127.0.0.1:0)
  --peer-advertise <host:port>  where the others reach it, when that is another address
Environment: ORRERY_TOKEN, ORRERY_ALLOWED_HOSTS, ORRERY_ALLOWED_ORIGINS, ORRERY_DEFAULT_CLUSTER; with a bucket ORRERY_CLUSTER_KEY, a secret of all instances of 32 bytes or more.`;

const FRONTS_OF_BUCKET = 48;
const KEY_BYTES_MIN = 32;

const { values } = readFlags({
  address: { type: 'string', default: '127.0.0.1:8080' },
  data: { type: 'string', default: './data-workerd' },
  fronts: { type: 'string' },
  'default-cluster': { type: 'string', default: process.env.ORRERY_DEFAULT_CLUSTER ?? '' },
  bucket: { type: 'string' },
  'bucket-option': { type: 'string', multiple: true, default: [] },
  'peer-address': { type: 'string', default: '127.0.0.1:0' },
  'peer-advertise': { type: 'string' },
  help: { type: 'boolean', default: false },
});
if (values.help) {
  console.log(HELP);
  process.exit(0);
}
const fronts = values.fronts ?? String(values.bucket === undefined ? 1 : FRONTS_OF_BUCKET);
if (!/^[1-9]\d{0,3}$/.test(fronts)) stop(`--fronts ${fronts} is no number from 1 to 9999`);
if (!/^(?:[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)?$/.test(values['default-cluster']))
  stop(`--default-cluster ${values['default-cluster']} is no name of a cluster`);
if (!isLocal(values.address) && !process.env.ORRERY_TOKEN) stop(`Whoever reaches ${values.address} could use it: set ORRERY_TOKEN`);

await bundleWorker();
const folder = resolve(values.data);
mkdirSync(folder, { recursive: true });
const started = startWorkerd({
  folder,
  worker: WORKER,
  address: values.address,
  bindings: {
    FRONT_COUNT: fronts,
    TOKEN: { env: 'ORRERY_TOKEN' },
    ALLOWED_HOSTS: { env: 'ORRERY_ALLOWED_HOSTS' },
    ALLOWED_ORIGINS: { env: 'ORRERY_ALLOWED_ORIGINS' },
    DEFAULT_CLUSTER: values['default-cluster'],
  },
  ...(values.bucket === undefined ? {} : { cluster: clusterOf(values.bucket) }),
  stdio: 'inherit',
});
const { url, child, end } = await started.catch((error) => stop(error.message));
console.log(`Orrery on workerd: ${url}, its disk ${folder}`);
endWithNpm();
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => void end());
child.once('exit', (code) => process.exit(code ?? 0));

function clusterOf(bucket) {
  const key = process.env.ORRERY_CLUSTER_KEY ?? '';
  if (Buffer.byteLength(key) < KEY_BYTES_MIN) stop(`Set ORRERY_CLUSTER_KEY: a secret of all instances, of ${KEY_BYTES_MIN} bytes or more`);
  const advertise = values['peer-advertise'];
  return {
    bucket,
    options: values['bucket-option'],
    address: values['peer-address'],
    ...(advertise === undefined ? {} : { advertise }),
    key,
  };
}

function isLocal(address) {
  return /^(?:127\.\d+\.\d+\.\d+|\[::1\]|localhost):/.test(address);
}

function readFlags(options) {
  try {
    return parseArgs({ options });
  } catch (error) {
    return stop(`${error.message}\n\n${HELP}`);
  }
}

function stop(message) {
  console.error(message);
  process.exit(2);
}
