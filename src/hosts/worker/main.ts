// The module of a worker thread.

import { serveWorker } from './serve-worker.ts';

serveWorker();
