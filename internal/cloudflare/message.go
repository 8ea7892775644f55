package cloudflare

import (
	"cmp"
	"fmt"
	"mime"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// A Message is one entry of an envelope's errors or messages.
type Message struct {
	Code             int64  `json:"code"`
	Message          string `json:"message"`
	DocumentationURL string `json:"documentation_url"`
	Source           struct {
		Pointer string `json:"pointer"` // the part of the request that the message is about
	} `json:"source"`
	ErrorChain messages `json:"error_chain"`
}

// UnmarshalJSONFrom accepts every value: a message in an unexpected form must neither
// be lost nor make a valid list fail. An empty value is the zero message.
func (m *Message) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	compact := value.Clone()
	if err != nil || compact.Compact() == nil && slices.Contains([]string{`null`, `""`, `{}`, `[]`, `false`, `0`}, string(compact)) {
		return err
	}
	type plain Message
	for _, isText := range []bool{false, true} {
		*m = Message{}
		err := json.Unmarshal(value, (*plain)(m), dec.Options(), json.StringifyNumbers(isText))
		if err == nil && (m.Code != 0 || m.Message != "") {
			return nil
		}
	}
	*m = Message{Message: cmp.Or(textOf(value), string(value))}
	return nil
}

// String returns code and text, then the error chain: "6003: Invalid request
// headers (6111: Invalid format for Authorization header)".
func (m *Message) String() string {
	var b strings.Builder
	if m.Code != 0 {
		fmt.Fprintf(&b, "%d: ", m.Code)
	}
	b.WriteString(m.Message)
	if m.Source.Pointer != "" {
		fmt.Fprintf(&b, " [%s]", m.Source.Pointer)
	}
	if m.DocumentationURL != "" {
		fmt.Fprintf(&b, " <%s>", m.DocumentationURL)
	}
	for _, cause := range m.ErrorChain {
		b.WriteString(" (" + cause.String() + ")")
	}
	return b.String()
}

// messages is a list of messages. One without a list, or a text, is reported, too.
type messages []Message

// UnmarshalJSONFrom accepts every value. What is null or empty is no message.
func (m *messages) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	list := make([]Message, 1)
	var into any = &list[0]
	if dec.PeekKind() == jsontext.KindBeginArray {
		into = &list
	}
	err := json.UnmarshalDecode(dec, into)
	*m = slices.DeleteFunc(list, func(m Message) bool { return m.Code == 0 && m.Message == "" })
	return err
}

// A problem is an error in the form of RFC 9457, which Cloudflare's edge uses
// instead of an envelope. Values of the wrong type are taken as not stated.
type problem struct {
	Type       jsontext.Value `json:"type"`
	Title      jsontext.Value `json:"title"`
	Status     jsontext.Value `json:"status"`
	Detail     jsontext.Value `json:"detail"`
	Instance   jsontext.Value `json:"instance"` // the value of CF-Ray
	ErrorCode  jsontext.Value `json:"error_code"`
	Retryable  jsontext.Value `json:"retryable"`
	RetryAfter jsontext.Value `json:"retry_after"` // seconds
}

// isIn reports whether a body is a problem document and not an envelope.
func (p *problem) isIn(env *envelope, contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return env.Success == nil && (mediaType == "application/problem+json" || p.Title != nil && p.Status != nil)
}

// addTo adds what the document states to an error.
func (p *problem) addTo(e *Error, now time.Time) {
	e.problem, e.Err = p, nil
	e.RayID = cmp.Or(e.RayID, textOf(p.Instance))
	e.RetryAfter = max(e.RetryAfter, parseRetryAfter(cmp.Or(textOf(p.RetryAfter), string(p.RetryAfter)), now))
	text := strings.Trim(textOf(p.Title)+": "+textOf(p.Detail), ": ")
	e.Messages = []Message{{
		Code: int64(intOr(p.ErrorCode, 0)), DocumentationURL: textOf(p.Type), Message: cmp.Or(text, "no title"),
	}}
}

// textOf returns the text of a JSON string, and "" for other values.
func textOf(value jsontext.Value) string {
	text, _ := jsontext.AppendUnquote(nil, value)
	return string(text)
}
