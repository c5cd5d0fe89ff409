package orrery

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

const (
	jsonType    = "application/json"
	yamlType    = "application/yaml"
	problemType = "application/problem+json"
)

// Error is what the service said when it refused.
type Error struct {
	Problem Problem
}

func (e *Error) Error() string {
	lines := []string{e.Problem.Detail}
	for _, one := range e.Problem.Errors {
		if !strings.Contains(e.Problem.Detail, one.Message) {
			lines = append(lines, one.Message)
		}
	}
	return strings.Join(lines, "\n")
}

type client struct {
	url   string
	token string
	http  *http.Client
}

// ask sends a request and reads its answer. A body that is not nil is sent as the media type says.
func (c *client) ask(ctx context.Context, method, path string, query url.Values, body []byte, mediaType string) ([]byte, error) {
	address := c.url + path
	if len(query) > 0 {
		address += "?" + query.Encode()
	}
	request, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set("User-Agent", "orrery-go")
	if body != nil {
		request.Header.Set("Content-Type", mediaType)
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("no service answers at %s: %w", c.url, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return nil, err
	}
	if response.StatusCode < 300 {
		return text, nil
	}
	if kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type")); kind != problemType {
		return nil, fmt.Errorf("what answers at %s is not Orrery: %s", c.url, response.Status)
	}
	refusal := &Error{}
	if err := json.Unmarshal(text, &refusal.Problem); err != nil {
		return nil, err
	}
	return nil, refusal
}

// call sends a body in JSON, if there is one, and reads an answer in JSON, if one is wanted.
func (c *client) call(ctx context.Context, method, path string, query url.Values, body, answer any) error {
	var sent []byte
	if body != nil {
		var err error
		if sent, err = json.Marshal(body); err != nil {
			return err
		}
	}
	text, err := c.ask(ctx, method, path, query, sent, jsonType)
	if err != nil || answer == nil {
		return err
	}
	return json.Unmarshal(text, answer)
}

// read sends a body in JSON, if there is one, and gives the answer as a value.
func read[T any](ctx context.Context, c *client, method, path string, query url.Values, body any) (T, error) {
	var answer T
	err := c.call(ctx, method, path, query, body, &answer)
	return answer, err
}
