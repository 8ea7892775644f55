package main

import (
	"context"
	"fmt"

	"github.com/vmihailenco/msgpack/v5"
	"google.golang.org/protobuf/encoding/protowire"
)

// configure makes the provider forget what it did before: its client is new,
// with new connections and a full budget of requests.
func (p *plugin) configure(ctx context.Context) error {
	config, err := nulls("account_id", "api_key", "api_token", "base_url", "email", "max_retries")
	if err != nil {
		return err
	}
	answer, err := p.call(ctx, "ConfigureProvider", field(nil, 2, field(nil, 1, config)))
	if err == nil && len(answer) > 0 {
		err = fmt.Errorf("ConfigureProvider: %q", answer)
	}
	return err
}

// read reads the data source and gives its state, in MessagePack.
func (p *plugin) read(ctx context.Context) ([]byte, error) {
	config, err := nulls("account_id", "email", "name", "per_page", "search", "timeouts", "users")
	if err != nil {
		return nil, err
	}
	request := field(nil, 1, []byte("cloudflare_access_users"))
	request = field(request, 2, field(nil, 1, config))
	answer, err := p.call(ctx, "ReadDataSource", request)
	if err != nil {
		return nil, err
	}
	// state is the answer's first field, and msgpack the state's.
	number, _, n := protowire.ConsumeTag(answer)
	state, m := protowire.ConsumeBytes(answer[max(n, 0):])
	if number != 1 || m < 0 || n+m != len(answer) {
		return nil, fmt.Errorf("ReadDataSource: not a state alone, but %.1000q", answer)
	}
	_, _, n = protowire.ConsumeTag(state)
	object, m := protowire.ConsumeBytes(state[max(n, 0):])
	return object, protowire.ParseError(min(m, 0))
}

// field appends a field of a protocol buffer.
func field(to []byte, number protowire.Number, value []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(to, number, protowire.BytesType), value)
}

// nulls is an object of these attributes, none of them set.
func nulls(names ...string) ([]byte, error) {
	object := make(map[string]any)
	for _, name := range names {
		object[name] = nil
	}
	return msgpack.Marshal(object)
}
