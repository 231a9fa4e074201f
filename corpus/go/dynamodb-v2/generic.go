package generic

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var ErrContention = errors.New("too many concurrent changes")

type Versioned interface {
	Revision() int64
	SetRevision(int64)
}

// Table is a typed view of one table with a simple string key.
type Table[T any] struct {
	client *dynamodb.Client
	name   string
	pk     string
}

func NewTable[T any](client *dynamodb.Client, name, pk string) *Table[T] {
	return &Table[T]{client: client, name: name, pk: pk}
}

func (t *Table[T]) key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{t.pk: &types.AttributeValueMemberS{Value: id}}
}

func (t *Table[T]) Load(ctx context.Context, id string) (*T, error) {
	out, err := t.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(t.name), Key: t.key(id)})
	if err != nil {
		return nil, fmt.Errorf("%s/%s: %w", t.name, id, err)
	}
	v := new(T)
	if out.Item == nil {
		return v, nil
	}
	return v, attributevalue.UnmarshalMap(out.Item, v)
}

// case: id=go-ddb-158 label=race rule=lost-update tier=3 note=the callback makes the new value from the old one, put back unconditionally (caller AddTag)
func (t *Table[T]) Mutate(ctx context.Context, id string, f func(old T) (T, error)) error {
	old, err := t.Load(ctx, id)
	if err != nil {
		return err
	}
	next, err := f(*old)
	if err != nil {
		return err
	}
	item, err := attributevalue.MarshalMap(next)
	if err != nil {
		return err
	}
	_, err = t.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(t.name), Item: item}) // expect: lost-update
	return err
}

// case: id=go-ddb-159 label=safe tier=3 note=loop reads again and puts under the old version, which it advances (caller RemoveTag)
func (t *Table[T]) MutateVersioned(ctx context.Context, id string, f func(*T) error) error {
	for attempt := 0; attempt < 8; attempt++ {
		cur, err := t.Load(ctx, id)
		if err != nil {
			return err
		}
		v, ok := any(cur).(Versioned)
		if !ok {
			return fmt.Errorf("%s holds no versioned items", t.name)
		}
		seen := v.Revision()
		if err := f(cur); err != nil {
			return err
		}
		v.SetRevision(seen + 1)
		item, err := attributevalue.MarshalMap(cur)
		if err != nil {
			return err
		}
		_, err = t.client.PutItem(ctx, &dynamodb.PutItemInput{
			TableName:           aws.String(t.name),
			Item:                item,
			ConditionExpression: aws.String("attribute_not_exists(revision) OR revision = :seen"),
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":seen": &types.AttributeValueMemberN{Value: strconv.FormatInt(seen, 10)},
			},
		})
		var ccf *types.ConditionalCheckFailedException
		if !errors.As(err, &ccf) {
			return err
		}
		time.Sleep(time.Duration(1<<attempt) * time.Millisecond)
	}
	return ErrContention
}

type Asset struct {
	ID   string   `dynamodbav:"asset_id"`
	Tags []string `dynamodbav:"tags"`
	Rev  int64    `dynamodbav:"revision"`
	Kind string   `dynamodbav:"kind"`
}

func (a *Asset) Revision() int64     { return a.Rev }
func (a *Asset) SetRevision(v int64) { a.Rev = v }

type Library struct {
	assets *Table[Asset]
}

func NewLibrary(client *dynamodb.Client) *Library {
	return &Library{assets: NewTable[Asset](client, "media-assets", "asset_id")}
}

func (l *Library) AddTag(ctx context.Context, id, tag string) error {
	return l.assets.Mutate(ctx, id, func(old Asset) (Asset, error) {
		for _, have := range old.Tags {
			if have == tag {
				return old, fmt.Errorf("asset %s already has tag %s", id, tag)
			}
		}
		old.Tags = append(old.Tags, tag)
		return old, nil
	})
}

func (l *Library) RemoveTag(ctx context.Context, id, tag string) error {
	return l.assets.MutateVersioned(ctx, id, func(a *Asset) error {
		kept := a.Tags[:0]
		for _, have := range a.Tags {
			if have != tag {
				kept = append(kept, have)
			}
		}
		a.Tags = kept
		return nil
	})
}

func withRetry(ctx context.Context, attempts int, op func(context.Context) error) error {
	var err error
	for i := 0; i < attempts; i++ {
		if err = op(ctx); err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(25 * time.Millisecond):
		}
	}
	return err
}

// case: id=go-ddb-160 label=race rule=lost-update tier=3 note=read outside the retried closure, unconditional put of the edited tags inside
func (l *Library) Retag(ctx context.Context, id string, rename map[string]string) error {
	a, err := l.assets.Load(ctx, id)
	if err != nil {
		return err
	}
	for i, tag := range a.Tags {
		if to, ok := rename[tag]; ok {
			a.Tags[i] = to
		}
	}
	tags, err := attributevalue.Marshal(a.Tags)
	if err != nil {
		return err
	}
	return withRetry(ctx, 3, func(ctx context.Context) error {
		_, err := l.assets.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
			TableName:                 aws.String(l.assets.name),
			Key:                       l.assets.key(id),
			UpdateExpression:          aws.String("SET tags = :tags"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":tags": tags},
		})
		return err
	})
}

// case: id=go-ddb-161 label=safe tier=3 note=reads and compares the tags inside the closure that is retried
func (l *Library) SortTags(ctx context.Context, id string, sorted func([]string) []string) error {
	return withRetry(ctx, 3, func(ctx context.Context) error {
		a, err := l.assets.Load(ctx, id)
		if err != nil {
			return err
		}
		was, err := attributevalue.Marshal(append([]string(nil), a.Tags...))
		if err != nil {
			return err
		}
		now, err := attributevalue.Marshal(sorted(a.Tags))
		if err != nil {
			return err
		}
		_, err = l.assets.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
			TableName:                 aws.String(l.assets.name),
			Key:                       l.assets.key(id),
			UpdateExpression:          aws.String("SET tags = :now"),
			ConditionExpression:       aws.String("tags = :was"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":was": was, ":now": now},
		})
		return err
	})
}
