package orrery

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"
)

const (
	startPatience = time.Minute
	stopPatience  = 20 * time.Second
)

// Server is a service with clusters.
type Server struct {
	client  *client
	process *exec.Cmd
	folder  string
	ended   chan struct{}
	closing sync.Once
}

// StartOptions say how a service is started; none needs to be set.
type StartOptions struct {
	// Command is the program and its first arguments; by default what ORRERY_COMMAND says, orrery of the PATH, or npx orrery.
	Command []string
	// Data is a folder that stays; without one, everything is gone with the service.
	Data string
	// Flags are those of orrery serve.
	Flags []string
	// Token is what the service asks of its clients.
	Token string
}

// Start starts a service on a free port of this machine.
func Start(ctx context.Context, options StartOptions) (*Server, error) {
	command := options.Command
	if len(command) == 0 {
		command = defaultCommand()
	}
	server := &Server{client: &client{token: options.Token, http: &http.Client{}}, ended: make(chan struct{})}
	data := options.Data
	if data == "" {
		folder, err := os.MkdirTemp("", "orrery-")
		if err != nil {
			return nil, err
		}
		server.folder, data = folder, folder
	}
	arguments := append([]string{}, command[1:]...)
	arguments = append(arguments, "serve", "--port", "0", "--data", data, "--log-level", "error")
	arguments = append(arguments, options.Flags...)
	server.process = exec.Command(command[0], arguments...)
	server.process.Stderr = os.Stderr
	if options.Token != "" {
		server.process.Env = append(os.Environ(), "ORRERY_TOKEN="+options.Token)
	}
	output, err := server.process.StdoutPipe()
	if err == nil {
		err = server.process.Start()
	}
	if err != nil {
		server.process = nil
		_ = server.Close()
		return nil, fmt.Errorf("%s cannot be started: %w; install it with npm install -g orrery, or set ORRERY_COMMAND", command[0], err)
	}
	address := make(chan string, 1)
	go server.listen(output, address)
	select {
	case found, isThere := <-address:
		if !isThere {
			_ = server.Close()
			return nil, fmt.Errorf("%s ended before it said where it listens", strings.Join(command, " "))
		}
		server.client.url = found
		return server, nil
	case <-time.After(startPatience):
		err = errors.New("the service does not say where it listens")
	case <-ctx.Done():
		err = ctx.Err()
	}
	_ = server.Close()
	return nil, err
}

// Connect takes a service that runs. With a client it asks by that one, for instance of a certificate of its own.
func Connect(address, token string, with *http.Client) *Server {
	if with == nil {
		with = &http.Client{}
	}
	return &Server{client: &client{url: strings.TrimRight(address, "/"), token: token, http: with}}
}

// listen reads what the process prints, to its end, so that it never waits for a reader.
func (s *Server) listen(output io.Reader, address chan<- string) {
	defer close(s.ended)
	lines := bufio.NewScanner(output)
	isSaid := false
	for lines.Scan() {
		if found, isAddress := strings.CutPrefix(lines.Text(), "Orrery listens on "); isAddress && !isSaid {
			isSaid = true
			address <- strings.TrimSpace(found)
		}
	}
	close(address)
	_, _ = io.Copy(io.Discard, output)
	_ = s.process.Wait()
}

// URL is where it listens, such as http://127.0.0.1:8080.
func (s *Server) URL() string {
	return s.client.url
}

// ClusterSpec is what a cluster is made from; none of it needs to be set.
type ClusterSpec struct {
	Name string `json:"name,omitempty"`
	// Nodes is a number of nodes, or a list of NodeSpec. By default there are three.
	Nodes any    `json:"nodes,omitempty"`
	Seed  *int64 `json:"seed,omitempty"`
	// StartTime is an instant, or now.
	StartTime string `json:"startTime,omitempty"`
	// Images are behaviours by the reference of an image.
	Images map[string]any    `json:"images,omitempty"`
	Timing map[string]any    `json:"timing,omitempty"`
	Labels map[string]string `json:"labels,omitempty"`
	// TTL is the wall time without use after which it is deleted, such as 2h.
	TTL string `json:"ttl,omitempty"`
}

// NodeSpec is a node that a cluster begins with.
type NodeSpec struct {
	Name     string            `json:"name"`
	Labels   map[string]string `json:"labels,omitempty"`
	Taints   []NodeTaint       `json:"taints,omitempty"`
	Capacity map[string]string `json:"capacity,omitempty"`
}

// NodeTaint keeps pods from a node.
type NodeTaint struct {
	Key    string `json:"key"`
	Value  string `json:"value,omitempty"`
	Effect string `json:"effect"`
}

// CreateCluster makes a cluster.
func (s *Server) CreateCluster(ctx context.Context, spec ClusterSpec) (*Cluster, error) {
	var made ClusterInfo
	if err := s.client.call(ctx, http.MethodPost, "/v1/clusters", nil, spec, &made); err != nil {
		return nil, err
	}
	return s.Cluster(made.Name), nil
}

// Cluster is one that is there.
func (s *Server) Cluster(name string) *Cluster {
	return &Cluster{client: s.client, Name: name, path: "/v1/clusters/" + url.PathEscape(name)}
}

// Clusters lists all clusters.
func (s *Server) Clusters(ctx context.Context) ([]ClusterInfo, error) {
	var found []ClusterInfo
	for query := (url.Values{}); ; {
		var page struct {
			Items      []ClusterInfo `json:"items"`
			NextCursor string        `json:"nextCursor"`
		}
		if err := s.client.call(ctx, http.MethodGet, "/v1/clusters", query, nil, &page); err != nil {
			return nil, err
		}
		found = append(found, page.Items...)
		if page.NextCursor == "" {
			return found, nil
		}
		query.Set("cursor", page.NextCursor)
	}
}

// Close stops the service, if it was started here, and removes its data.
func (s *Server) Close() error {
	var err error
	s.closing.Do(func() {
		if s.process != nil {
			_ = s.process.Process.Signal(syscall.SIGTERM)
			select {
			case <-s.ended:
			case <-time.After(stopPatience):
				_ = s.process.Process.Kill()
				<-s.ended
			}
		}
		if s.folder != "" {
			err = os.RemoveAll(s.folder)
		}
	})
	return err
}

func defaultCommand() []string {
	if said := strings.Fields(os.Getenv("ORRERY_COMMAND")); len(said) > 0 {
		return said
	}
	if _, err := exec.LookPath("orrery"); err == nil {
		return []string{"orrery"}
	}
	return []string{"npx", "--yes", "orrery"}
}
