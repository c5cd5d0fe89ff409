package orrery

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// Cluster is a simulated cluster.
type Cluster struct {
	Name   string
	client *client
	path   string
}

// Server is the base of its Kubernetes API.
func (c *Cluster) Server() string {
	return c.client.url + "/clusters/" + url.PathEscape(c.Name)
}

// Info is what it is now: its time, its digest, how many objects it has.
func (c *Cluster) Info(ctx context.Context) (ClusterInfo, error) {
	return read[ClusterInfo](ctx, c.client, http.MethodGet, c.path, nil, nil)
}

// Kubeconfig is one in YAML, for clientcmd.RESTConfigFromKubeConfig and for kubectl.
func (c *Cluster) Kubeconfig(ctx context.Context) ([]byte, error) {
	return c.client.ask(ctx, http.MethodGet, c.path+"/kubeconfig", nil, nil, "")
}

// Apply applies manifests in YAML as kubectl apply does: all of them, or none.
func (c *Cluster) Apply(ctx context.Context, manifests string) (ManifestResults, error) {
	var results ManifestResults
	text, err := c.client.ask(ctx, http.MethodPost, c.path+"/manifests", nil, []byte(manifests), yamlType)
	if err == nil {
		err = json.Unmarshal(text, &results)
	}
	return results, err
}

// ApplyObjects does the same with objects of any type that is written as JSON.
func (c *Cluster) ApplyObjects(ctx context.Context, objects ...any) (ManifestResults, error) {
	return read[ManifestResults](ctx, c.client, http.MethodPost, c.path+"/manifests", nil, objects)
}

// Advance turns the clock by a duration such as 90s or 10m.
func (c *Cluster) Advance(ctx context.Context, by string) (AdvanceResult, error) {
	return c.advance(ctx, map[string]any{"by": by})
}

// AdvanceTo turns the clock to an instant, such as 2025-01-01T01:00:00Z.
func (c *Cluster) AdvanceTo(ctx context.Context, to string) (AdvanceResult, error) {
	return c.advance(ctx, map[string]any{"to": to})
}

// AdvanceSteps turns the clock by so many instants at which an object changes.
func (c *Cluster) AdvanceSteps(ctx context.Context, steps int) (AdvanceResult, error) {
	return c.advance(ctx, map[string]any{"steps": steps})
}

// AdvanceUntilIdle turns the clock until nothing is scheduled any more that could change an object, or for so long; an empty timeout is a day.
func (c *Cluster) AdvanceUntilIdle(ctx context.Context, timeout string) (AdvanceResult, error) {
	goal := map[string]any{"until": "idle"}
	if timeout != "" {
		goal["timeout"] = timeout
	}
	return c.advance(ctx, goal)
}

// Condition is what Wait waits for.
type Condition struct {
	// For is what kubectl wait --for takes, such as condition=Available.
	For string
	// On is an object, such as deployment/web; without one, all of Resource are meant.
	On string
	// Resource is a kind, such as pods.
	Resource string
	// Selector narrows it down by labels.
	Selector string
	// Namespace is default by default.
	Namespace string
	// Timeout is virtual time; by default ten minutes.
	Timeout string
}

// NotReachedError says that the time of a Wait was over, what came nearest, and why it did not hold.
type NotReachedError struct {
	For    string
	Result AdvanceResult
}

func (e *NotReachedError) Error() string {
	nearest := "nothing is selected"
	if near := e.Result.Nearest; near != nil {
		nearest = fmt.Sprintf("%s/%s: %s", near.Resource, near.Name, near.State)
	}
	lines := []string{fmt.Sprintf("%s does not hold at %s: %s", e.For, e.Result.Now, nearest)}
	for _, finding := range e.Result.Explanation {
		lines = append(lines, finding.Sentence)
	}
	return strings.Join(lines, "\n")
}

// Wait turns the clock until a condition holds. When its time is over, the error is a *NotReachedError.
func (c *Cluster) Wait(ctx context.Context, condition Condition) (AdvanceResult, error) {
	until := map[string]any{"for": condition.For}
	kind, name, isNamed := strings.Cut(condition.On, "/")
	switch {
	case isNamed:
		until["resource"], until["name"] = kind, name
	case condition.Resource != "":
		until["resource"] = condition.Resource
	}
	if condition.Selector != "" {
		until["selector"] = condition.Selector
	}
	if until["resource"] != nil {
		until["namespace"] = or(condition.Namespace, "default")
	}
	result, err := c.advance(ctx, map[string]any{"until": until, "timeout": or(condition.Timeout, "10m")})
	if err == nil && !result.Reached {
		err = &NotReachedError{For: condition.For, Result: result}
	}
	return result, err
}

func (c *Cluster) advance(ctx context.Context, goal any) (AdvanceResult, error) {
	return read[AdvanceResult](ctx, c.client, http.MethodPost, c.path+"/clock/advance", nil, goal)
}

// Fault is something that goes wrong.
type Fault struct {
	// Type is node-down, container-kill and so on.
	Type   string      `json:"type"`
	Target FaultTarget `json:"target"`
	// After is how much virtual time passes until it begins.
	After string `json:"after,omitempty"`
	// For is how long it lasts; without it, until it is ended.
	For string `json:"for,omitempty"`
}

// Fault breaks something.
func (c *Cluster) Fault(ctx context.Context, fault Fault) (ClusterFault, error) {
	return read[ClusterFault](ctx, c.client, http.MethodPost, c.path+"/faults", nil, fault)
}

// EndFault mends what a fault broke.
func (c *Cluster) EndFault(ctx context.Context, id string) error {
	return c.client.call(ctx, http.MethodDelete, c.path+"/faults/"+url.PathEscape(id), nil, nil, nil)
}

// SetImage says what containers of an image do from now on, as in map[string]any{"startup": "20s"}.
func (c *Cluster) SetImage(ctx context.Context, reference string, behavior map[string]any) error {
	return c.client.call(ctx, http.MethodPut, c.path+"/images/"+url.PathEscape(reference), nil, behavior, nil)
}

// ForkSpec says what a fork is; none of it needs to be set.
type ForkSpec struct {
	Name string `json:"name,omitempty"`
	// At is a moment of the past: a time, a revision (rv:123), or a command (#4).
	At   string `json:"at,omitempty"`
	Seed *int64 `json:"seed,omitempty"`
}

// Fork makes a cluster that goes on from now, or from a moment of the past.
func (c *Cluster) Fork(ctx context.Context, spec ForkSpec) (*Cluster, error) {
	var made ClusterInfo
	if err := c.client.call(ctx, http.MethodPost, c.path+"/forks", nil, spec, &made); err != nil {
		return nil, err
	}
	return &Cluster{client: c.client, Name: made.Name, path: "/v1/clusters/" + url.PathEscape(made.Name)}, nil
}

// Rewind goes back in place: to a time, a revision (rv:123), or a command (#4).
func (c *Cluster) Rewind(ctx context.Context, to string) error {
	return c.client.call(ctx, http.MethodPost, c.path+"/rewind", nil, map[string]string{"to": to}, nil)
}

// Explain says why an object is as it is. The namespace is empty for what has none.
func (c *Cluster) Explain(ctx context.Context, resource, namespace, name string) (Explanation, error) {
	query := url.Values{"resource": {resource}, "name": {name}}
	if namespace != "" {
		query.Set("namespace", namespace)
	}
	return read[Explanation](ctx, c.client, http.MethodGet, c.path+"/explain", query, nil)
}

// Delete deletes the cluster with its history.
func (c *Cluster) Delete(ctx context.Context) error {
	return c.client.call(ctx, http.MethodDelete, c.path, nil, nil, nil)
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
