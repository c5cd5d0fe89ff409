// What a client's scenario is given: clusters of the service, commands that run with a home and a kubeconfig of their own, and steps that are counted.

import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './tools.mjs';

/** No command of a scenario takes longer. */
const COMMAND_MS = 300_000;

export class Scenario {
  constructor(url, name) {
    this.url = url;
    this.name = name;
    /** Titles of the steps that held. */
    this.held = [];
    this.place = mkdtempSync(join(tmpdir(), 'orrery-client-'));
    this.env = { ...process.env, HOME: join(this.place, 'home'), KUBECONFIG: join(this.place, 'kubeconfig') };
    mkdirSync(this.env.HOME);
    this.made = 0;
  }

  /** Makes a cluster, whose clock runs while somebody waits unless the body says otherwise, and the kubeconfig of all later commands. */
  async useCluster(body = {}) {
    const slug = this.name
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replace(/^-/, '');
    this.cluster = `${slug}-${this.made++}`;
    const spec = { name: this.cluster, clock: { mode: 'running', rate: 'auto' }, ...body };
    await this.ask('/v1/clusters', { method: 'POST', body: JSON.stringify(spec) });
    const kubeconfig = await this.ask(`/v1/clusters/${this.cluster}/kubeconfig`);
    writeFileSync(this.env.KUBECONFIG, kubeconfig, { mode: 0o600 });
  }

  /** Runs a part of the scenario. Fails: with the title of the part. */
  async step(title, body) {
    try {
      await body();
    } catch (error) {
      throw new Error(`${title}: ${error.message}`, { cause: error });
    }
    this.held.push(title);
  }

  /** Standard output of a command that succeeds. */
  run(command, args, options = {}) {
    return run(command, args, { cwd: this.place, timeout: COMMAND_MS, ...options, env: { ...this.env, ...options.env } });
  }

  /** What a command printed that fails; it is an error when it succeeds. */
  async fails(command, args, options = {}) {
    const output = await this.run(command, args, options).catch((error) => error);
    assert(output instanceof Error, `${command} ${args.join(' ')} succeeds, and should not:\n${output}`);
    return output.message;
  }

  /** Runs a program that drives the scenario itself and prints `ok <title>`, or what else the pattern says, for each step that held. */
  async runProgram(command, args, { pattern = /^ok (.+)$/gm, ...options } = {}) {
    const output = await this.run(command, args, options);
    const steps = [...output.matchAll(pattern)].map((line) => line[1]);
    assert(steps.length > 0, `${command} tells of no step:\n${output}`);
    this.held.push(...steps);
  }

  /** An object of the cluster by its path in the Kubernetes API, or undefined. */
  async get(path) {
    const response = await fetch(`${this.url}/clusters/${this.cluster}${path}`);
    if (response.status === 404) return undefined;
    assert.equal(response.status, 200, `${path}: ${await response.clone().text()}`);
    return response.json();
  }

  /** Names of the objects of a list, sorted. */
  async names(path) {
    const { items } = await this.get(path);
    return items.map((item) => item.metadata.name).sort();
  }

  async ask(path, init = {}) {
    const response = await fetch(`${this.url}${path}`, { ...init, headers: { 'content-type': 'application/json' } });
    const text = await response.text();
    assert(response.ok, `${path}: ${response.status} ${text}`);
    return text;
  }

  close() {
    rmSync(this.place, { recursive: true, force: true });
  }
}

/** Fails when the text lacks one of the words. */
export function says(text, ...words) {
  for (const word of words) assert(text.includes(word), `no "${word}" in:\n${text}`);
}
