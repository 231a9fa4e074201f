// Package trace times operations and tries them again.
package trace

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

type (
	// Span runs an operation that gives nothing but an error.
	Span interface {
		Run(ctx context.Context, op Op, opts ...RunOption) error
		WithRetry(r Retry) Span
	}

	// SpanOf runs an operation with a result.
	SpanOf[T any] interface {
		Run(ctx context.Context, op OpOf[T], opts ...RunOption) (T, error)
		WithRetry(r RetryOf[T]) SpanOf[T]
	}

	Retry interface {
		Do(ctx context.Context, op Op) error
	}

	RetryOf[T any] interface {
		Do(ctx context.Context, op OpOf[T]) (T, error)
	}

	Op          func(ctx context.Context) error
	OpOf[T any] func(ctx context.Context) (T, error)
	Option      func(*settings)
	RunOption   func(*runSettings)

	settings struct {
		logger *slog.Logger
		quiet  func(error) bool
	}

	runSettings struct {
		fields []any
	}

	span struct {
		inner SpanOf[struct{}]
	}

	spanOf[T any] struct {
		name  string
		retry RetryOf[T]
		*settings
	}

	retry struct {
		inner RetryOf[struct{}]
	}

	retryOf[T any] struct {
		attempts int
		pause    time.Duration
	}
)

var errPermanent = errors.New("permanent")

func New(name string, opts ...Option) Span {
	return &span{inner: NewOf[struct{}](name, opts...)}
}

func NewOf[T any](name string, opts ...Option) SpanOf[T] {
	s := &settings{logger: slog.Default()}
	for _, opt := range opts {
		opt(s)
	}
	return &spanOf[T]{name: name, settings: s}
}

func NewRetry(attempts int) Retry {
	return &retry{inner: NewRetryOf[struct{}](attempts)}
}

func NewRetryOf[T any](attempts int) RetryOf[T] {
	return &retryOf[T]{attempts: attempts, pause: 50 * time.Millisecond}
}

func (s *span) Run(ctx context.Context, op Op, opts ...RunOption) error {
	_, err := s.inner.Run(ctx, func(ctx context.Context) (struct{}, error) {
		err := op(ctx)
		return struct{}{}, err
	}, opts...)
	return err
}

func (s *span) WithRetry(r Retry) Span {
	return &span{inner: s.inner.WithRetry(r.(*retry).inner)}
}

func (s *spanOf[T]) Run(ctx context.Context, op OpOf[T], opts ...RunOption) (T, error) {
	o := new(runSettings)
	for _, opt := range opts {
		opt(o)
	}
	started := time.Now()
	var out T
	var err error
	if s.retry == nil {
		out, err = op(ctx)
	} else {
		out, err = s.retry.Do(ctx, OpOf[T](op))
	}
	logger := s.logger.With("took", time.Since(started))
	if len(o.fields) > 0 {
		logger = logger.With(o.fields...)
	}
	if err != nil {
		if s.quiet != nil && s.quiet(err) {
			s.succeeded(logger, err)
		} else {
			s.failed(logger, err)
		}
		return out, err
	}
	s.succeeded(logger, nil)
	return out, nil
}

func (s *spanOf[T]) WithRetry(r RetryOf[T]) SpanOf[T] {
	clone := *s
	clone.retry = r
	return &clone
}

func (s *spanOf[T]) succeeded(logger *slog.Logger, err error) {
	if err != nil {
		logger = logger.With("error", err)
	}
	logger.Debug(s.name)
}

func (s *spanOf[T]) failed(logger *slog.Logger, err error) {
	logger.Error(s.name, "error", err)
}

func (r *retry) Do(ctx context.Context, op Op) error {
	_, err := r.inner.Do(ctx, func(ctx context.Context) (struct{}, error) {
		err := op(ctx)
		return struct{}{}, err
	})
	return err
}

func (r *retryOf[T]) Do(ctx context.Context, op OpOf[T]) (T, error) {
	var out T
	var err error
	for i := 0; i < r.attempts; i++ {
		out, err = op(ctx)
		if err == nil || errors.Is(err, errPermanent) {
			return out, err
		}
		time.Sleep(r.pause)
	}
	return out, err
}
