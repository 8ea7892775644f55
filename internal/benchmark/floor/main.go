// Floor is the least that a provider can do: it returns responses that it finds
// in files, already encoded. What `terraform plan` takes with it is Terraform's
// own part.
package main

import (
	"io/fs"
	"os"
	"path"

	goplugin "github.com/hashicorp/go-plugin"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/emptypb"
)

func main() {
	goplugin.Serve(&goplugin.ServeConfig{
		HandshakeConfig: goplugin.HandshakeConfig{
			MagicCookieKey:   "TF_PLUGIN_MAGIC_COOKIE",
			MagicCookieValue: "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
		},
		VersionedPlugins: map[int]goplugin.PluginSet{6: {"provider": plugin{}}},
		GRPCServer: func(options []grpc.ServerOption) *grpc.Server {
			return grpc.NewServer(append(options, grpc.UnknownServiceHandler(respond))...)
		},
	})
}

// respond returns the file in FLOOR_RESPONSES that has the method's name, or an
// empty message.
func respond(_ any, stream grpc.ServerStream) error {
	if err := stream.RecvMsg(new(emptypb.Empty)); err != nil {
		return err
	}
	method, _ := grpc.MethodFromServerStream(stream)
	encoded, _ := fs.ReadFile(os.DirFS(os.Getenv("FLOOR_RESPONSES")), path.Base(method))
	response := new(emptypb.Empty)
	response.ProtoReflect().SetUnknown(encoded)
	return stream.SendMsg(response)
}

// plugin registers no service: respond serves every method.
type plugin struct {
	goplugin.Plugin
	goplugin.GRPCPlugin
}

// GRPCServer is the only method that a server calls.
func (plugin) GRPCServer(*goplugin.GRPCBroker, *grpc.Server) error { return nil }
