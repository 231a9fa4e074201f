package dovecotes

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// What is set on an update that has something in it already is in it, whether or not anybody takes what `Set` gives.
type Dovecote struct {
	ID     string `dynamodbav:"cote_id"`
	Doves  int    `dynamodbav:"doves"`
	Keeper string `dynamodbav:"keeper"`
}

type Cotes struct {
	db *dynamodb.Client
}

func coteKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"cote_id": &types.AttributeValueMemberS{Value: id}}
}

func (c *Cotes) cote(ctx context.Context, id string) (*Dovecote, error) {
	out, err := c.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String("cotes"), Key: coteKey(id)})
	if err != nil {
		return nil, err
	}
	d := &Dovecote{}
	return d, attributevalue.UnmarshalMap(out.Item, d)
}

func (c *Cotes) send(ctx context.Context, id string, e expression.Expression) error {
	_, err := c.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String("cotes"),
		Key:                       coteKey(id),
		UpdateExpression:          e.Update(),
		ConditionExpression:       e.Condition(),
		ExpressionAttributeNames:  e.Names(),
		ExpressionAttributeValues: e.Values(),
	})
	return err
}

// Settle counts the doves in the program.
func (c *Cotes) Settle(ctx context.Context, id, keeper string, doves int) error {
	d, err := c.cote(ctx, id)
	if err != nil {
		return err
	}
	update := expression.Set(expression.Name("keeper"), expression.Value(keeper))
	if doves != 0 {
		update.Set(expression.Name("doves"), expression.Value(d.Doves+doves))
	}
	e, err := expression.NewBuilder().WithUpdate(update).Build()
	if err != nil {
		return err
	}
	return c.send(ctx, id, e) // expect: lost-update
}

// SettleMore has the store count them.
func (c *Cotes) SettleMore(ctx context.Context, id, keeper string, doves int) error {
	d, err := c.cote(ctx, id)
	if err != nil {
		return err
	}
	update := expression.Set(expression.Name("keeper"), expression.Value(keeper))
	if d.Keeper != keeper {
		update.Add(expression.Name("doves"), expression.Value(doves))
	}
	e, err := expression.NewBuilder().
		WithUpdate(update).
		WithCondition(expression.Name("keeper").Equal(expression.Value(d.Keeper))).
		Build()
	if err != nil {
		return err
	}
	return c.send(ctx, id, e)
}
