// Package granaries lends grain: a refusal is told, or passed over.
package granaries

import (
	"context"
	"errors"
	"log"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

var errEmpty = errors.New("there is not enough grain")

type values = map[string]types.AttributeValue

type Granary struct {
	db    *dynamodb.Client
	bins  string
	loans string
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func n(v int) types.AttributeValue    { return &types.AttributeValueMemberN{Value: strconv.Itoa(v)} }

// scoop tells who has got nothing the same as who has got his sacks.
func (g *Granary) scoop(ctx context.Context, bin string, sacks int) error {
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: swallowed-conflict
		TableName:                 &g.bins,
		Key:                       values{"bin": s(bin)},
		UpdateExpression:          aws.String("SET sacks = sacks - :n"),
		ConditionExpression:       aws.String("sacks >= :n"),
		ExpressionAttributeValues: values{":n": n(sacks)},
	})
	var short *types.ConditionalCheckFailedException
	if errors.As(err, &short) {
		log.Printf("bin %s is short of %d sacks: %s", bin, sacks, short.ErrorMessage())
		return nil
	}
	if err != nil {
		return err
	}
	return nil
}

// draw tells a refusal.
func (g *Granary) draw(ctx context.Context, bin string, sacks int) error {
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.bins,
		Key:                       values{"bin": s(bin)},
		UpdateExpression:          aws.String("SET sacks = sacks - :n"),
		ConditionExpression:       aws.String("sacks >= :n"),
		ExpressionAttributeValues: values{":n": n(sacks)},
	})
	var short *types.ConditionalCheckFailedException
	if errors.As(err, &short) {
		log.Printf("bin %s is short of %d sacks", bin, sacks)
		return errEmpty
	}
	if err != nil {
		return err
	}
	return nil
}

// seal is done, whoever has done it.
func (g *Granary) seal(ctx context.Context, bin string) error {
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.bins,
		Key:                       values{"bin": s(bin)},
		UpdateExpression:          aws.String("SET stage = :s"),
		ConditionExpression:       aws.String("stage = :o"),
		ExpressionAttributeValues: values{":s": s("sealed"), ":o": s("open")},
	})
	var done *types.ConditionalCheckFailedException
	if errors.As(err, &done) {
		return nil
	}
	if err != nil {
		return err
	}
	return nil
}

// sample takes a handful for show, if there is any.
func (g *Granary) sample(ctx context.Context, bin string) error {
	_, err := g.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &g.bins,
		Key:                       values{"bin": s(bin)},
		UpdateExpression:          aws.String("SET samples = samples - :n"),
		ConditionExpression:       aws.String("samples >= :n"),
		ExpressionAttributeValues: values{":n": n(1)},
	})
	var none *types.ConditionalCheckFailedException
	if errors.As(err, &none) {
		return nil
	}
	return err
}

func (g *Granary) record(ctx context.Context, farm, bin string, sacks int) (string, error) {
	id := uuid.NewString()
	_, err := g.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           &g.loans,
		Item:                values{"loan": s(id), "farm": s(farm), "bin": s(bin), "sacks": n(sacks)},
		ConditionExpression: aws.String("attribute_not_exists(loan)"),
	})
	return id, err
}

// Lend writes down a loan for which nothing may have been taken.
func (g *Granary) Lend(ctx context.Context, farm, bin string, sacks int) (string, error) {
	if err := g.scoop(ctx, bin, sacks); err != nil {
		return "", err
	}
	return g.record(ctx, farm, bin, sacks)
}

// LendChecked stops where there is nothing to lend.
func (g *Granary) LendChecked(ctx context.Context, farm, bin string, sacks int) (string, error) {
	if err := g.draw(ctx, bin, sacks); err != nil {
		return "", err
	}
	return g.record(ctx, farm, bin, sacks)
}

// Close seals a bin and writes that down.
func (g *Granary) Close(ctx context.Context, bin string) (string, error) {
	if err := g.seal(ctx, bin); err != nil {
		return "", err
	}
	return g.record(ctx, "-", bin, 0)
}

// Show takes a sample and does nothing else.
func (g *Granary) Show(w http.ResponseWriter, r *http.Request) {
	if err := g.sample(r.Context(), r.FormValue("bin")); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
