// fabric8's client for Java: its jars by Maven, and a program of one file that java compiles as it starts.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLIENTS, cached, run } from '../support/tools.mjs';

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies';

export const clients = [
  {
    name: 'fabric8',
    version: /<artifactId>kubernetes-client<\/artifactId>\s*<version>(.*)<\/version>/.exec(
      readFileSync(join(CLIENTS, 'fabric8', 'pom.xml'), 'utf8'),
    )[1],
    covers:
      'typed and generic objects, edit, patches, server-side apply, scale, restart, waits, watches over WebSocket, informers, exec, copies of files, logs, port-forward, typed custom resources, leader election, eviction',
    prepare: () =>
      cached('fabric8', ['fabric8/pom.xml'], (folder) =>
        run('mvn', ['-q', '-B', '-f', join(CLIENTS, 'fabric8', 'pom.xml'), PLUGIN, `-DoutputDirectory=${folder}`]),
      ),
    run: async (scenario, jars) => {
      await scenario.useCluster();
      await scenario.runProgram('java', ['-cp', join(jars, '*'), join(CLIENTS, 'fabric8', 'Scenario.java')]);
    },
  },
];
