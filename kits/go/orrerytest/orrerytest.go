// Package orrerytest gives tests their clusters: one line makes one, and it is gone when the test is over.
package orrerytest

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"orrery.dev/go"
)

var shared struct {
	sync.Mutex
	server *orrery.Server
	users  int
}

// Main runs the tests of a package with one service for all of them: func TestMain(m *testing.M) { orrerytest.Main(m) }. Without it, a service begins with the
// first test that wants a cluster, and ends with the last of those that want one at the same time.
func Main(m *testing.M) {
	code := 1
	_, err := acquire(context.Background())
	if err == nil {
		code = m.Run()
		err = release()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

// NewCluster makes a cluster for a test. What it cannot do fails the test.
func NewCluster(t testing.TB, spec orrery.ClusterSpec) *orrery.Cluster {
	t.Helper()
	server, err := acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := release(); err != nil {
			t.Error(err)
		}
	})
	cluster, err := server.CreateCluster(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := cluster.Delete(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return cluster
}

// Fork makes a fork of a cluster that is gone when the test is over.
func Fork(t testing.TB, of *orrery.Cluster, spec orrery.ForkSpec) *orrery.Cluster {
	t.Helper()
	fork, err := of.Fork(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := fork.Delete(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return fork
}

func acquire(ctx context.Context) (*orrery.Server, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.server == nil {
		server, err := orrery.Start(ctx, orrery.StartOptions{})
		if err != nil {
			return nil, err
		}
		shared.server = server
	}
	shared.users++
	return shared.server, nil
}

func release() error {
	shared.Lock()
	defer shared.Unlock()
	shared.users--
	if shared.users > 0 {
		return nil
	}
	server := shared.server
	shared.server = nil
	return server.Close()
}
