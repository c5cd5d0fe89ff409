// The import ladder of the style guide, section 2: who may import whom. `npm run check` enforces it.

/** A folder may import itself, the listed folders, and the listed packages. */
function ladder(from, folders, packages = []) {
  const own = `^src/${from}/`;
  const allowed = [own, ...folders.map((folder) => `^src/${folder}`)];
  return [
    {
      name: `${from}: folders`,
      severity: 'error',
      comment: `src/${from} may import itself and: ${folders.join(', ') || 'nothing else'}`,
      from: { path: own },
      to: { path: '^src/', pathNot: allowed },
    },
    {
      name: `${from}: packages`,
      severity: 'error',
      comment: `src/${from} may import these packages: ${packages.join(', ') || 'none'}`,
      from: { path: own },
      to: { pathNot: ['^src/', '^\\.', ...packages.map((name) => `^(node_modules/)?(node:)?${name}(/|$)`)] },
    },
  ];
}

const ENGINE = ['engine/kernel/', 'engine/apimachinery/', 'engine/kinds/', 'engine/apiserver/'];
/** Beside the face of the engine, the service layers may read objects and know the words of the kernel. */
const ENGINE_FACE = [
  'engine/cluster/',
  'engine/apimachinery/',
  'engine/kinds/',
  'engine/kernel/(state|store|limits|assert|hash)\\.ts',
  'engine/apiserver/(api|request-types)\\.ts',
  'engine/apiserver/read/',
];

module.exports = {
  forbidden: [
    { name: 'no cycles', severity: 'error', from: {}, to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } } },
    { name: 'resolvable', severity: 'error', from: {}, to: { couldNotResolve: true, pathNot: '^(better-sqlite3-13|cloudflare:workers)$' } },
    {
      name: 'production packages',
      severity: 'error',
      comment: 'what runs in production must not need a development package',
      // The page is bundled whole: nothing of it is installed.
      from: { path: '^src/', pathNot: ['^src/web/'] },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'] },
    },
    ...ladder('engine/kernel', ['engine/apimachinery/text\\.ts']),
    // Patterns from outside are matched by a package that is pure JavaScript and takes linear time.
    ...ladder('engine/apimachinery', [], ['re2js', 'yaml']),
    // The behaviour annotation is YAML, read by a package that is pure JavaScript.
    ...ladder('engine/kinds', ['engine/apimachinery/', 'engine/kernel/assert\\.ts'], ['yaml']),
    ...ladder('engine/apiserver', ENGINE),
    ...ladder('engine/controllers', ENGINE),
    ...ladder('engine/scheduler', ENGINE),
    // The shell and the programs in containers know files, processes and a network that they are given, and nothing of pods. A script is parsed by a package
    // that is pure JavaScript.
    ...ladder('engine/shell', ['engine/kernel/(assert|limits)\\.ts', 'engine/apimachinery/'], ['unbash']),
    // A container knows its pod and its node by the rows that the kubelet keeps of them, and no worker.
    ...ladder('engine/containers', [...ENGINE, 'engine/shell/']),
    ...ladder('engine/kubelet', [...ENGINE, 'engine/shell/', 'engine/containers/']),
    // What explains a cluster reads what its parts know, and changes nothing.
    ...ladder('engine/history', [...ENGINE, 'engine/scheduler/', 'engine/containers/', 'engine/kubelet/', 'engine/controllers/']),
    ...ladder('engine/cluster', ['engine/']),
    ...ladder('service', ENGINE_FACE, ['timers', 'events', 'crypto', 'perf_hooks']),
    ...ladder('front', ['service/(ports|storage|storage-errors|host|limits|token-index|new-row|broken-clusters)\\.ts', 'engine/cluster/']),
    ...ladder(
      'db',
      [...ENGINE_FACE, 'service/(ports|storage|host|new-row)\\.ts'],
      [
        'drizzle-orm',
        'better-sqlite3',
        'better-sqlite3-13',
        '@types/better-sqlite3',
        'fs',
        'module',
        'os',
        'path',
        'url',
        'zlib',
        'crypto',
      ],
    ),
    ...ladder(
      'http',
      ['front/', 'service/', ...ENGINE_FACE],
      [
        'hono',
        '@hono/zod-openapi',
        '@asteasolutions/zod-to-openapi',
        '@hono/node-server',
        'zod',
        'yaml',
        'prom-client',
        'crypto',
        'http',
        'fs',
        'zlib',
      ],
    ),
    // Scenarios run the engine by its face, and read what the service API reads: schemas, manifests, names.
    ...ladder(
      'scenario',
      [...ENGINE_FACE, 'http/(rest|kube)/', 'http/(errors|resource-names)\\.ts', 'service/ports\\.ts'],
      ['zod', 'yaml'],
    ),
    // The page is a client like any other: it has the service API, and nothing else.
    ...ladder(
      'web',
      ['client/'],
      ['preact', '@preact/signals', 'openapi-fetch', '@xterm', '@codemirror', '@lezer', 'yaml', 'swagger-ui-dist', 'uplot'],
    ),
    {
      name: 'kinds are islands',
      severity: 'error',
      from: { path: '^src/engine/kinds/([^/]+)/' },
      to: {
        path: '^src/engine/kinds/[^/]+/',
        pathNot: ['^src/engine/kinds/$1/', '^src/engine/kinds/(shared|fields)/'],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'controllers are islands',
      severity: 'error',
      from: { path: '^src/engine/controllers/([^/]+)/' },
      to: { path: '^src/engine/controllers/[^/]+/', pathNot: ['^src/engine/controllers/$1/', '^src/engine/controllers/shared/'] },
    },
    {
      name: 'zod-openapi only in the service API',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/http/rest/'] },
      to: { path: '@hono/zod-openapi|@asteasolutions/zod-to-openapi' },
    },
    {
      name: 'db and http meet only in a host',
      severity: 'error',
      from: { path: '^src/(http|service|front)/' },
      to: { path: '^src/db/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'node', 'default'] },
  },
};
