// Every bound of the engine, each with its unit and its reason. Nothing else in src/engine may invent one.

/** Rounds of controllers at one virtual instant before the keys that are still busy are parked. Real chains settle in under 20, ten thousand pods in 200. */
export const SETTLE_ROUNDS_MAX = 2_000;

/** Virtual milliseconds for which a key is parked that does not come to rest at one instant. */
export const SPINNING_PAUSE_MS = 1_000;

/** Virtual milliseconds for which a key or a timer is parked on which the engine failed. */
export const FAILING_PAUSE_MS = 3_600_000;

/** Replacements of pods that one owner makes at an instant without having more pods afterwards (C008); in a second a real client manages about as many. */
export const REPLACEMENTS_PER_INSTANT_MAX = 5;

/** Timer firings at one virtual instant before the engine calls it a livelock; 50 pods' worth of timers per object of the largest cluster. */
export const FIRINGS_PER_INSTANT_MAX = 5_000_000;

/** Watch events one advance slice may produce before it stops at the end of its instant, so that other clusters are served. */
export const CHANGES_PER_SLICE_MAX = 5_000;

/** Timer firings one advance slice may cost, for spans in which much fires and little changes. */
export const FIRINGS_PER_SLICE_MAX = 50_000;

/** Objects one cluster may hold; the service may lower it. Keeps a checkpoint and a reopen within seconds. */
export const OBJECTS_MAX = 200_000;

/** Characters of an object that a client writes, as JSON: etcd's limit of a request (server/embed/config.go, DefaultMaxRequestBytes), which holds bytes. */
export const OBJECT_LENGTH_MAX = 1_572_864;

/** Virtual milliseconds one advance may cover: 10 years. Beyond it dates and ages stop being meaningful. */
export const ADVANCE_SPAN_MS_MAX = 10 * 365 * 24 * 3_600_000;

/** Creations or deletions one ReplicaSet sync may issue (C122, upstream BurstReplicas). */
export const BURST_REPLICAS = 500;

/** Attempts to find an unused generated name (C141). */
export const GENERATE_NAME_ATTEMPTS_MAX = 8;

/** Workloads whose pods the scheduler counts per node at a time; more are counted anew. Bounds its memory, not its answers. */
export const SPREAD_GROUPS_MAX = 4_096;

/** Ended pods that one Job status may list before they are counted (C321, upstream MaxUncountedPods); keeps a status under 20 KB. */
export const UNCOUNTED_PODS_MAX = 500;

/** Commands that clients run in the containers of one cluster at a time. Each is a row of a few KB to some MB. */
export const EXEC_SESSIONS_MAX = 100;

/** Characters of standard input that wait to be read: one message of a client at its largest, and some more. */
export const EXEC_INPUT_LENGTH_MAX = 4 * 1_048_576;

/** Creations or deletions one DaemonSet sync may issue (C404, upstream BurstReplicas of the DaemonSet controller). */
export const BURST_DAEMONS = 250;

/** Faults of a cluster that wait, go on or are over; of those that are over the oldest are forgotten. */
export const FAULTS_MAX = 1_000;

/** Steps of one match of a shell pattern: characters times parts of the pattern, some 100 ms. What would take more does not match. */
export const GLOB_STEPS_MAX = 10_000_000;

/** Steps of one match of a regular expression with back references, which nothing can match in linear time; some 50 ms. */
export const BACK_REFERENCE_STEPS_MAX = 100_000;

/** Characters times instructions that one match of a command in a container may cost: a second at worst, a hundredth of it as a rule. */
export const MATCH_WORK_MAX = 20_000_000;

/** Work of matching that a command does before other processes have their turn. */
export const MATCH_WORK_PER_STEP = 500_000;
