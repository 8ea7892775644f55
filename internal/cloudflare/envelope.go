package cloudflare

import (
	"bytes"
	"cmp"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The JSON library is the one that is to become encoding/json/v2. The first
// version takes "UID" for "uid", so that a field Cloudflare adds one day could
// overwrite another. Text that is not valid Unicode is no error with either: what is
// not valid becomes U+FFFD, so that one name does not make a list unreadable.

// An envelope is what Cloudflare's API wraps every result in. Problem is what
// takes its place in responses of Cloudflare's edge.
type envelope struct {
	Success    *bool         `json:"success"`
	Errors     messages      `json:"errors"`
	Messages   messages      `json:"messages"`
	Result     resultDecoder `json:"result"`
	ResultInfo resultInfo    `json:"result_info"`
	Problem    problem       `json:",embed"`
}

// resultInfo is what a page states about the list. Its values only guide the
// reader of the list: those that make no sense are taken as not stated.
type resultInfo struct {
	Page       jsontext.Value `json:"page"`
	PerPage    jsontext.Value `json:"per_page"`
	TotalCount jsontext.Value `json:"total_count"`
	Cursor     jsontext.Value `json:"cursor"`  // of the next page
	After      jsontext.Value `json:"after"`   // the same, in Cursors
	Cursors    *resultInfo    `json:"cursors"` // in other lists of Cloudflare
}

// nextCursor returns the cursor of the next page, "" at the end of the list. One that
// is not text is sent as it is written: the list must not end there.
func (i *resultInfo) nextCursor() string {
	text := string(i.Cursor)
	if kind := i.Cursor.Kind(); kind == jsontext.KindString || kind == jsontext.KindNull {
		text = textOf(i.Cursor)
	}
	if text == "" && i.Cursors != nil {
		return (&resultInfo{Cursor: i.Cursors.After}).nextCursor()
	}
	return text
}

// UnmarshalJSONFrom skips what is not an object.
func (i *resultInfo) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	if dec.PeekKind() != jsontext.KindBeginObject {
		return dec.SkipValue()
	}
	type plain resultInfo
	return json.UnmarshalDecode(dec, (*plain)(i))
}

// intOr returns a whole number from 0 to 2,147,483,647, or else another one.
func intOr(value jsontext.Value, other int) int {
	if n, ok := parseWhole(value); ok && n >= 0 && n <= math.MaxInt32 {
		return int(n)
	}
	return other
}

// decode decodes a response's body. If success is false, env.Errors says why;
// the error says why the body cannot be used.
func (env *envelope) decode(body []byte) error {
	body = bytes.TrimPrefix(body, []byte("\ufeff"))
	if len(body) == 0 {
		return errEmpty
	}
	if err := json.Unmarshal(body, env, jsontext.AllowInvalidUTF8(true)); err != nil {
		return decodeError(err, body)
	}
	if env.Success == nil {
		return &ValueError{Field: "success", Want: "there"}
	}
	if !*env.Success && len(env.Errors) == 0 {
		return errRefused
	}
	if !*env.Success {
		return nil
	}
	if env.Result.isNull && env.Result.notNull && intOr(env.ResultInfo.TotalCount, -1) < 0 {
		return errNoList
	}
	return env.Result.invalid
}

// A resultDecoder decodes the value of an envelope's result without keeping the
// text.
type resultDecoder struct {
	kind    jsontext.Kind // of the value: an object or a list
	decode  func(*resultDecoder, *jsontext.Decoder) error
	rows    int   // decoded so far
	isNull  bool  // the value is null
	notNull bool  // null is only an empty list if a count is stated
	invalid error // why the value cannot be used; a response that reports an error may have any
}

// UnmarshalJSONFrom skips a value of another kind, and takes null as an empty
// list.
func (r *resultDecoder) UnmarshalJSONFrom(dec *jsontext.Decoder) error {
	kind := dec.PeekKind()
	r.isNull = kind == jsontext.KindNull
	if kind == r.kind || r.isNull && r.kind == jsontext.KindBeginArray {
		r.invalid = nil
	}
	if kind != r.kind {
		return dec.SkipValue()
	}
	return r.decode(r, dec)
}

// listDecoder calls add for each object of a list. The row is overwritten after that.
func listDecoder[R any](add func(*R)) resultDecoder {
	return resultDecoder{kind: jsontext.KindBeginArray, invalid: &ValueError{Field: "result", Want: "a list"}, decode: func(r *resultDecoder, dec *jsontext.Decoder) error {
		if _, err := dec.ReadToken(); err != nil {
			return err
		}
		for row := new(R); dec.PeekKind() != jsontext.KindEndArray; r.rows++ {
			if dec.PeekKind() == jsontext.KindNull {
				return &ValueError{Row: r.rows + 1, Want: "an object"}
			}
			*row = *new(R)
			if err := json.UnmarshalDecode(dec, row); err != nil {
				return err
			}
			add(row)
		}
		_, err := dec.ReadToken()
		return err
	}}
}

// userDecoder decodes the user with this id.
func userDecoder(user *AccessUser, id string) resultDecoder {
	return resultDecoder{kind: jsontext.KindBeginObject, invalid: &ValueError{Field: "result", Want: "an object"}, decode: func(r *resultDecoder, dec *jsontext.Decoder) error {
		r.rows = 1
		err := json.UnmarshalDecode(dec, user)
		if !strings.EqualFold(stringOrEmpty(user.ID), id) {
			r.invalid = &ValueError{Field: "id", Want: "the id that was requested"}
		}
		return err
	}}
}

// newValueError reads a JSON pointer such as /result/36/email or, if the result
// is one object, /result/email.
func newValueError(pointer string, want reflect.Type) *ValueError {
	path := strings.TrimPrefix(strings.TrimPrefix(pointer, "/"), "result/")
	e := &ValueError{Field: path, Want: "of the right type"}
	number, field, _ := strings.Cut(path, "/")
	if index, err := strconv.Atoi(number); err == nil {
		e.Row, e.Field = index+1, strings.ReplaceAll(field, "/", ".")
	}
	if want != nil {
		e.Want = cmp.Or(map[reflect.Kind]string{
			reflect.String: "a string",
			reflect.Bool:   "true or false",
			reflect.Int64:  "a whole number",
			reflect.Slice:  "a list",
			reflect.Struct: "an object",
		}[want.Kind()], e.Want)
	}
	return e
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
	f, err := strconv.ParseFloat(string(value), 64)
	return int64(f), err == nil && f == math.Trunc(f) && math.Abs(f) < 1<<53
}
