// Package feed keeps numbered posts, and one item that says how far they go.
package feed

import (
	"context"
	"errors"
	"fmt"
	"reflect"

	"github.com/aws/aws-sdk-go/aws/session"

	"example.com/feed/internal/trace"
)

const (
	numberKey  = "post_number"
	lastName   = "last_number"
	headNumber = int64(-1)
)

// Feed is one stream of posts.
type Feed struct {
	posts   table
	append  trace.Span
	store   trace.Span
	rewind  trace.Span
	last    trace.SpanOf[int64]
	between trace.SpanOf[[]*Post]
}

func New(name string, s *session.Session) *Feed {
	return &Feed{
		posts:   newTable(name, reflect.TypeOf(postItem{}), s),
		append:  trace.New("append"),
		store:   trace.New("store"),
		rewind:  trace.New("rewind"),
		last:    trace.NewOf[int64]("last").WithRetry(trace.NewRetryOf[int64](3)),
		between: trace.NewOf[[]*Post]("between"),
	}
}

func keyOf(number int64) keys {
	return keys{
		numberKey: number,
	}
}

func head(last int64) *postItem {
	return &postItem{Number: headNumber, Last: last}
}

func toPost(item any) (*Post, bool) {
	p, ok := item.(*postItem)
	if !ok {
		return nil, ok
	}
	return (*Post)(p), true
}

func (f *Feed) get(ctx context.Context, number int64) (*Post, error) {
	item, err := f.posts.Load(ctx, keyOf(number))
	if err != nil {
		return nil, fmt.Errorf("load post %d: %w", number, err)
	}
	p, ok := toPost(item)
	if !ok {
		return nil, fmt.Errorf("unexpected item %v", item)
	}
	return p, nil
}

// Last is the number of the newest post.
func (f *Feed) Last(ctx context.Context) (int64, error) {
	return f.last.Run(ctx, func(ctx context.Context) (int64, error) {
		p, err := f.get(ctx, headNumber)
		if err != nil {
			if errors.Is(err, ErrNotFound) {
				return 0, ErrEmpty
			}
			return 0, err
		}
		return p.Last, nil
	})
}

// Between gives the posts from one number up to another.
func (f *Feed) Between(ctx context.Context, from, to int64) ([]*Post, error) {
	return f.between.Run(ctx, func(ctx context.Context) ([]*Post, error) {
		last, err := f.Last(ctx)
		if err != nil {
			return nil, err
		}
		if to > last {
			return nil, ErrAhead
		}
		out := make([]*Post, 0, to-from)
		for n := from; n < to; n++ {
			p, err := f.get(ctx, n)
			if err != nil {
				return nil, err
			}
			out = append(out, p)
		}
		return out, nil
	})
}

// Append numbers drafts after the newest post.
func (f *Feed) Append(ctx context.Context, drafts []*Post) error {
	last, err := f.Last(ctx)
	var first int64
	if err != nil {
		if !errors.Is(err, ErrEmpty) {
			return err
		}
		first = 1
	} else {
		first = last + 1
	}
	return f.put(ctx, numbered(drafts, first))
}

func (f *Feed) put(ctx context.Context, posts []*Post) error {
	first := posts[0].Number
	return f.append.Run(ctx, func(ctx context.Context) error {
		if first > 1 {
			if _, err := f.Between(ctx, max(first-10, 1), first); err != nil {
				return fmt.Errorf("feed has gaps: %w", err)
			}
		}
		for _, p := range posts {
			item := (*postItem)(p)
			if err := f.posts.StoreIf(ctx, item, lastName, 0); err != nil {
				return fmt.Errorf("store post: %w", err)
			}
		}
		return f.store.Run(ctx, func(ctx context.Context) error {
			return f.posts.Store(ctx, head(posts[len(posts)-1].Number)) // expect: lost-update
		})
	})
}

// Rewind takes the newest posts back.
func (f *Feed) Rewind(ctx context.Context, to int64) error {
	return f.rewind.Run(ctx, func(ctx context.Context) error {
		last, err := f.Last(ctx)
		if err != nil {
			return err
		}
		if to > last {
			return ErrAhead
		}
		return f.posts.Store(ctx, head(to)) // expect: check-then-act
	})
}

// RewindFrom takes the newest posts back, if nobody has published meanwhile.
func (f *Feed) RewindFrom(ctx context.Context, to int64) error {
	return f.rewind.Run(ctx, func(ctx context.Context) error {
		last, err := f.Last(ctx)
		if err != nil {
			return err
		}
		if to > last {
			return ErrAhead
		}
		return f.posts.StoreIf(ctx, head(to), lastName, last)
	})
}
