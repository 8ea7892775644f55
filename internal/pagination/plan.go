package pagination

const (
	// maxBatch is how many requests are made at once, at most.
	maxBatch = 10
	// maxOverlap is the number of rows by which a page overlaps the one before
	// it. As many rows may be removed between two requests without a further
	// request.
	maxOverlap = 8
	// linkWindow is how many of the newest rows are looked at for a link, at
	// least: a page linked only to older rows may be so because rows moved.
	linkWindow = 32
	// maxMoves is how often the start of an unlinked page is moved to the left
	// by about half a page, after the overlap has grown to that.
	maxMoves = 4
)

// overlap returns the rows by which pages of a size overlap; 0 if they are too
// small to.
func overlap(size int) int { return min(maxOverlap, size/4) }

// maxBack returns how far before the end of the rows read so far a page of
// this size may start and still reach beyond it.
func maxBack(size int) int { return (size - 1) / 2 }

// nextRequest returns the request for a page that starts back or more rows
// before position end and reaches furthest. It reports false if no page of size
// rows or somewhat fewer does so and reaches beyond end.
func nextRequest(end, size, back int) (Request, bool) {
	var best Request
	for perPage := size; perPage >= max(size/2, 1); perPage-- {
		request := Request{Page: max(end-back, 0)/perPage + 1, PerPage: perPage}
		if request.end() > best.end() {
			best = request
		}
	}
	return best, best.end() > end
}

// plan returns the requests to make next, at once: up to the end of the list as
// far as the counts tell it, and at most p.batch.
func (p *pass) plan() []Request {
	var requests []Request
	for end := p.end; len(requests) < p.batch; {
		request, ok := Request{Page: end/p.size + 1, PerPage: p.size}, true
		if !p.adjacent {
			request, ok = nextRequest(end, p.size, p.back)
			ok = ok || p.back > overlap(p.size) // to find a link, any page will do
		}
		if !ok {
			break
		}
		requests = append(requests, request)
		if end = request.end(); end > p.expected() {
			break
		}
	}
	return requests
}
