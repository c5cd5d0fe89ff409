// What the examples of the document are answered. Written by `npm run examples`.

export const ANSWERS: Readonly<Record<string, { readonly status: number; readonly mediaType: string; readonly body: unknown }>> = {
  "a-cluster": {
    "status": 201,
    "mediaType": "application/json",
    "body": {
      "name": "demo",
      "seed": 7,
      "startTime": "2025-01-01T00:00:00Z",
      "now": "2025-01-01T00:00:00Z",
      "elapsedSeconds": 0,
      "clock": {
        "mode": "manual"
      },
      "resourceVersion": "66",
      "digest": "f68dab3d76e80c3a2fc1cc57e5ce304a",
      "nodes": 2,
      "objects": 66,
      "createdAt": "2025-06-01T12:00:00.000Z",
      "labels": {
        "course": "k8s-101"
      },
      "state": "awake",
      "links": {
        "self": "/v1/clusters/demo",
        "kubernetes": "/clusters/demo",
        "kubeconfig": "/v1/clusters/demo/kubeconfig",
        "manifests": "/v1/clusters/demo/manifests",
        "clock": "/v1/clusters/demo/clock",
        "watch": "/v1/clusters/demo/watch",
        "images": "/v1/clusters/demo/images",
        "faults": "/v1/clusters/demo/faults",
        "commands": "/v1/clusters/demo/commands",
        "changes": "/v1/clusters/demo/changes",
        "timeline": "/v1/clusters/demo/timeline",
        "forks": "/v1/clusters/demo/forks",
        "rewind": "/v1/clusters/demo/rewind",
        "explain": "/v1/clusters/demo/explain",
        "difference": "/v1/clusters/demo/diff",
        "export": "/v1/clusters/demo/export",
        "advance": "/v1/clusters/demo/clock/advance"
      }
    }
  },
  "named-nodes": {
    "status": 201,
    "mediaType": "application/json",
    "body": {
      "name": "zones",
      "seed": 1,
      "startTime": "2025-06-01T08:00:00Z",
      "now": "2025-06-01T08:00:00Z",
      "elapsedSeconds": 0,
      "clock": {
        "mode": "running",
        "rate": "auto"
      },
      "resourceVersion": "66",
      "digest": "c92ef74d30b386389c164718b7d7b48f",
      "nodes": 2,
      "objects": 66,
      "createdAt": "2025-06-01T12:00:00.000Z",
      "state": "awake",
      "links": {
        "self": "/v1/clusters/zones",
        "kubernetes": "/clusters/zones",
        "kubeconfig": "/v1/clusters/zones/kubeconfig",
        "manifests": "/v1/clusters/zones/manifests",
        "clock": "/v1/clusters/zones/clock",
        "watch": "/v1/clusters/zones/watch",
        "images": "/v1/clusters/zones/images",
        "faults": "/v1/clusters/zones/faults",
        "commands": "/v1/clusters/zones/commands",
        "changes": "/v1/clusters/zones/changes",
        "timeline": "/v1/clusters/zones/timeline",
        "forks": "/v1/clusters/zones/forks",
        "rewind": "/v1/clusters/zones/rewind",
        "explain": "/v1/clusters/zones/explain",
        "difference": "/v1/clusters/zones/diff",
        "export": "/v1/clusters/zones/export",
        "advance": "/v1/clusters/zones/clock/advance"
      }
    }
  },
  "a-scenario": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "name": "comes-up",
      "ok": true,
      "runs": [
        {
          "variant": "seed=1",
          "digest": "ea2b3276f7f0f06248aaa9503aa5aa57",
          "watchEvents": 30,
          "from": "2025-01-01T00:00:00Z",
          "now": "2025-01-01T00:00:04Z",
          "held": [
            {
              "kind": "step",
              "line": 1,
              "column": 439,
              "expected": "ready(\"deployment/web\") == 2",
              "from": "2025-01-01T00:00:04Z",
              "to": "2025-01-01T00:00:04Z"
            }
          ],
          "violations": []
        },
        {
          "variant": "seed=2",
          "digest": "194bc861594508d08fce9e784cf41654",
          "watchEvents": 30,
          "from": "2025-01-01T00:00:00Z",
          "now": "2025-01-01T00:00:04Z",
          "held": [
            {
              "kind": "step",
              "line": 1,
              "column": 439,
              "expected": "ready(\"deployment/web\") == 2",
              "from": "2025-01-01T00:00:04Z",
              "to": "2025-01-01T00:00:04Z"
            }
          ],
          "violations": []
        }
      ]
    }
  },
  "an-exploration": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "name": "stays-ready",
      "ok": false,
      "runs": 1,
      "states": 1,
      "instants": 2,
      "held": [],
      "failures": [
        {
          "violation": {
            "kind": "always",
            "line": 14,
            "column": 5,
            "expected": "ready(\"pod/web\") == 1",
            "found": "0",
            "at": "2025-01-01T00:00:05Z",
            "explanation": [
              "The container \"web\" ended at 2025-01-01T00:00:04Z with code 137 (SIGKILL) and is started again not before 2025-01-01T00:00:14Z."
            ]
          },
          "runs": 1,
          "strikes": [
            {
              "what": "container-kill default/web (web)",
              "at": "2025-01-01T00:00:04Z"
            }
          ],
          "scenario": {
            "apiVersion": "orrery.dev/v1",
            "kind": "Scenario",
            "metadata": {
              "name": "stays-ready"
            },
            "cluster": {
              "nodes": 1
            },
            "manifests": [
              {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                  "name": "web"
                },
                "spec": {
                  "containers": [
                    {
                      "name": "web",
                      "image": "nginx:1.27"
                    }
                  ]
                }
              }
            ],
            "steps": [
              {
                "wait": {
                  "for": "condition=Ready",
                  "on": "pod/web"
                }
              },
              {
                "fault": {
                  "type": "container-kill",
                  "namespace": "default",
                  "pod": "web",
                  "container": "web",
                  "exitCode": 137
                }
              },
              {
                "mark": "ready"
              },
              {
                "advance": "10s"
              }
            ],
            "always": [
              {
                "ready": "pod/web",
                "equals": 1,
                "from": "ready"
              }
            ]
          }
        }
      ]
    }
  },
  "a-scenario-in-yaml": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "name": "stays-ready",
      "ok": true,
      "runs": [
        {
          "digest": "4986386bc4a8b4d19fb9750c6685097f",
          "watchEvents": 9,
          "from": "2025-01-01T00:00:00Z",
          "now": "2025-01-01T00:00:04Z",
          "held": [
            {
              "kind": "always",
              "line": 14,
              "column": 5,
              "expected": "ready(\"pod/web\") == 1",
              "from": "2025-01-01T00:00:04Z",
              "to": "2025-01-01T00:00:04Z"
            }
          ],
          "violations": []
        }
      ]
    }
  },
  "an-exploration-of-json": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "name": "node-loss",
      "ok": true,
      "runs": 2,
      "states": 2,
      "instants": 1,
      "held": [],
      "failures": []
    }
  },
  "clusters": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "name": "demo",
          "seed": 7,
          "startTime": "2025-01-01T00:00:00Z",
          "now": "2025-01-01T00:00:00Z",
          "elapsedSeconds": 0,
          "clock": {
            "mode": "manual"
          },
          "resourceVersion": "66",
          "digest": "f68dab3d76e80c3a2fc1cc57e5ce304a",
          "nodes": 2,
          "objects": 66,
          "createdAt": "2025-06-01T12:00:00.000Z",
          "labels": {
            "course": "k8s-101"
          },
          "state": "awake",
          "links": {
            "self": "/v1/clusters/demo",
            "kubernetes": "/clusters/demo",
            "kubeconfig": "/v1/clusters/demo/kubeconfig",
            "manifests": "/v1/clusters/demo/manifests",
            "clock": "/v1/clusters/demo/clock",
            "watch": "/v1/clusters/demo/watch",
            "images": "/v1/clusters/demo/images",
            "faults": "/v1/clusters/demo/faults",
            "commands": "/v1/clusters/demo/commands",
            "changes": "/v1/clusters/demo/changes",
            "timeline": "/v1/clusters/demo/timeline",
            "forks": "/v1/clusters/demo/forks",
            "rewind": "/v1/clusters/demo/rewind",
            "explain": "/v1/clusters/demo/explain",
            "difference": "/v1/clusters/demo/diff",
            "export": "/v1/clusters/demo/export",
            "advance": "/v1/clusters/demo/clock/advance"
          }
        },
        {
          "name": "zones",
          "seed": 1,
          "startTime": "2025-06-01T08:00:00Z",
          "now": "2025-06-01T08:00:00Z",
          "elapsedSeconds": 0,
          "clock": {
            "mode": "running",
            "rate": "auto"
          },
          "resourceVersion": "66",
          "digest": "c92ef74d30b386389c164718b7d7b48f",
          "nodes": 2,
          "objects": 66,
          "createdAt": "2025-06-01T12:00:00.000Z",
          "state": "awake",
          "links": {
            "self": "/v1/clusters/zones",
            "kubernetes": "/clusters/zones",
            "kubeconfig": "/v1/clusters/zones/kubeconfig",
            "manifests": "/v1/clusters/zones/manifests",
            "clock": "/v1/clusters/zones/clock",
            "watch": "/v1/clusters/zones/watch",
            "images": "/v1/clusters/zones/images",
            "faults": "/v1/clusters/zones/faults",
            "commands": "/v1/clusters/zones/commands",
            "changes": "/v1/clusters/zones/changes",
            "timeline": "/v1/clusters/zones/timeline",
            "forks": "/v1/clusters/zones/forks",
            "rewind": "/v1/clusters/zones/rewind",
            "explain": "/v1/clusters/zones/explain",
            "difference": "/v1/clusters/zones/diff",
            "export": "/v1/clusters/zones/export",
            "advance": "/v1/clusters/zones/clock/advance"
          }
        }
      ]
    }
  },
  "labelled-clusters": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "name": "demo",
          "seed": 7,
          "startTime": "2025-01-01T00:00:00Z",
          "now": "2025-01-01T00:00:00Z",
          "elapsedSeconds": 0,
          "clock": {
            "mode": "manual"
          },
          "resourceVersion": "66",
          "digest": "f68dab3d76e80c3a2fc1cc57e5ce304a",
          "nodes": 2,
          "objects": 66,
          "createdAt": "2025-06-01T12:00:00.000Z",
          "labels": {
            "course": "k8s-101"
          },
          "state": "awake",
          "links": {
            "self": "/v1/clusters/demo",
            "kubernetes": "/clusters/demo",
            "kubeconfig": "/v1/clusters/demo/kubeconfig",
            "manifests": "/v1/clusters/demo/manifests",
            "clock": "/v1/clusters/demo/clock",
            "watch": "/v1/clusters/demo/watch",
            "images": "/v1/clusters/demo/images",
            "faults": "/v1/clusters/demo/faults",
            "commands": "/v1/clusters/demo/commands",
            "changes": "/v1/clusters/demo/changes",
            "timeline": "/v1/clusters/demo/timeline",
            "forks": "/v1/clusters/demo/forks",
            "rewind": "/v1/clusters/demo/rewind",
            "explain": "/v1/clusters/demo/explain",
            "difference": "/v1/clusters/demo/diff",
            "export": "/v1/clusters/demo/export",
            "advance": "/v1/clusters/demo/clock/advance"
          }
        }
      ]
    }
  },
  "the-cluster": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "name": "demo",
      "seed": 7,
      "startTime": "2025-01-01T00:00:00Z",
      "now": "2025-01-01T00:00:00Z",
      "elapsedSeconds": 0,
      "clock": {
        "mode": "manual"
      },
      "resourceVersion": "66",
      "digest": "f68dab3d76e80c3a2fc1cc57e5ce304a",
      "nodes": 2,
      "objects": 66,
      "createdAt": "2025-06-01T12:00:00.000Z",
      "labels": {
        "course": "k8s-101"
      },
      "state": "awake",
      "links": {
        "self": "/v1/clusters/demo",
        "kubernetes": "/clusters/demo",
        "kubeconfig": "/v1/clusters/demo/kubeconfig",
        "manifests": "/v1/clusters/demo/manifests",
        "clock": "/v1/clusters/demo/clock",
        "watch": "/v1/clusters/demo/watch",
        "images": "/v1/clusters/demo/images",
        "faults": "/v1/clusters/demo/faults",
        "commands": "/v1/clusters/demo/commands",
        "changes": "/v1/clusters/demo/changes",
        "timeline": "/v1/clusters/demo/timeline",
        "forks": "/v1/clusters/demo/forks",
        "rewind": "/v1/clusters/demo/rewind",
        "explain": "/v1/clusters/demo/explain",
        "difference": "/v1/clusters/demo/diff",
        "export": "/v1/clusters/demo/export",
        "advance": "/v1/clusters/demo/clock/advance"
      }
    }
  },
  "the-kubeconfig": {
    "status": 200,
    "mediaType": "application/yaml",
    "body": "apiVersion: v1\nclusters:\n- cluster:\n    insecure-skip-tls-verify: true\n    server: http://localhost:8080/clusters/demo.0123456789abcdef\n  name: orrery-demo\ncontexts:\n- context:\n    cluster: orrery-demo\n    namespace: default\n    user: orrery-demo\n  name: orrery-demo\ncurrent-context: orrery-demo\nkind: Config\nusers:\n- name: orrery-demo\n  user: {}\n"
  },
  "kubeconfig-as-text": {
    "status": 200,
    "mediaType": "text/plain",
    "body": "apiVersion: v1\nclusters:\n- cluster:\n    insecure-skip-tls-verify: true\n    server: http://localhost:8080/clusters/demo.0123456789abcdef\n  name: orrery-demo\ncontexts:\n- context:\n    cluster: orrery-demo\n    namespace: default\n    user: orrery-demo\n  name: orrery-demo\ncurrent-context: orrery-demo\nkind: Config\nusers:\n- name: orrery-demo\n  user: {}\n"
  },
  "json": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "action": "created",
          "apiVersion": "apps/v1",
          "kind": "Deployment",
          "namespace": "default",
          "name": "web",
          "uid": "869b4aca-9791-4211-9464-86a657c80e5c",
          "resourceVersion": "67"
        }
      ],
      "warnings": []
    }
  },
  "yaml": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "action": "created",
          "apiVersion": "v1",
          "kind": "ConfigMap",
          "namespace": "default",
          "name": "settings",
          "uid": "fd79f869-1eca-40ab-9b86-87865aa68d10",
          "resourceVersion": "85"
        },
        {
          "action": "created",
          "apiVersion": "v1",
          "kind": "Service",
          "namespace": "default",
          "name": "web",
          "uid": "56acf5e6-3a61-4f8f-a3c9-92301b109e84",
          "resourceVersion": "86"
        }
      ],
      "warnings": []
    }
  },
  "by": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "from": "2025-01-01T00:00:00Z",
      "now": "2025-01-01T00:00:01Z",
      "elapsedSeconds": 1,
      "reached": true,
      "watchEvents": 2,
      "digest": "68ea374d1be79158a8a60979168d5585"
    }
  },
  "steps": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "from": "2025-01-01T00:00:01Z",
      "now": "2025-01-01T00:10:01Z",
      "elapsedSeconds": 601,
      "reached": false,
      "watchEvents": 12,
      "digest": "244f099e3d35b6e342bc89fbc15b9b4f"
    }
  },
  "until": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "from": "2025-01-01T00:10:01Z",
      "now": "2025-01-01T00:10:01Z",
      "elapsedSeconds": 601,
      "reached": true,
      "watchEvents": 0,
      "digest": "244f099e3d35b6e342bc89fbc15b9b4f"
    }
  },
  "to": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "from": "2025-01-01T00:10:01Z",
      "now": "2025-01-01T01:00:00Z",
      "elapsedSeconds": 3600,
      "reached": true,
      "watchEvents": 5,
      "digest": "4a34087e633cb2313679d1f7720c5df4"
    }
  },
  "until-idle": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "from": "2025-01-01T01:00:00Z",
      "now": "2025-01-01T01:00:00Z",
      "elapsedSeconds": 3600,
      "reached": true,
      "watchEvents": 0,
      "digest": "4a34087e633cb2313679d1f7720c5df4"
    }
  },
  "lockstep": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "from": "2025-01-01T01:00:00Z",
      "now": "2025-01-01T01:01:00Z",
      "elapsedSeconds": 3660,
      "reached": true,
      "watchEvents": 8,
      "digest": "63ce38fcf4247c0b330049880784cb74"
    }
  },
  "the-clock": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "mode": "manual",
      "now": "2025-01-01T01:01:00Z",
      "elapsedSeconds": 3660,
      "nextChangeAt": null
    }
  },
  "stop": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "mode": "manual",
      "now": "2025-01-01T01:01:00Z",
      "elapsedSeconds": 3660,
      "nextChangeAt": null
    }
  },
  "lines": {
    "status": 200,
    "mediaType": "text/event-stream",
    "body": "id: 98\nevent: ADDED\ndata: NAME                   READY   STATUS    RESTARTS   AGE\ndata: web-84dccbd445-9rjsx   1/1     Running   0          61m\n\nid: 99\nevent: ADDED\ndata: web-84dccbd445-4b6dj   1/1     Running   0          61m\n\nid: 116\nevent: BOOKMARK\ndata: \n\n"
  },
  "crashes": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "reference": "registry.example/crasher:v1",
      "behavior": {
        "startup": "3s",
        "run": [
          {
            "for": "1m",
            "exitCode": 1
          }
        ],
        "http": [
          {
            "path": "/health",
            "status": 500,
            "from": "30s"
          }
        ],
        "sigterm": {
          "after": "2s"
        },
        "memory": [
          {
            "value": "64Mi"
          }
        ],
        "logs": [
          {
            "text": "still alive",
            "every": "10s"
          }
        ]
      }
    }
  },
  "the-behaviour": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "reference": "registry.example/crasher:v1",
      "behavior": {
        "startup": "3s",
        "run": [
          {
            "for": "1m",
            "exitCode": 1
          }
        ],
        "http": [
          {
            "path": "/health",
            "status": 500,
            "from": "30s"
          }
        ],
        "sigterm": {
          "after": "2s"
        },
        "memory": [
          {
            "value": "64Mi"
          }
        ],
        "logs": [
          {
            "text": "still alive",
            "every": "10s"
          }
        ]
      }
    }
  },
  "behaviours": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "reference": "registry.example/app:v1",
          "behavior": {
            "startup": "3s"
          }
        },
        {
          "reference": "registry.example/crasher:v1",
          "behavior": {
            "startup": "3s",
            "run": [
              {
                "for": "1m",
                "exitCode": 1
              }
            ],
            "http": [
              {
                "path": "/health",
                "status": 500,
                "from": "30s"
              }
            ],
            "sigterm": {
              "after": "2s"
            },
            "memory": [
              {
                "value": "64Mi"
              }
            ],
            "logs": [
              {
                "text": "still alive",
                "every": "10s"
              }
            ]
          }
        }
      ]
    }
  },
  "forget": {
    "status": 204,
    "mediaType": "",
    "body": ""
  },
  "node-down": {
    "status": 201,
    "mediaType": "application/json",
    "body": {
      "id": "fault-1",
      "type": "node-down",
      "target": {
        "node": "node-2"
      },
      "state": "waiting",
      "startsAt": "2025-01-01T01:01:30Z",
      "endsAt": "2025-01-01T01:11:30Z"
    }
  },
  "image-pull-fail": {
    "status": 201,
    "mediaType": "application/json",
    "body": {
      "id": "fault-2",
      "type": "image-pull-fail",
      "target": {
        "image": "nginx:1.27",
        "message": "manifest unknown"
      },
      "state": "active",
      "startsAt": "2025-01-01T01:01:00Z",
      "endsAt": null
    }
  },
  "the-fault": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "id": "fault-1",
      "type": "node-down",
      "target": {
        "node": "node-2"
      },
      "state": "waiting",
      "startsAt": "2025-01-01T01:01:30Z",
      "endsAt": "2025-01-01T01:11:30Z"
    }
  },
  "faults": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "id": "fault-1",
          "type": "node-down",
          "target": {
            "node": "node-2"
          },
          "state": "waiting",
          "startsAt": "2025-01-01T01:01:30Z",
          "endsAt": "2025-01-01T01:11:30Z"
        },
        {
          "id": "fault-2",
          "type": "image-pull-fail",
          "target": {
            "image": "nginx:1.27",
            "message": "manifest unknown"
          },
          "state": "active",
          "startsAt": "2025-01-01T01:01:00Z",
          "endsAt": null
        }
      ]
    }
  },
  "end": {
    "status": 204,
    "mediaType": "",
    "body": ""
  },
  "commands": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "number": 4,
          "type": "advance",
          "outcome": "accepted",
          "time": "2025-01-01T00:00:01Z",
          "storedAt": "2025-06-01T12:00:00.000Z",
          "client": "example",
          "resourceVersion": "91",
          "digest": "68ea374d1be79158a8a60979168d5585",
          "details": {
            "toMs": 1735689601000
          }
        },
        {
          "number": 5,
          "type": "advance",
          "outcome": "accepted",
          "time": "2025-01-01T00:10:01Z",
          "storedAt": "2025-06-01T12:00:00.000Z",
          "client": "example",
          "resourceVersion": "103",
          "digest": "244f099e3d35b6e342bc89fbc15b9b4f",
          "details": {
            "toMs": 1735690201000
          }
        }
      ],
      "nextCursor": "YWZ0ZXI6NQ"
    }
  },
  "timeline": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "fromMs": 1735689600000,
      "toMs": 1735689603000,
      "to": "2025-01-01T00:00:03Z",
      "resourceVersion": "91",
      "rows": [
        {
          "spans": [
            {
              "fromMs": 1735689600000,
              "state": "Progressing"
            }
          ],
          "marks": [],
          "id": "deployments.apps/default/web",
          "kind": "workload",
          "resource": "deployments.apps",
          "name": "web",
          "namespace": "default"
        },
        {
          "spans": [
            {
              "fromMs": 1735689600000,
              "state": "Progressing"
            }
          ],
          "marks": [],
          "id": "replicasets.apps/default/web-84dccbd445",
          "kind": "workload",
          "resource": "replicasets.apps",
          "name": "web-84dccbd445",
          "namespace": "default",
          "parent": "deployments.apps/default/web"
        },
        {
          "spans": [
            {
              "fromMs": 1735689600000,
              "state": "Scheduled",
              "toMs": 1735689600700
            },
            {
              "fromMs": 1735689600700,
              "state": "Pulling"
            }
          ],
          "marks": [],
          "id": "pods/default/web-84dccbd445-9rjsx",
          "kind": "pod",
          "resource": "pods",
          "name": "web-84dccbd445-9rjsx",
          "namespace": "default",
          "parent": "replicasets.apps/default/web-84dccbd445",
          "node": "node-1"
        },
        {
          "spans": [
            {
              "fromMs": 1735689600000,
              "state": "Scheduled",
              "toMs": 1735689600700
            },
            {
              "fromMs": 1735689600700,
              "state": "Pulling"
            }
          ],
          "marks": [],
          "id": "pods/default/web-84dccbd445-4b6dj",
          "kind": "pod",
          "resource": "pods",
          "name": "web-84dccbd445-4b6dj",
          "namespace": "default",
          "parent": "replicasets.apps/default/web-84dccbd445",
          "node": "node-2"
        },
        {
          "spans": [
            {
              "fromMs": 1735689600000,
              "state": "Waiting",
              "reason": "ContainerCreating",
              "toMs": 1735689600700
            },
            {
              "fromMs": 1735689600700,
              "state": "Pulling"
            }
          ],
          "marks": [],
          "id": "pods/default/web-84dccbd445-9rjsx/web",
          "kind": "container",
          "resource": "pods",
          "name": "web",
          "namespace": "default",
          "parent": "pods/default/web-84dccbd445-9rjsx"
        },
        {
          "spans": [
            {
              "fromMs": 1735689600000,
              "state": "Waiting",
              "reason": "ContainerCreating",
              "toMs": 1735689600700
            },
            {
              "fromMs": 1735689600700,
              "state": "Pulling"
            }
          ],
          "marks": [],
          "id": "pods/default/web-84dccbd445-4b6dj/web",
          "kind": "container",
          "resource": "pods",
          "name": "web",
          "namespace": "default",
          "parent": "pods/default/web-84dccbd445-4b6dj"
        }
      ],
      "marks": [
        {
          "atMs": 1735689600000,
          "type": "command",
          "text": "apply 1 manifest",
          "number": 2
        },
        {
          "atMs": 1735689600000,
          "type": "command",
          "text": "apply 2 manifests",
          "number": 3
        }
      ]
    }
  },
  "causes": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "resourceVersion": "80",
      "causes": [
        {
          "kind": "change",
          "component": "scheduler",
          "sentence": "The scheduler created events default/web-84dccbd445-4b6dj.1816687ec0570004.",
          "rule": "C801",
          "object": {
            "resource": "events",
            "namespace": "default",
            "name": "web-84dccbd445-4b6dj.1816687ec0570004"
          },
          "time": "2025-01-01T00:00:00Z",
          "resourceVersion": "80"
        },
        {
          "kind": "change",
          "component": "replicaset",
          "sentence": "The ReplicaSet controller created pods default/web-84dccbd445-9rjsx.",
          "rule": "C121",
          "object": {
            "resource": "pods",
            "namespace": "default",
            "name": "web-84dccbd445-9rjsx"
          },
          "time": "2025-01-01T00:00:00Z",
          "resourceVersion": "72"
        },
        {
          "kind": "change",
          "component": "deployment",
          "sentence": "The Deployment controller created replicasets.apps default/web-84dccbd445.",
          "rule": "C204",
          "object": {
            "resource": "replicasets.apps",
            "namespace": "default",
            "name": "web-84dccbd445"
          },
          "time": "2025-01-01T00:00:00Z",
          "resourceVersion": "68"
        },
        {
          "kind": "change",
          "component": "apiserver",
          "sentence": "The API server created deployments.apps default/web.",
          "rule": "F4",
          "object": {
            "resource": "deployments.apps",
            "namespace": "default",
            "name": "web"
          },
          "time": "2025-01-01T00:00:00Z",
          "resourceVersion": "67"
        },
        {
          "kind": "command",
          "sentence": "example gave command 2: apply 1 manifest.",
          "rule": "contract, section 7",
          "number": 2,
          "client": "example",
          "time": "2025-01-01T00:00:00Z"
        }
      ],
      "isWhole": true
    }
  },
  "changes": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "resourceVersion": "85",
          "time": "2025-01-01T00:00:00Z",
          "type": "ADDED",
          "resource": "configmaps",
          "namespace": "default",
          "name": "settings",
          "object": {
            "kind": "ConfigMap",
            "apiVersion": "v1",
            "metadata": {
              "name": "settings",
              "namespace": "default",
              "uid": "fd79f869-1eca-40ab-9b86-87865aa68d10",
              "resourceVersion": "85",
              "creationTimestamp": "2025-01-01T00:00:00Z",
              "annotations": {
                "kubectl.kubernetes.io/last-applied-configuration": "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"settings\",\"annotations\":{},\"namespace\":\"default\"},\"data\":{\"colour\":\"blue\"}}\n"
              },
              "managedFields": [
                {
                  "manager": "orrery",
                  "operation": "Update",
                  "apiVersion": "v1",
                  "time": "2025-01-01T00:00:00Z",
                  "fieldsType": "FieldsV1",
                  "fieldsV1": {
                    "f:data": {
                      ".": {},
                      "f:colour": {}
                    },
                    "f:metadata": {
                      "f:annotations": {
                        ".": {},
                        "f:kubectl.kubernetes.io/last-applied-configuration": {}
                      }
                    }
                  }
                }
              ]
            },
            "data": {
              "colour": "blue"
            }
          }
        }
      ],
      "nextCursor": "YWZ0ZXI6ODU"
    }
  },
  "from-the-start": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "from": {
        "time": "2025-01-01T00:00:01Z",
        "resourceVersion": "91",
        "digest": "68ea374d1be79158a8a60979168d5585"
      },
      "to": {
        "time": "2025-01-01T00:10:01Z",
        "resourceVersion": "103",
        "digest": "244f099e3d35b6e342bc89fbc15b9b4f"
      },
      "added": [
        {
          "resource": "events",
          "namespace": "default",
          "name": "web-84dccbd445-4b6dj.1816687f7f132001",
          "object": {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {
              "name": "web-84dccbd445-4b6dj.1816687f7f132001",
              "namespace": "default",
              "uid": "d62cebfc-1b02-4422-b24d-1b30a58fc41c",
              "resourceVersion": "93",
              "creationTimestamp": "2025-01-01T00:00:03Z"
            },
            "involvedObject": {
              "kind": "Pod",
              "namespace": "default",
              "name": "web-84dccbd445-4b6dj",
              "uid": "bfe2248e-512a-4597-aa67-f3add01540ef",
              "apiVersion": "v1",
              "resourceVersion": "84",
              "fieldPath": "spec.containers{web}"
            },
            "reason": "Pulled",
            "message": "Successfully pulled image \"nginx:1.27\" in 2.5s (2.5s including waiting). Image size: 72300000 bytes.",
            "source": {
              "component": "kubelet",
              "host": "node-2"
            },
            "firstTimestamp": "2025-01-01T00:00:03Z",
            "lastTimestamp": "2025-01-01T00:00:03Z",
            "count": 1,
            "type": "Normal",
            "eventTime": null,
            "reportingComponent": "kubelet",
            "reportingInstance": "node-2"
          }
        },
        {
          "resource": "events",
          "namespace": "default",
          "name": "web-84dccbd445-4b6dj.1816687f85090102",
          "object": {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {
              "name": "web-84dccbd445-4b6dj.1816687f85090102",
              "namespace": "default",
              "uid": "fe957945-2cb8-434c-a01e-ad4a73969b1b",
              "resourceVersion": "96",
              "creationTimestamp": "2025-01-01T00:00:03Z"
            },
            "involvedObject": {
              "kind": "Pod",
              "namespace": "default",
              "name": "web-84dccbd445-4b6dj",
              "uid": "bfe2248e-512a-4597-aa67-f3add01540ef",
              "apiVersion": "v1",
              "resourceVersion": "84",
              "fieldPath": "spec.containers{web}"
            },
            "reason": "Created",
            "message": "Created container: web",
            "source": {
              "component": "kubelet",
              "host": "node-2"
            },
            "firstTimestamp": "2025-01-01T00:00:03Z",
            "lastTimestamp": "2025-01-01T00:00:03Z",
            "count": 1,
            "type": "Normal",
            "eventTime": null,
            "reportingComponent": "kubelet",
            "reportingInstance": "node-2"
          }
        },
        {
          "resource": "events",
          "namespace": "default",
          "name": "web-84dccbd445-4b6dj.1816687f85090103",
          "object": {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {
              "name": "web-84dccbd445-4b6dj.1816687f85090103",
              "namespace": "default",
              "uid": "85bc3f4e-9c47-4890-8bb2-e7c9523bdb90",
              "resourceVersion": "97",
              "creationTimestamp": "2025-01-01T00:00:03Z"
            },
            "involvedObject": {
              "kind": "Pod",
              "namespace": "default",
              "name": "web-84dccbd445-4b6dj",
              "uid": "bfe2248e-512a-4597-aa67-f3add01540ef",
              "apiVersion": "v1",
              "resourceVersion": "84",
              "fieldPath": "spec.containers{web}"
            },
            "reason": "Started",
            "message": "Started container web",
            "source": {
              "component": "kubelet",
              "host": "node-2"
            },
            "firstTimestamp": "2025-01-01T00:00:03Z",
            "lastTimestamp": "2025-01-01T00:00:03Z",
            "count": 1,
            "type": "Normal",
            "eventTime": null,
            "reportingComponent": "kubelet",
            "reportingInstance": "node-2"
          }
        },
        {
          "resource": "events",
          "namespace": "default",
          "name": "web-84dccbd445-9rjsx.1816687f7f132000",
          "object": {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {
              "name": "web-84dccbd445-9rjsx.1816687f7f132000",
              "namespace": "default",
              "uid": "c209e8d4-e079-4e87-b030-e57295adc20a",
              "resourceVersion": "92",
              "creationTimestamp": "2025-01-01T00:00:03Z"
            },
            "involvedObject": {
              "kind": "Pod",
              "namespace": "default",
              "name": "web-84dccbd445-9rjsx",
              "uid": "90f92418-4206-4304-a16e-6aec120bd1b7",
              "apiVersion": "v1",
              "resourceVersion": "83",
              "fieldPath": "spec.containers{web}"
            },
            "reason": "Pulled",
            "message": "Successfully pulled image \"nginx:1.27\" in 2.5s (2.5s including waiting). Image size: 72300000 bytes.",
            "source": {
              "component": "kubelet",
              "host": "node-1"
            },
            "firstTimestamp": "2025-01-01T00:00:03Z",
            "lastTimestamp": "2025-01-01T00:00:03Z",
            "count": 1,
            "type": "Normal",
            "eventTime": null,
            "reportingComponent": "kubelet",
            "reportingInstance": "node-1"
          }
        },
        {
          "resource": "events",
          "namespace": "default",
          "name": "web-84dccbd445-9rjsx.1816687f85090100",
          "object": {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {
              "name": "web-84dccbd445-9rjsx.1816687f85090100",
              "namespace": "default",
              "uid": "d1f475c1-3d74-415f-948f-701745f2e557",
              "resourceVersion": "94",
              "creationTimestamp": "2025-01-01T00:00:03Z"
            },
            "involvedObject": {
              "kind": "Pod",
              "namespace": "default",
              "name": "web-84dccbd445-9rjsx",
              "uid": "90f92418-4206-4304-a16e-6aec120bd1b7",
              "apiVersion": "v1",
              "resourceVersion": "83",
              "fieldPath": "spec.containers{web}"
            },
            "reason": "Created",
            "message": "Created container: web",
            "source": {
              "component": "kubelet",
              "host": "node-1"
            },
            "firstTimestamp": "2025-01-01T00:00:03Z",
            "lastTimestamp": "2025-01-01T00:00:03Z",
            "count": 1,
            "type": "Normal",
            "eventTime": null,
            "reportingComponent": "kubelet",
            "reportingInstance": "node-1"
          }
        },
        {
          "resource": "events",
          "namespace": "default",
          "name": "web-84dccbd445-9rjsx.1816687f85090101",
          "object": {
            "kind": "Event",
            "apiVersion": "v1",
            "metadata": {
              "name": "web-84dccbd445-9rjsx.1816687f85090101",
              "namespace": "default",
              "uid": "c78d4db8-cb38-4534-b0f7-e4b7fb81252c",
              "resourceVersion": "95",
              "creationTimestamp": "2025-01-01T00:00:03Z"
            },
            "involvedObject": {
              "kind": "Pod",
              "namespace": "default",
              "name": "web-84dccbd445-9rjsx",
              "uid": "90f92418-4206-4304-a16e-6aec120bd1b7",
              "apiVersion": "v1",
              "resourceVersion": "83",
              "fieldPath": "spec.containers{web}"
            },
            "reason": "Started",
            "message": "Started container web",
            "source": {
              "component": "kubelet",
              "host": "node-1"
            },
            "firstTimestamp": "2025-01-01T00:00:03Z",
            "lastTimestamp": "2025-01-01T00:00:03Z",
            "count": 1,
            "type": "Normal",
            "eventTime": null,
            "reportingComponent": "kubelet",
            "reportingInstance": "node-1"
          }
        }
      ],
      "removed": [],
      "changed": [
        {
          "resource": "deployments.apps",
          "namespace": "default",
          "name": "web",
          "fields": [
            {
              "path": "/status/unavailableReplicas",
              "from": 2
            },
            {
              "path": "/status/conditions/0/status",
              "from": "False",
              "to": "True"
            },
            {
              "path": "/status/conditions/0/lastUpdateTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/0/lastTransitionTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/0/reason",
              "from": "MinimumReplicasUnavailable",
              "to": "MinimumReplicasAvailable"
            },
            {
              "path": "/status/conditions/0/message",
              "from": "Deployment does not have minimum availability.",
              "to": "Deployment has minimum availability."
            },
            {
              "path": "/status/conditions/1/lastUpdateTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/1/reason",
              "from": "ReplicaSetUpdated",
              "to": "NewReplicaSetAvailable"
            },
            {
              "path": "/status/conditions/1/message",
              "from": "ReplicaSet \"web-84dccbd445\" is progressing.",
              "to": "ReplicaSet \"web-84dccbd445\" has successfully progressed."
            },
            {
              "path": "/status/readyReplicas",
              "to": 2
            },
            {
              "path": "/status/availableReplicas",
              "to": 2
            }
          ]
        },
        {
          "resource": "endpoints",
          "namespace": "default",
          "name": "web",
          "fields": [
            {
              "path": "/metadata/annotations/endpoints.kubernetes.io~1last-change-trigger-time",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/subsets",
              "to": [
                {
                  "addresses": [
                    {
                      "ip": "10.244.0.2",
                      "nodeName": "node-1",
                      "targetRef": {
                        "kind": "Pod",
                        "namespace": "default",
                        "name": "web-84dccbd445-9rjsx",
                        "uid": "90f92418-4206-4304-a16e-6aec120bd1b7"
                      }
                    },
                    {
                      "ip": "10.244.1.2",
                      "nodeName": "node-2",
                      "targetRef": {
                        "kind": "Pod",
                        "namespace": "default",
                        "name": "web-84dccbd445-4b6dj",
                        "uid": "bfe2248e-512a-4597-aa67-f3add01540ef"
                      }
                    }
                  ],
                  "ports": [
                    {
                      "port": 80,
                      "protocol": "TCP"
                    }
                  ]
                }
              ]
            }
          ]
        },
        {
          "resource": "endpointslices.discovery.k8s.io",
          "namespace": "default",
          "name": "web-tfxzg",
          "fields": [
            {
              "path": "/metadata/generation",
              "from": 1,
              "to": 2
            },
            {
              "path": "/metadata/annotations/endpoints.kubernetes.io~1last-change-trigger-time",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/endpoints",
              "from": null,
              "to": [
                {
                  "addresses": [
                    "10.244.1.2"
                  ],
                  "conditions": {
                    "ready": true,
                    "serving": true,
                    "terminating": false
                  },
                  "targetRef": {
                    "kind": "Pod",
                    "namespace": "default",
                    "name": "web-84dccbd445-4b6dj",
                    "uid": "bfe2248e-512a-4597-aa67-f3add01540ef"
                  },
                  "nodeName": "node-2"
                },
                {
                  "addresses": [
                    "10.244.0.2"
                  ],
                  "conditions": {
                    "ready": true,
                    "serving": true,
                    "terminating": false
                  },
                  "targetRef": {
                    "kind": "Pod",
                    "namespace": "default",
                    "name": "web-84dccbd445-9rjsx",
                    "uid": "90f92418-4206-4304-a16e-6aec120bd1b7"
                  },
                  "nodeName": "node-1"
                }
              ]
            },
            {
              "path": "/ports",
              "from": null,
              "to": [
                {
                  "name": "",
                  "protocol": "TCP",
                  "port": 80
                }
              ]
            }
          ]
        },
        {
          "resource": "pods",
          "namespace": "default",
          "name": "web-84dccbd445-4b6dj",
          "fields": [
            {
              "path": "/status/phase",
              "from": "Pending",
              "to": "Running"
            },
            {
              "path": "/status/conditions/0/status",
              "from": "False",
              "to": "True"
            },
            {
              "path": "/status/conditions/0/lastTransitionTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/2/status",
              "from": "False",
              "to": "True"
            },
            {
              "path": "/status/conditions/2/lastTransitionTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/2/reason",
              "from": "ContainersNotReady"
            },
            {
              "path": "/status/conditions/2/message",
              "from": "containers with unready status: [web]"
            },
            {
              "path": "/status/conditions/3/status",
              "from": "False",
              "to": "True"
            },
            {
              "path": "/status/conditions/3/lastTransitionTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/3/reason",
              "from": "ContainersNotReady"
            },
            {
              "path": "/status/conditions/3/message",
              "from": "containers with unready status: [web]"
            },
            {
              "path": "/status/containerStatuses/0/state/waiting",
              "from": {
                "reason": "ContainerCreating"
              }
            },
            {
              "path": "/status/containerStatuses/0/state/running",
              "to": {
                "startedAt": "2025-01-01T00:00:03Z"
              }
            },
            {
              "path": "/status/containerStatuses/0/ready",
              "from": false,
              "to": true
            },
            {
              "path": "/status/containerStatuses/0/image",
              "from": "nginx:1.27",
              "to": "docker.io/library/nginx:1.27"
            },
            {
              "path": "/status/containerStatuses/0/imageID",
              "from": "",
              "to": "docker.io/library/nginx@sha256:7955d4af7a64728be0e8c3a85f5e5d2e5c793969934ae6e41bc9d36d1b6c0282"
            },
            {
              "path": "/status/containerStatuses/0/started",
              "from": false,
              "to": true
            },
            {
              "path": "/status/containerStatuses/0/containerID",
              "to": "containerd://5e7e391f03ce6134688334c7c8e5cf728e61711cb45a970c72e4c95300cc98bd"
            },
            {
              "path": "/status/containerStatuses/0/resources",
              "to": {}
            },
            {
              "path": "/status/podIP",
              "to": "10.244.1.2"
            },
            {
              "path": "/status/podIPs",
              "to": [
                {
                  "ip": "10.244.1.2"
                }
              ]
            }
          ]
        },
        {
          "resource": "pods",
          "namespace": "default",
          "name": "web-84dccbd445-9rjsx",
          "fields": [
            {
              "path": "/status/phase",
              "from": "Pending",
              "to": "Running"
            },
            {
              "path": "/status/conditions/0/status",
              "from": "False",
              "to": "True"
            },
            {
              "path": "/status/conditions/0/lastTransitionTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/2/status",
              "from": "False",
              "to": "True"
            },
            {
              "path": "/status/conditions/2/lastTransitionTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/2/reason",
              "from": "ContainersNotReady"
            },
            {
              "path": "/status/conditions/2/message",
              "from": "containers with unready status: [web]"
            },
            {
              "path": "/status/conditions/3/status",
              "from": "False",
              "to": "True"
            },
            {
              "path": "/status/conditions/3/lastTransitionTime",
              "from": "2025-01-01T00:00:00Z",
              "to": "2025-01-01T00:00:04Z"
            },
            {
              "path": "/status/conditions/3/reason",
              "from": "ContainersNotReady"
            },
            {
              "path": "/status/conditions/3/message",
              "from": "containers with unready status: [web]"
            },
            {
              "path": "/status/containerStatuses/0/state/waiting",
              "from": {
                "reason": "ContainerCreating"
              }
            },
            {
              "path": "/status/containerStatuses/0/state/running",
              "to": {
                "startedAt": "2025-01-01T00:00:03Z"
              }
            },
            {
              "path": "/status/containerStatuses/0/ready",
              "from": false,
              "to": true
            },
            {
              "path": "/status/containerStatuses/0/image",
              "from": "nginx:1.27",
              "to": "docker.io/library/nginx:1.27"
            },
            {
              "path": "/status/containerStatuses/0/imageID",
              "from": "",
              "to": "docker.io/library/nginx@sha256:7955d4af7a64728be0e8c3a85f5e5d2e5c793969934ae6e41bc9d36d1b6c0282"
            },
            {
              "path": "/status/containerStatuses/0/started",
              "from": false,
              "to": true
            },
            {
              "path": "/status/containerStatuses/0/containerID",
              "to": "containerd://8299934d20322fbde5d79e736a0eda007c3397576b068b23aca9b84f7a54a326"
            },
            {
              "path": "/status/containerStatuses/0/resources",
              "to": {}
            },
            {
              "path": "/status/podIP",
              "to": "10.244.0.2"
            },
            {
              "path": "/status/podIPs",
              "to": [
                {
                  "ip": "10.244.0.2"
                }
              ]
            }
          ]
        },
        {
          "resource": "replicasets.apps",
          "namespace": "default",
          "name": "web-84dccbd445",
          "fields": [
            {
              "path": "/status/readyReplicas",
              "to": 2
            },
            {
              "path": "/status/availableReplicas",
              "to": 2
            }
          ]
        }
      ],
      "isTruncated": false
    }
  },
  "healthy": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "resource": "deployments.apps",
      "namespace": "default",
      "name": "web",
      "time": "2025-01-01T01:01:00Z",
      "resourceVersion": "103",
      "findings": [
        {
          "code": "healthy",
          "sentence": "Nothing is wrong with deployments/web: ready 2/2, up-to-date 2, available 2, age 61m.",
          "because": [
            {
              "resource": "deployments.apps",
              "namespace": "default",
              "name": "web"
            }
          ],
          "documentation": "https://kubernetes.io/docs/reference/kubernetes-api/"
        }
      ]
    }
  },
  "from-then": {
    "status": 201,
    "mediaType": "application/json",
    "body": {
      "name": "what-if",
      "seed": 7,
      "startTime": "2025-01-01T00:00:00Z",
      "now": "2025-01-01T00:10:01Z",
      "elapsedSeconds": 601,
      "clock": {
        "mode": "manual"
      },
      "resourceVersion": "103",
      "digest": "244f099e3d35b6e342bc89fbc15b9b4f",
      "nodes": 2,
      "objects": 88,
      "createdAt": "2025-06-01T12:00:00.000Z",
      "labels": {
        "course": "k8s-102"
      },
      "state": "awake",
      "links": {
        "self": "/v1/clusters/what-if",
        "kubernetes": "/clusters/what-if",
        "kubeconfig": "/v1/clusters/what-if/kubeconfig",
        "manifests": "/v1/clusters/what-if/manifests",
        "clock": "/v1/clusters/what-if/clock",
        "watch": "/v1/clusters/what-if/watch",
        "images": "/v1/clusters/what-if/images",
        "faults": "/v1/clusters/what-if/faults",
        "commands": "/v1/clusters/what-if/commands",
        "changes": "/v1/clusters/what-if/changes",
        "timeline": "/v1/clusters/what-if/timeline",
        "forks": "/v1/clusters/what-if/forks",
        "rewind": "/v1/clusters/what-if/rewind",
        "explain": "/v1/clusters/what-if/explain",
        "difference": "/v1/clusters/what-if/diff",
        "export": "/v1/clusters/what-if/export",
        "advance": "/v1/clusters/what-if/clock/advance"
      }
    }
  },
  "forks": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "items": [
        {
          "name": "what-if",
          "createdAt": "2025-06-01T12:00:00.000Z",
          "from": {
            "command": 5,
            "resourceVersion": "103",
            "digest": "244f099e3d35b6e342bc89fbc15b9b4f"
          },
          "forks": [],
          "links": {
            "self": "/v1/clusters/what-if"
          }
        }
      ]
    }
  },
  "from-a-fork": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "from": {
        "time": "2025-01-01T01:01:00Z",
        "resourceVersion": "116",
        "digest": "2926598f009c1a2965bcd9aa1e20aa25"
      },
      "to": {
        "time": "2025-01-01T00:10:01Z",
        "resourceVersion": "103",
        "digest": "244f099e3d35b6e342bc89fbc15b9b4f"
      },
      "added": [],
      "removed": [],
      "changed": [],
      "isTruncated": false
    }
  },
  "back": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "cluster": {
        "name": "demo",
        "seed": 7,
        "startTime": "2025-01-01T00:00:00Z",
        "now": "2025-01-01T00:00:00Z",
        "elapsedSeconds": 0,
        "clock": {
          "mode": "manual"
        },
        "resourceVersion": "66",
        "digest": "f68dab3d76e80c3a2fc1cc57e5ce304a",
        "nodes": 2,
        "objects": 66,
        "createdAt": "2025-06-01T12:00:00.000Z",
        "labels": {
          "course": "k8s-101"
        },
        "state": "awake",
        "links": {
          "self": "/v1/clusters/demo",
          "kubernetes": "/clusters/demo",
          "kubeconfig": "/v1/clusters/demo/kubeconfig",
          "manifests": "/v1/clusters/demo/manifests",
          "clock": "/v1/clusters/demo/clock",
          "watch": "/v1/clusters/demo/watch",
          "images": "/v1/clusters/demo/images",
          "faults": "/v1/clusters/demo/faults",
          "commands": "/v1/clusters/demo/commands",
          "changes": "/v1/clusters/demo/changes",
          "timeline": "/v1/clusters/demo/timeline",
          "forks": "/v1/clusters/demo/forks",
          "rewind": "/v1/clusters/demo/rewind",
          "explain": "/v1/clusters/demo/explain",
          "difference": "/v1/clusters/demo/diff",
          "export": "/v1/clusters/demo/export",
          "advance": "/v1/clusters/demo/clock/advance"
        }
      },
      "kept": {
        "name": "demo-later-k8x2p",
        "links": {
          "self": "/v1/clusters/demo-later-k8x2p"
        }
      }
    }
  },
  "recording": {
    "status": 200,
    "mediaType": "application/x-ndjson",
    "body": "{\"format\":\"orrery-recording/1\",\"engine\":\"0.1.0\",\"cluster\":{\"name\":\"demo\",\"seed\":7,\"clock\":{\"mode\":\"manual\"},\"nodes\":[{\"name\":\"node-1\"},{\"name\":\"node-2\"}],\"images\":{\"registry.example/app:v1\":{\"startup\":\"3s\"}},\"timing\":{},\"retention\":{\"watchEvents\":10000},\"startTime\":\"2025-01-01T00:00:00Z\"},\"digest\":\"f68dab3d76e80c3a2fc1cc57e5ce304a\"}\n{\"end\":1}\n"
  },
  "again": {
    "status": 201,
    "mediaType": "application/json",
    "body": {
      "cluster": {
        "name": "copy",
        "seed": 7,
        "startTime": "2025-01-01T00:00:00Z",
        "now": "2025-01-01T00:00:00Z",
        "elapsedSeconds": 0,
        "clock": {
          "mode": "manual"
        },
        "resourceVersion": "66",
        "digest": "f68dab3d76e80c3a2fc1cc57e5ce304a",
        "nodes": 2,
        "objects": 66,
        "createdAt": "2025-06-01T12:00:00.000Z",
        "state": "awake",
        "links": {
          "self": "/v1/clusters/copy",
          "kubernetes": "/clusters/copy",
          "kubeconfig": "/v1/clusters/copy/kubeconfig",
          "manifests": "/v1/clusters/copy/manifests",
          "clock": "/v1/clusters/copy/clock",
          "watch": "/v1/clusters/copy/watch",
          "images": "/v1/clusters/copy/images",
          "faults": "/v1/clusters/copy/faults",
          "commands": "/v1/clusters/copy/commands",
          "changes": "/v1/clusters/copy/changes",
          "timeline": "/v1/clusters/copy/timeline",
          "forks": "/v1/clusters/copy/forks",
          "rewind": "/v1/clusters/copy/rewind",
          "explain": "/v1/clusters/copy/explain",
          "difference": "/v1/clusters/copy/diff",
          "export": "/v1/clusters/copy/export",
          "advance": "/v1/clusters/copy/clock/advance"
        }
      },
      "engine": "0.1.0",
      "differences": []
    }
  },
  "done": {
    "status": 204,
    "mediaType": "",
    "body": ""
  },
  "course-over": {
    "status": 200,
    "mediaType": "application/json",
    "body": {
      "deleted": [
        "what-if"
      ],
      "failed": []
    }
  }
};
