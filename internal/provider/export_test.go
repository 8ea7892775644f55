package provider

// What tests need beside the protocol.

// EncodeObject encodes one attribute.
func EncodeObject(name string, value any) []byte {
	return newObjectEncoderPool().object(1, func(e *objectEncoder) { e.encode(name, value) })
}
