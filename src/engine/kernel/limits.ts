// The bounds of the engine, each with its unit and its reason: what keeps its loops, queues, logs and objects finite, and what a user may meet as a limit.
// Numbers of upstream (the endpoints of a slice, the longest back-off) stand where they are used, and so do bounds that one file sets for itself.

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

/** Bytes of one argument or variable of a process, as Linux has it (MAX_ARG_STRLEN); what is longer cannot be executed. */
export const ARGUMENT_LENGTH_MAX = 131_071;

/** Bytes of all arguments and variables of a process, as Linux has it with its usual stack. */
export const ARGUMENTS_LENGTH_MAX = 2 * 1_048_576;

/** Characters of a script that is read at once: what one argument may have. Keeps reading one under a second. */
export const SCRIPT_LENGTH_MAX = ARGUMENT_LENGTH_MAX;

/** Substitutions and groups inside each other in a script. A parser reads what is inside again and again. */
export const SCRIPT_DEPTH_MAX = 60;

/** Here-documents and functions of one script; each is looked for again by the ones before it. */
export const SCRIPT_PARTS_MAX = 500;

/** Operators inside each other in an arithmetic expression. */
export const ARITHMETIC_DEPTH_MAX = 500;

/** Characters of all script texts whose programs are remembered. */
export const PROGRAMS_LENGTH_MAX = 4 * 1_048_576;

/** Script texts that a session has; those that nothing refers to go. */
export const SOURCES_MAX = 256;

/** Characters that the processes of one session hold in variables, pipes and words. Beyond it the container's memory is used up. */
export const SESSION_MEMORY_MAX = 8 * 1_048_576;

/** Characters that all sessions and all files of one cluster hold. Beyond it files do not grow and the session that grows is ended. */
export const CLUSTER_MEMORY_MAX = 256 * 1_048_576;

/** Characters that are written until memory is counted anew. */
export const MEMORY_COUNT_EVERY = 1_048_576;

/** Characters of one file of a container. */
export const FILE_LENGTH_MAX = 1_048_576;

/** Characters of all files of one volume or container, and how many they are. */
export const TREE_LENGTH_MAX = 16 * 1_048_576;
export const TREE_FILES_MAX = 10_000;

/** Work of scripts is counted in instructions; this many characters that are copied or read count as one. */
export const CHARACTERS_PER_WORK = 256;

/** Work of a session between two waits of a virtual millisecond: some 10 ms. */
export const WORK_PER_TURN = 4_000;

/** Work that a session can do at once when it has waited long enough: loops of ten thousand turns. */
export const WORK_CREDIT_MAX = 250_000;

/** Work that a client's command can do at once, as its client waits while no clock may run: some 400 ms. */
export const WORK_CREDIT_OF_CLIENT = 200_000;

/** Work that a probe or hook can do at once. */
export const WORK_CREDIT_OF_EXEC = 5_000;

/** Work that a session which used up its credit does before it waits again. */
export const WORK_WHEN_BUSY = 2_500;

/** Virtual milliseconds that such a session waits, at first and at most: each wait is twice as long as the one before. */
export const BUSY_MS_MIN = 1_000;
export const BUSY_MS_MAX = 64_000;

/** Virtual milliseconds that a session waits of its own accord to count as one that does: as long as the shortest sleep that people write in a loop. */
export const OWN_WAIT_MS_MIN = 10;

/** Work that waking a session counts as. */
export const WORK_PER_WAKE = 20;

/** Work of all sessions of a cluster at one instant; the others go on a millisecond later. */
export const WORK_PER_INSTANT_MAX = 10_000;

/** Work of scripts one advance slice may cost before it stops at the end of its instant: some 20 ms. */
export const WORK_PER_SLICE_MAX = 8_000;

/** Steps of an awk program, some tenths of a second of a machine; parts inside each other, calls of functions, and values while one is found. */
export const AWK_STEPS_MAX = 2_000_000;
export const AWK_DEPTH_MAX = 100;
export const AWK_NESTED_MAX = 600;

/** Words that one word with braces may stand for; one that stands for more stays as it is. */
export const BRACE_WORDS_MAX = 5_000;

/** Names outside of a cluster that its configuration may speak of. */
export const OUTSIDE_NAMES_MAX = 256;

/** Characters of a line that is typed on a terminal, as Linux has it; what is typed behind them is lost. */
export const TERMINAL_LINE_LENGTH_MAX = 4_095;

/** Signatures of tokens that a cluster keeps beside its state, so that a token that is used again is not checked again; 1 KB each. Beyond it they are made anew. */
export const TOKEN_SIGNATURES_MAX = 1_000;

/** Of an explanation: names that a sentence says one by one, objects that one finding refers to, and pods that are looked at for their owner's sake. */
export const EXPLANATION_NAMES_MAX = 5;
export const EXPLANATION_REFERENCES_MAX = 20;
export const EXPLANATION_PODS_MAX = 50;

/** Works that a recording of causes keeps behind each other without a change between them: timers that set each other. */
export const WORKS_BEHIND_EACH_OTHER_MAX = 1_000;

/** Links of a chain of causes. */
export const CAUSES_MAX = 200;

/** Virtual time in which the next step of an advance by steps must come: a monthly CronJob is met, and a pod that is never scheduled is not tried for ten years. */
export const STEP_MS_MAX = 32 * 24 * 3_600_000;
