package feed

import "errors"

var (
	ErrNotFound = errors.New("not found")
	ErrEmpty    = errors.New("nothing published yet")
	ErrAhead    = errors.New("position is ahead of the feed")
)

type (
	// keys of an item, by attribute
	keys map[string]any

	// Post is what readers see.
	Post struct {
		Number    int64
		Title     string
		Published int64
		Last      int64
	}

	postItem struct {
		Number    int64  `dynamodbav:"post_number"`
		Title     string `dynamodbav:"title"`
		Published int64  `dynamodbav:"published"`
		Last      int64  `dynamodbav:"last_number"`
	}
)

func numbered(drafts []*Post, first int64) []*Post {
	if len(drafts) == 0 {
		return []*Post{}
	}
	out := make([]*Post, len(drafts))
	for i, d := range drafts {
		out[i] = &Post{Number: first, Title: d.Title, Published: d.Published}
		first++
	}
	return out
}
