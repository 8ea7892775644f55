package fakeapi

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// question is a request for a page, checked.
type question struct {
	accountID           string
	page, perPage       int
	email, name, search string
}

func questionOf(r *http.Request) (question, error) {
	query := r.URL.Query()
	page, err := positive(query, "page", 1)
	if err != nil {
		return question{}, err
	}
	perPage, err := positive(query, "per_page", defaultPerPage)
	if err != nil {
		return question{}, err
	}
	return question{
		accountID: r.PathValue("account_id"),
		page:      page,
		perPage:   perPage,
		email:     query.Get("email"),
		name:      query.Get("name"),
		search:    query.Get("search"),
	}, nil
}

func positive(query url.Values, name string, byDefault int) (int, error) {
	if !query.Has(name) {
		return byDefault, nil
	}
	n, err := strconv.Atoi(query.Get(name))
	if err != nil || n < 1 {
		return 0, fmt.Errorf("%s must be a positive integer, not %q", name, query.Get(name))
	}
	return n, nil
}

func (q question) filtered() bool {
	return q.email != "" || q.name != "" || q.search != ""
}

// filter returns the rows that answer q, in their order; rows itself where q
// has no filter.
func (q question) filter(rows []*row, exact bool) []*row {
	if !q.filtered() {
		return rows
	}
	match := contains
	if exact {
		match = equals
	}
	var matching []*row
	for _, row := range rows {
		if (q.email == "" || match(row.email, q.email)) &&
			(q.name == "" || match(row.name, q.name)) &&
			(q.search == "" || match(row.email, q.search) || match(row.name, q.search)) {
			matching = append(matching, row)
		}
	}
	return matching
}

func contains(value, part string) bool {
	return strings.Contains(strings.ToLower(value), strings.ToLower(part))
}

func equals(value, whole string) bool { return value == whole }
