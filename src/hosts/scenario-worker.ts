// A worker thread that runs or explores scenarios for the service, one after another.

import { parentPort } from 'node:worker_threads';
import { answerScenario } from './answer-scenario.ts';
import { serveThread } from './warm-thread.ts';

serveThread(parentPort, answerScenario);
