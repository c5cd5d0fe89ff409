// helm 3 and 4 with the charts beside this file: a web application, a database with volumes, and one with a custom resource and hooks.

import { join } from 'node:path';
import { CLIENTS, goProgram, goVersion } from '../support/tools.mjs';
import { changes } from './changes.mjs';
import { lifeOfDatabase } from './database.mjs';
import { lifeOfPlatform } from './platform.mjs';
import { lifeOfWebsite } from './website.mjs';

const COVERS =
  'install, `--wait`, upgrade, rollback, `--atomic`, test, uninstall, history, hooks with weights, CRDs, subcharts, `lookup`, dry runs, drift, refused changes, of three charts';

export const clients = [3, 4].map((major) => ({
  name: `helm ${major}`,
  version: goVersion(`helm.sh/helm/v${major}`),
  covers: COVERS,
  prepare: () => goProgram(`helm${major}`, `helm.sh/helm/v${major}/cmd/helm`),
  run: async (scenario, path) => {
    const helm = new Helm(scenario, path, major);
    await scenario.useCluster({ images: { 'registry.example.com/absent:1.27': { pull: { error: 'not found' } } } });
    for (const part of [lifeOfWebsite, changes, lifeOfDatabase, lifeOfPlatform]) await part(scenario, helm);
  },
}));

class Helm {
  constructor(scenario, path, major) {
    this.scenario = scenario;
    this.path = path;
    this.major = major;
  }

  /** Runs it; a word `chart:NAME` is the chart of that name. */
  run(line, ...more) {
    return this.scenario.run(this.path, this.words(line, more));
  }

  fails(line, ...more) {
    return this.scenario.fails(this.path, this.words(line, more));
  }

  async json(line) {
    return JSON.parse(await this.run(`${line} -o json`));
  }

  /** Revisions of a release with their states, such as `1 superseded, 2 deployed`. */
  async history(release) {
    const revisions = await this.json(`history ${release}`);
    return revisions.map(({ revision, status }) => `${revision} ${status}`).join(', ');
  }

  async release(name) {
    const releases = await this.json(this.major === 3 ? 'list --all' : 'list');
    return releases.find((release) => release.name === name);
  }

  words(line, more) {
    const words = line.split(' ').map((word) => word.replace(/^chart:(.*)$/, (_, name) => join(CLIENTS, 'helm', 'charts', name)));
    return [...words, ...more];
  }
}
