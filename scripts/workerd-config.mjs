// The configuration of one instance of workerd, as text of Cap'n Proto; its schema is workerd.capnp of the package.

/** The day whose behaviour of the runtime is asked for; a newer runtime keeps it. */
const COMPATIBILITY_DATE = '2026-11-01';

/**
 * `worker` is the path of the bundle relative to where the configuration lies, `disk` the folder of the objects. Of a `cluster`: the bucket, its
 * options, the secret of the instances, and the address of this one.
 */
export function workerdConfig({ worker, disk, address, bindings = {}, cluster }) {
  const texts = Object.entries(bindings).map(([name, value]) => `(name = ${text(name)}, ${bound(value)})`);
  return `# Written by the start; changes are lost.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "orrery", worker = .orrery),
    (name = "disk", disk = (path = ${text(disk)}, writable = true)),
  ],
  sockets = [(name = "http", address = ${text(address)}, http = (), service = "orrery")],${cluster === undefined ? '' : clusterOf(cluster)}
);

const orrery :Workerd.Worker = (
  modules = [(name = "worker.js", esModule = embed ${text(worker)})],
  compatibilityDate = ${text(COMPATIBILITY_DATE)},
  durableObjectNamespaces = [
    (className = "ClusterObject", uniqueKey = "orrery-clusters", enableSql = true),
    (className = "FrontObject", uniqueKey = "orrery-fronts", enableSql = true),
    (className = "ScenarioObject", uniqueKey = "orrery-scenarios", enableSql = true),
  ],
  durableObjectStorage = (localDisk = "disk"),
  bindings = [
    (name = "CLUSTERS", durableObjectNamespace = "ClusterObject"),
    (name = "FRONTS", durableObjectNamespace = "FrontObject"),
    (name = "SCENARIOS", durableObjectNamespace = "ScenarioObject"),
    ${texts.join(',\n    ')}
  ],
);
`;
}

function clusterOf({ bucket, options = [], address, advertise, key }) {
  const more = advertise === undefined ? '' : `\n    advertise = ${text(advertise)},`;
  return `
  cluster = (
    bucket = ${text(bucket)},
    bucketOptions = [${options.map(text).join(', ')}],
    address = ${text(address)},${more}
    key = ${text(key)},
  ),`;
}

/** A text, or the name of a variable of the environment: `{ env }`. */
function bound(value) {
  return typeof value === 'string'
    ? `text = ${text(value)}`
    : 'env' in value
      ? `fromEnvironment = ${text(value.env)}`
      : `json = ${text(JSON.stringify(value.json))}`;
}

function text(value) {
  return JSON.stringify(value);
}
