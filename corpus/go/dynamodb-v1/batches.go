package batches

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
	"github.com/aws/aws-sdk-go/service/dynamodb/expression"
)

type Recipe struct {
	Name    string   `json:"name"`
	Version int      `json:"version"`
	Steps   []string `json:"steps"`
}

type Batch struct {
	ID      string   `json:"id"`
	Vat     string   `json:"vat"`
	State   string   `json:"state"`
	Label   string   `json:"label"`
	Litres  int      `json:"litres"`
	Reruns  []string `json:"reruns"`
	Samples []string `json:"samples"`
	Recipe  *Recipe  `json:"recipe"`
}

type batchKey struct {
	ID string `dynamodbav:"batch_id"`
}

type batchItem struct {
	batchKey
	Expires time.Time `dynamodbav:"expires,unixtime"`
	Batch   Batch
}

type Brewery struct {
	db    dynamodbiface.DynamoDBAPI
	table string
}

func (b *Brewery) Find(ctx context.Context, id string) (Batch, error) {
	key, err := dynamodbattribute.MarshalMap(batchKey{ID: id})
	if err != nil {
		return Batch{}, err
	}
	out, err := b.db.GetItemWithContext(ctx, &dynamodb.GetItemInput{TableName: aws.String(b.table), Key: key})
	if err != nil {
		return Batch{}, err
	}
	if len(out.Item) == 0 {
		return Batch{}, errors.New("no such batch")
	}
	var item batchItem
	if err := dynamodbattribute.UnmarshalMap(out.Item, &item); err != nil {
		return Batch{}, err
	}
	return item.Batch, nil
}

func (b *Brewery) Replace(ctx context.Context, batch Batch) error {
	data, err := dynamodbattribute.MarshalMap(batchItem{
		batchKey: batchKey{ID: batch.ID},
		Expires:  time.Now().AddDate(1, 0, 0),
		Batch:    batch,
	})
	if err != nil {
		return err
	}
	_, err = b.db.PutItemWithContext(ctx, &dynamodb.PutItemInput{ // expect: lost-update
		TableName:           aws.String(b.table),
		Item:                data,
		ConditionExpression: aws.String("attribute_exists(batch_id)"),
	})
	return err
}

// case: id=go-v1-2101 label=race rule=lost-update tier=3 note=read a second time on one way; either copy is put back with one more in its list
func (b *Brewery) Rerun(ctx context.Context, id, rerunID string) error {
	batch, err := b.Find(ctx, id)
	if err != nil {
		return err
	}
	if len(batch.Samples) == 0 {
		again, err := b.Find(ctx, id)
		if err != nil {
			return err
		}
		batch = again
	}
	batch.Reruns = append(batch.Reruns, rerunID)
	return b.Replace(ctx, batch)
}

func (b *Brewery) key(id string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"batch_id": {S: aws.String(id)}}
}

// case: id=go-v1-2102 label=race rule=lost-update tier=2 note=one part of the document is worked out from its own old value
func (b *Brewery) TopUp(ctx context.Context, id string, litres int) error {
	batch, err := b.Find(ctx, id)
	if err != nil {
		return err
	}
	_, err = b.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:                 aws.String(b.table),
		Key:                       b.key(id),
		UpdateExpression:          aws.String("SET Batch.litres = :l"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":l": {N: aws.String(strconv.Itoa(batch.Litres + litres))}},
	})
	return err
}

// case: id=go-v1-2103 label=safe tier=2 note=one part of the document is written from others, which nobody changes
func (b *Brewery) Print(ctx context.Context, id string) error {
	batch, err := b.Find(ctx, id)
	if err != nil {
		return err
	}
	label := batch.Recipe.Name + " v" + strconv.Itoa(batch.Recipe.Version)
	_, err = b.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(b.table),
		Key:                       b.key(id),
		UpdateExpression:          aws.String("SET #B.#L = :l"),
		ExpressionAttributeNames:  map[string]*string{"#B": aws.String("Batch"), "#L": aws.String("label")},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":l": {S: aws.String(label)}},
	})
	return err
}

func (b *Brewery) move(ctx context.Context, id, state string, condition expression.ConditionBuilder) error {
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("Batch.state"), expression.Value(state))).
		WithCondition(condition).
		Build()
	if err != nil {
		return err
	}
	_, err = b.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(b.table),
		Key:                       b.key(id),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}

// case: id=go-v1-2104 label=safe tier=2 note=the part that was tested is tested again in the condition
func (b *Brewery) Bottle(ctx context.Context, id string) error {
	batch, err := b.Find(ctx, id)
	if err != nil {
		return err
	}
	if batch.State != "ripe" {
		return errors.New("not ripe")
	}
	return b.move(ctx, id, "bottled", expression.Name("Batch.state").Equal(expression.Value("ripe")))
}

// case: id=go-v1-2105 label=race rule=check-then-act tier=2 note=the condition names another part of the document than the one that was tested
func (b *Brewery) Discard(ctx context.Context, id string) error {
	batch, err := b.Find(ctx, id)
	if err != nil {
		return err
	}
	if batch.State == "bottled" {
		return errors.New("it was bottled")
	}
	_, err = b.db.UpdateItemWithContext(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:           aws.String(b.table),
		Key:                 b.key(id),
		UpdateExpression:    aws.String("SET Batch.#S = :discarded"),
		ConditionExpression: aws.String("attribute_exists(batch_id) AND Batch.vat = :vat"),
		ExpressionAttributeNames: map[string]*string{
			"#S": aws.String("state"),
		},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":discarded": {S: aws.String("discarded")},
			":vat":       {S: aws.String(batch.Vat)},
		},
	})
	return err
}
