// OpenAPI Generator, from Maven Central, with a client in Python, one in Go and one in Java. The driver of each is in openapi-generator/, with the packages that
// it needs, pinned. The library of the client in Java is the one that the generator takes unless another one is asked for; `native` cannot have a list among
// alternatives (`nodes` of a cluster: a number, or a list).

import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cached, run } from '../clients/support/tools.mjs';
import { DOCUMENT, HERE } from './places.mjs';

const VERSION = '7.25.0';
const COPY = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';
const DRIVERS = join(HERE, 'openapi-generator');

/** For each language the commands that make, compile and drive its client. */
export const openapiGenerator = {
  'openapi-generator-python': async () => {
    const bin = join(await pythonPackages(), 'bin');
    const place = 'out/openapi-generator-python';
    const driver = join(DRIVERS, 'python', 'session.py');
    return [
      await generate('python', place),
      [join(bin, 'mypy'), ['--cache-dir', 'out/mypy', join(place, 'openapi_client'), driver], { MYPYPATH: place }],
      [join(bin, 'python'), ['-W', 'error', driver], { PYTHONPATH: place }],
    ];
  },
  'openapi-generator-go': async () => {
    const folder = join(DRIVERS, 'go');
    const program = join(HERE, 'out', 'session-go');
    const environment = { GOFLAGS: '-mod=readonly', GOTOOLCHAIN: 'local' };
    return [
      await generate('go', 'out/openapi-generator-go'),
      ['go', ['-C', folder, 'vet', './...', 'github.com/GIT_USER_ID/GIT_REPO_ID'], environment],
      ['go', ['-C', folder, 'build', '-buildvcs=false', '-o', program, '.'], environment],
      [program, []],
    ];
  },
  'openapi-generator-java': async () => {
    const place = 'out/openapi-generator-java';
    const classpath = join(HERE, place, 'classpath.txt');
    const compile = ['-q', '-B', '-f', join(place, 'pom.xml'), 'compile', `${COPY}:build-classpath`, `-Dmdep.outputFile=${classpath}`];
    return [
      await generate('java', place),
      () => copyFileSync(join(DRIVERS, 'java', 'Session.java'), join(HERE, place, 'src', 'main', 'java', 'Session.java')),
      // Tools for its own tests and releases, which the client does not need.
      ['mvn', [...compile, '-Dmaven.compiler.source=17', '-Dmaven.compiler.target=17']],
      () => ['java', ['-cp', `${join(place, 'target', 'classes')}:${readFileSync(classpath, 'utf8').trim()}`, 'Session']],
    ];
  },
};

async function generate(language, place) {
  const jar = join(await generatorFolder(), `openapi-generator-cli-${VERSION}.jar`);
  // Its own tests and pages are not made.
  const parts = '--global-property=models,apis,supportingFiles,modelTests=false,apiTests=false,modelDocs=false,apiDocs=false';
  return ['java', ['-jar', jar, 'generate', '-i', DOCUMENT, '-g', language, '-o', place, parts]];
}

function generatorFolder() {
  const artifact = `org.openapitools:openapi-generator-cli:${VERSION}`;
  return cached('openapi-generator', [], (folder) => run('mvn', ['-q', '-B', `${COPY}:copy`, `-Dartifact=${artifact}`, `-DoutputDirectory=${folder}`]), VERSION);
}

async function pythonPackages() {
  const requirements = '../generators/openapi-generator/python/requirements.txt';
  const make = async (folder) => {
    await run('python3', ['-m', 'venv', folder]);
    await run(join(folder, 'bin', 'pip'), ['install', '-q', '--no-deps', '-r', join(DRIVERS, 'python', 'requirements.txt')]);
  };
  return cached('generators-python', [requirements], make, await run('python3', ['--version']));
}
