package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"

	"github.com/hashicorp/go-hclog"
	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
)

// A plugin is a provider's process, started and spoken to as Terraform does.
// Its answers stay encoded: what Terraform makes of them is not the provider's.
type plugin struct {
	client *goplugin.Client
	conn   *grpc.ClientConn
}

// startPlugin gives the provider this environment and no other.
func startPlugin(ctx context.Context, binary string, env []string) (*plugin, error) {
	cmd := exec.CommandContext(ctx, binary)
	cmd.Env = env
	client := goplugin.NewClient(&goplugin.ClientConfig{
		HandshakeConfig: goplugin.HandshakeConfig{
			MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]goplugin.PluginSet{6: {"provider": &connection{}}},
		Cmd:              cmd,
		AllowedProtocols: []goplugin.Protocol{goplugin.ProtocolGRPC},
		AutoMTLS:         true,
		SkipHostEnv:      true,
		Logger:           hclog.NewNullLogger(),
	})
	p := &plugin{client: client}
	protocol, err := client.Client()
	if err == nil {
		var dispensed any
		dispensed, err = protocol.Dispense("provider")
		p.conn, _ = dispensed.(*grpc.ClientConn)
	}
	if err == nil && p.conn == nil {
		err = errors.New("no connection")
	}
	if err != nil {
		p.stop()
		return nil, fmt.Errorf("starting the provider: %w", err)
	}
	return p, nil
}

func (p *plugin) stop() { p.client.Kill() }

// withPlugin starts a provider for as long as use takes.
func withPlugin(ctx context.Context, binary string, env []string, use func(*plugin) error) error {
	p, err := startPlugin(ctx, binary, env)
	if err != nil {
		return err
	}
	defer p.stop()
	return use(p)
}

// connection is what go-plugin makes of a provider: its bare connection.
type connection struct {
	goplugin.NetRPCUnsupportedPlugin
}

// GRPCServer is never called: this is the client.
func (*connection) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error { return nil }

// GRPCClient gives the connection itself.
func (*connection) GRPCClient(_ context.Context, _ *goplugin.GRPCBroker, conn *grpc.ClientConn) (any, error) {
	return conn, nil
}

// call makes one call of Terraform's protocol.
func (p *plugin) call(ctx context.Context, method string, request []byte) (answer []byte, err error) {
	err = p.conn.Invoke(ctx, "/tfplugin6.Provider/"+method, request, &answer, grpc.ForceCodec(verbatim{}))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", method, err)
	}
	return answer, nil
}

// verbatim is a codec for messages that are encoded already.
type verbatim struct{}

// Name is that of the encoding.
func (verbatim) Name() string { return "proto" }

// Marshal takes a []byte.
func (verbatim) Marshal(v any) ([]byte, error) {
	message, ok := v.([]byte)
	if !ok {
		return nil, fmt.Errorf("%T is no message", v)
	}
	return message, nil
}

// Unmarshal takes a *[]byte.
func (verbatim) Unmarshal(data []byte, v any) error {
	message, ok := v.(*[]byte)
	if !ok {
		return fmt.Errorf("%T takes no message", v)
	}
	*message = data
	return nil
}
