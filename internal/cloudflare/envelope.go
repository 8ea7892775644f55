package cloudflare

import (
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The JSON library is the one that is to become encoding/json/v2. The first
// version takes "UID" for "uid", so that a field Cloudflare adds one day could
// overwrite another, and replaces invalid text without a word.

// envelope is what Cloudflare wraps every list in.
type envelope[T, R any] struct {
	Success    *bool      `json:"success"`
	Errors     []Message  `json:"errors"`
	Messages   []Message  `json:"messages"`
	Result     rows[T, R] `json:"result"`
	ResultInfo resultInfo `json:"result_info"`
}

// resultInfo is where a page stands in its list. Each part may be missing.
type resultInfo struct {
	Page       counter `json:"page"`
	PerPage    counter `json:"per_page"`
	TotalCount counter `json:"total_count"`
	TotalPages counter `json:"total_pages"`
}

// decodeEnvelope reads one answer and keeps of each row what keep makes of it.
// Where success is false, Errors says why; its own error says why the answer
// cannot be read.
func decodeEnvelope[T, R any](body []byte, keep func(*T) R) (env envelope[T, R], err error) {
	env.Result.keep = keep
	if len(body) == 0 {
		return env, errEmpty
	}
	if err := json.Unmarshal(body, &env); err != nil {
		return env, decodeError(err)
	}
	switch {
	case env.Success == nil:
		return env, &ValueError{Field: "success", Want: "there"}
	case !*env.Success && len(env.Errors) == 0:
		return env, errRefused
	case !*env.Success:
		return env, nil
	case !env.Result.stated:
		return env, &ValueError{Field: "result", Want: "a list"}
	}
	return env, nil
}

// newValueError reads a JSON pointer such as /result/36/email.
func newValueError(pointer string, want reflect.Type) *ValueError {
	e := &ValueError{Field: strings.TrimPrefix(pointer, "/"), Want: "of the right type"}
	if parts := strings.SplitN(e.Field, "/", 3); parts[0] == "result" && len(parts) > 1 {
		if index, err := strconv.Atoi(parts[1]); err == nil {
			e.Row, e.Field = index+1, strings.Join(parts[2:], "/")
		}
	}
	if want == nil {
		return e
	}
	switch want.Kind() {
	case reflect.String:
		e.Want = "a string"
	case reflect.Bool:
		e.Want = "true or false"
	case reflect.Int64:
		e.Want = "a whole number"
	case reflect.Slice:
		e.Want = "a list"
	case reflect.Struct:
		e.Want = "an object"
	}
	return e
}

// rows decodes a result one row after the other.
type rows[T, R any] struct {
	keep   func(*T) R
	kept   []R
	stated bool // as a list, or as null, which is how an empty list may come
}

// UnmarshalJSONFrom leaves a result that is no list unstated: an answer that
// says why it failed may put anything there.
func (r *rows[T, R]) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	switch dec.PeekKind() {
	case jsontext.KindNull:
		r.stated = true
		return dec.SkipValue()
	case jsontext.KindBeginArray:
		r.stated = true
	default:
		return dec.SkipValue()
	}
	if _, err := dec.ReadToken(); err != nil {
		return err
	}
	row, blank := new(T), *new(T)
	for dec.PeekKind() != jsontext.KindEndArray {
		if dec.PeekKind() == jsontext.KindNull {
			return &ValueError{Row: len(r.kept) + 1, Want: "an object"}
		}
		*row = blank
		if err := json.UnmarshalDecode(dec, row); err != nil {
			return err
		}
		r.kept = append(r.kept, r.keep(row))
	}
	_, err := dec.ReadToken()
	return err
}

// counter is a number that only guides the reader: one that makes no sense
// counts as missing, and what it would have vouched for is checked otherwise.
type counter struct {
	n     int
	known bool
}

// UnmarshalJSONFrom never fails for a value of the wrong type.
func (c *counter) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	n, ok := parseWhole(value)
	if ok && n >= 0 && n <= math.MaxInt32 {
		*c = counter{n: int(n), known: true}
	}
	return nil
}

// A WholeNumber is an integer that may be written as 2 or as 2.0.
type WholeNumber int64

// UnmarshalJSONFrom takes every number without a fraction that an int64 holds.
func (w *WholeNumber) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	n, ok := parseWhole(value)
	if !ok {
		return &json.SemanticError{GoType: reflect.TypeFor[WholeNumber](), JSONPointer: dec.StackPointer()}
	}
	*w = WholeNumber(n)
	return nil
}

// parseWhole reads a JSON number that has no fraction. From 2^53 on, where a
// float no longer tells whole numbers apart, only plain digits are taken.
func parseWhole(value jsontext.Value) (int64, bool) {
	if n, err := strconv.ParseInt(string(value), 10, 64); err == nil {
		return n, true
	}
	if value.Kind() != jsontext.KindNumber {
		return 0, false
	}
	f, err := strconv.ParseFloat(string(value), 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}
