// Package orrery gives simulated Kubernetes clusters for tests: it starts a service or connects to one, makes clusters, turns their clock, breaks and forks them.
//
// Time is virtual: it stands still until Advance or Wait turns it. Everything that client-go and controller-runtime can do, they do with Kubeconfig.
package orrery
