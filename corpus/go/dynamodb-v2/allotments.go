// Package allotments keeps the plots of a garden society: what is looked for among the rows that were read.
package allotments

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

var ErrNamed = errors.New("allotments: that name is given")

type Plot struct {
	ID     string `dynamodbav:"plot_id"`
	Garden string `dynamodbav:"garden_id"`
	Name   string `dynamodbav:"plot_name"`
	Tenant string `dynamodbav:"tenant"`
}

type Register struct {
	db    *dynamodb.Client
	plots string
}

func (r *Register) of(ctx context.Context, garden string) ([]Plot, error) {
	out, err := r.db.Query(ctx, &dynamodb.QueryInput{
		TableName:                 &r.plots,
		IndexName:                 aws.String("by-garden"),
		KeyConditionExpression:    aws.String("garden_id = :g"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":g": &types.AttributeValueMemberS{Value: garden}},
	})
	if err != nil {
		return nil, err
	}
	var plots []Plot
	err = attributevalue.UnmarshalListOfMaps(out.Items, &plots)
	return plots, err
}

func (r *Register) put(ctx context.Context, p Plot) error {
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		return err
	}
	_, err = r.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &r.plots,
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(plot_id)"),
	})
	return err
}

func (r *Register) named(ctx context.Context, garden, name string) (bool, error) {
	plots, err := r.of(ctx, garden)
	if err != nil {
		return false, err
	}
	for _, p := range plots {
		if strings.EqualFold(p.Name, name) {
			return true, nil
		}
	}
	return false, nil
}

// case: id=go-ddb-7850 label=race rule=check-then-create tier=3 note=the name is compared without regard to case, the put is unique in a fresh key only
func (r *Register) Open(ctx context.Context, garden, name string) error {
	taken, err := r.named(ctx, garden, name)
	if err != nil {
		return err
	}
	if taken {
		return ErrNamed
	}
	return r.put(ctx, Plot{ID: uuid.NewString(), Garden: garden, Name: name}) // expect: check-then-create
}

// case: id=go-ddb-7851 label=race rule=check-then-create tier=3 note=searched with a function
func (r *Register) OpenUnless(ctx context.Context, garden, name string) error {
	plots, err := r.of(ctx, garden)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(plots, func(p Plot) bool { return p.Name == name }) {
		return ErrNamed
	}
	return r.put(ctx, Plot{ID: uuid.NewString(), Garden: garden, Name: name}) // expect: check-then-create
}

// case: id=go-ddb-7852 label=race rule=check-then-create tier=3 note=looked for among the names gathered
func (r *Register) OpenListed(ctx context.Context, garden, name string) error {
	plots, err := r.of(ctx, garden)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(plots))
	for _, p := range plots {
		names = append(names, p.Name)
	}
	if slices.Contains(names, name) {
		return ErrNamed
	}
	return r.put(ctx, Plot{ID: uuid.NewString(), Garden: garden, Name: name}) // expect: check-then-create
}

// case: id=go-ddb-7853 label=race rule=check-then-create tier=3 note=looked for under the names as keys
func (r *Register) OpenKeyed(ctx context.Context, garden, name string) error {
	plots, err := r.of(ctx, garden)
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, p := range plots {
		seen[p.Name] = true
	}
	if seen[name] {
		return ErrNamed
	}
	return r.put(ctx, Plot{ID: uuid.NewString(), Garden: garden, Name: name}) // expect: check-then-create
}

// case: id=go-ddb-7854 label=race rule=check-then-create tier=3 note=a map of the rows is asked whether it has one
func (r *Register) OpenFor(ctx context.Context, garden, name, tenant string) error {
	plots, err := r.of(ctx, garden)
	if err != nil {
		return err
	}
	byName := make(map[string]Plot, len(plots))
	for _, p := range plots {
		byName[p.Name] = p
	}
	if _, ok := byName[name]; ok {
		return ErrNamed
	}
	return r.put(ctx, Plot{ID: uuid.NewString(), Garden: garden, Name: name, Tenant: tenant}) // expect: check-then-create
}

// case: id=go-ddb-7855 label=race rule=check-then-create tier=3 note=a flag says whether the loop was broken off
func (r *Register) OpenFlagged(ctx context.Context, garden, name string) error {
	plots, err := r.of(ctx, garden)
	if err != nil {
		return err
	}
	taken := false
	for _, p := range plots {
		if p.Name == name {
			taken = true
			break
		}
	}
	if taken {
		return ErrNamed
	}
	return r.put(ctx, Plot{ID: uuid.NewString(), Garden: garden, Name: name}) // expect: check-then-create
}

// case: id=go-ddb-7856 label=safe tier=3 note=the name is a part of the key that must not be there
func (r *Register) OpenOnce(ctx context.Context, garden, name string) error {
	taken, err := r.named(ctx, garden, name)
	if err != nil {
		return err
	}
	if taken {
		return ErrNamed
	}
	return r.put(ctx, Plot{ID: garden + "#" + strings.ToLower(name), Garden: garden, Name: name})
}
