package wiki

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Page struct {
	Slug    string    `dynamodbav:"slug"`
	Title   string    `dynamodbav:"title"`
	Body    string    `dynamodbav:"body"`
	Edits   int       `dynamodbav:"edits"`
	Version int64     `dynamodbav:"version"`
	SavedAt time.Time `dynamodbav:"saved_at"`
}

var (
	ErrMissing  = errors.New("page does not exist")
	ErrConflict = errors.New("page was edited by someone else")
)

type Store struct {
	client *dynamodb.Client
	table  string
	log    *slog.Logger
	mu     sync.Mutex
}

func slugKey(slug string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"slug": &types.AttributeValueMemberS{Value: slug}}
}

func num(v int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(v, 10)}
}

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func isConflict(err error) bool {
	var ccf *types.ConditionalCheckFailedException
	return errors.As(err, &ccf)
}

func (s *Store) Get(ctx context.Context, slug string) (*Page, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{
		TableName:      aws.String(s.table),
		Key:            slugKey(slug),
		ConsistentRead: aws.Bool(true),
	})
	if err != nil {
		return nil, fmt.Errorf("get page %q: %w", slug, err)
	}
	if out.Item == nil {
		return nil, ErrMissing
	}
	p := new(Page)
	if err := attributevalue.UnmarshalMap(out.Item, p); err != nil {
		return nil, err
	}
	return p, nil
}

// case: id=go-ddb-128 label=race rule=check-then-act tier=2 note=the expected version is compared in the program only
func (s *Store) Replace(ctx context.Context, slug, body string, expected int64) error {
	p, err := s.Get(ctx, slug)
	if err != nil {
		return err
	}
	if p.Version != expected {
		return ErrConflict
	}
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:        aws.String(s.table),
		Key:              slugKey(slug),
		UpdateExpression: aws.String("SET body = :b, version = version + :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":b":   text(body),
			":one": num(1),
		},
	})
	return err
}

// case: id=go-ddb-129 label=safe tier=2 note=expected version in the condition, bumped by the same update
func (s *Store) ReplaceVersioned(ctx context.Context, slug, body string, expected int64) error {
	p, err := s.Get(ctx, slug)
	if err != nil {
		return err
	}
	if p.Version != expected {
		return ErrConflict
	}
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(s.table),
		Key:                 slugKey(slug),
		UpdateExpression:    aws.String("SET body = :b, version = version + :one"),
		ConditionExpression: aws.String("version = :expected"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":b":        text(body),
			":one":      num(1),
			":expected": num(expected),
		},
	})
	if isConflict(err) {
		return ErrConflict
	}
	return err
}

// case: id=go-ddb-130 label=race rule=lost-update tier=2 note=the version is compared but nothing advances it
func (s *Store) Append(ctx context.Context, slug, paragraph string) error {
	p, err := s.Get(ctx, slug)
	if err != nil {
		return err
	}
	body := p.Body + "\n\n" + paragraph
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:           aws.String(s.table),
		Key:                 slugKey(slug),
		UpdateExpression:    aws.String("SET body = :b, saved_at = :now"),
		ConditionExpression: aws.String("version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":b":   text(body),
			":v":   num(p.Version),
			":now": text(time.Now().UTC().Format(time.RFC3339)),
		},
	})
	if isConflict(err) {
		return ErrConflict
	}
	return err
}

// case: id=go-ddb-131 label=race rule=lost-update tier=2 note=the version in the condition comes from a second read, the body from the first
func (s *Store) Prepend(ctx context.Context, slug, banner string) error {
	first, err := s.Get(ctx, slug)
	if err != nil {
		return err
	}
	body := banner + "\n\n" + first.Body
	latest, err := s.Get(ctx, slug)
	if err != nil {
		return err
	}
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:           aws.String(s.table),
		Key:                 slugKey(slug),
		UpdateExpression:    aws.String("SET body = :b, version = :next"),
		ConditionExpression: aws.String("version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":b":    text(body),
			":v":    num(latest.Version),
			":next": num(latest.Version + 1),
		},
	})
	if isConflict(err) {
		return ErrConflict
	}
	return err
}

// case: id=go-ddb-132 label=safe tier=2 note=body and version from one read, version compared and advanced, loop reads again
func (s *Store) AppendRetry(ctx context.Context, slug, paragraph string) error {
	for attempt := 1; attempt <= 5; attempt++ {
		p, err := s.Get(ctx, slug)
		if err != nil {
			return err
		}
		seen := p.Version
		p.Body += "\n\n" + paragraph
		p.Edits++
		p.Version = seen + 1
		p.SavedAt = time.Now().UTC()
		item, err := attributevalue.MarshalMap(p)
		if err != nil {
			return err
		}
		_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName:                 aws.String(s.table),
			Item:                      item,
			ConditionExpression:       aws.String("version = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":seen": num(seen)},
		})
		if err == nil {
			return nil
		}
		if !isConflict(err) {
			return fmt.Errorf("put page %q: %w", slug, err)
		}
		time.Sleep(time.Duration(attempt) * 20 * time.Millisecond)
	}
	return ErrConflict
}

// case: id=go-ddb-133 label=race rule=swallowed-conflict|lost-update tier=2 note=on conflict the condition is dropped and the same stale item is put again
func (s *Store) AppendStubborn(ctx context.Context, slug, paragraph string) error {
	p, err := s.Get(ctx, slug)
	if err != nil {
		return err
	}
	seen := p.Version
	p.Body += "\n\n" + paragraph
	p.Version++
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	in := &dynamodb.PutItemInput{
		TableName:                 aws.String(s.table),
		Item:                      item,
		ConditionExpression:       aws.String("version = :seen"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":seen": num(seen)},
	}
	_, err = s.client.PutItem(ctx, in)
	if isConflict(err) {
		s.log.WarnContext(ctx, "page changed, saving anyway", "slug", slug)
		_, err = s.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: in.TableName, Item: in.Item}) // expect: swallowed-conflict|lost-update
	}
	return err
}

// case: id=go-ddb-134 label=race rule=swallowed-conflict tier=2 note=a lost conflict is answered with the page as if it had been saved
func (s *Store) Rename(ctx context.Context, slug, title string) (*Page, error) {
	p, err := s.Get(ctx, slug)
	if err != nil {
		return nil, err
	}
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict
		TableName:           aws.String(s.table),
		Key:                 slugKey(slug),
		UpdateExpression:    aws.String("SET title = :t, version = :next"),
		ConditionExpression: aws.String("version = :v"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":t":    text(title),
			":v":    num(p.Version),
			":next": num(p.Version + 1),
		},
	})
	if err != nil && !isConflict(err) {
		return nil, fmt.Errorf("rename %q: %w", slug, err)
	}
	p.Title = title
	p.Version++
	return p, nil
}

// case: id=go-ddb-135 label=race rule=lost-update tier=2 note=a mutex of this process around read and write does not reach the other instances
func (s *Store) CountEdit(ctx context.Context, slug string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()

	p, err := s.Get(ctx, slug)
	if err != nil {
		return 0, err
	}
	edits := int64(p.Edits + 1)
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(s.table),
		Key:                       slugKey(slug),
		UpdateExpression:          aws.String("SET edits = :n"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":n": num(edits)},
	})
	return int(edits), err
}

// case: id=go-ddb-136 label=safe tier=2 note=pages from before versioning have none, absence passes once because the put adds a version
func (s *Store) Redact(ctx context.Context, slug string, redact func(string) string) error {
	p, err := s.Get(ctx, slug)
	if err != nil {
		return err
	}
	in := &dynamodb.UpdateItemInput{
		TableName:        aws.String(s.table),
		Key:              slugKey(slug),
		UpdateExpression: aws.String("SET body = :b, version = :next"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":b":    text(redact(p.Body)),
			":next": num(p.Version + 1),
		},
	}
	if p.Version == 0 {
		in.ConditionExpression = aws.String("attribute_exists(slug) AND attribute_not_exists(version)")
	} else {
		in.ConditionExpression = aws.String("version = :v")
		in.ExpressionAttributeValues[":v"] = num(p.Version)
	}
	if _, err := s.client.UpdateItem(ctx, in); err != nil {
		if isConflict(err) {
			return ErrConflict
		}
		return fmt.Errorf("redact %q: %w", slug, err)
	}
	return nil
}
