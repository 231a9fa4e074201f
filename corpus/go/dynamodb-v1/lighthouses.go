// Package lighthouses gives the lamp of a lighthouse to one keeper at a time.
package lighthouses

import (
	"errors"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
)

var (
	errLit     = errors.New("another keeper has the lamp")
	errNotOurs = errors.New("the lamp is not ours")
)

type watch struct {
	Tower  string `dynamodbav:"tower"`
	Keeper string `dynamodbav:"keeper"`
	Until  int64  `dynamodbav:"until"`
}

type coast struct {
	db *dynamodb.DynamoDB
}

func of(tower string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"tower": {S: aws.String(tower)}}
}

func (c *coast) current(tower string) (*watch, error) {
	out, err := c.db.GetItem(&dynamodb.GetItemInput{TableName: aws.String("watches"), Key: of(tower)})
	if err != nil || out.Item == nil {
		return nil, err
	}
	w := &watch{}
	return w, dynamodbattribute.UnmarshalMap(out.Item, w)
}

// case: id=go-v1-7882 label=race rule=non-atomic-lock tier=3 note=two keepers find the watch over and both take it; who has put his name there gives it back by that
func (c *coast) begin(tower, keeper string, hours time.Duration) (*watch, error) {
	there, err := c.current(tower)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if there != nil && there.Until > now.Unix() {
		return nil, errLit
	}
	w := &watch{Tower: tower, Keeper: keeper, Until: now.Add(hours * time.Hour).Unix()}
	item, err := dynamodbattribute.MarshalMap(w)
	if err != nil {
		return nil, err
	}
	_, err = c.db.PutItem(&dynamodb.PutItemInput{TableName: aws.String("watches"), Item: item}) // expect: non-atomic-lock
	if err != nil {
		return nil, err
	}
	return w, nil
}

// case: id=go-v1-7883 label=safe tier=3 note=only the watch that this very run has put there is ended: what stood there before it is no matter (caller Keep)
func (c *coast) end(w *watch) error {
	there, err := c.current(w.Tower)
	if err != nil {
		return err
	}
	if there == nil || there.Keeper != w.Keeper {
		return errNotOurs
	}
	_, err = c.db.DeleteItem(&dynamodb.DeleteItemInput{
		TableName:                 aws.String("watches"),
		Key:                       of(w.Tower),
		ConditionExpression:       aws.String("keeper = :us"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":us": {S: aws.String(w.Keeper)}},
	})
	var failure awserr.Error
	if errors.As(err, &failure) && failure.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return errNotOurs
	}
	return err
}

func (c *coast) Keep(tower, keeper string, burn func() error) (err error) {
	w, err := c.begin(tower, keeper, 6)
	if err != nil {
		return err
	}
	defer func() {
		if ended := c.end(w); err == nil {
			err = ended
		}
	}()
	return burn()
}

// case: id=go-v1-7884 label=race rule=check-then-act tier=3 note=what was read before the name was put there decides after it: the oil may have been filled up since
func (c *coast) Scrap(tower, keeper string) error {
	out, err := c.db.GetItem(&dynamodb.GetItemInput{TableName: aws.String("watches"), Key: of(tower)})
	if err != nil {
		return err
	}
	oil, err := strconv.Atoi(aws.StringValue(out.Item["oil"].N))
	if err != nil {
		return err
	}
	_, err = c.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:                 aws.String("watches"),
		Key:                       of(tower),
		UpdateExpression:          aws.String("SET keeper = :us"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":us": {S: aws.String(keeper)}},
	})
	if err != nil || oil > 0 {
		return err
	}
	_, err = c.db.DeleteItem(&dynamodb.DeleteItemInput{ // expect: check-then-act
		TableName:                 aws.String("watches"),
		Key:                       of(tower),
		ConditionExpression:       aws.String("keeper = :us"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":us": {S: aws.String(keeper)}},
	})
	return err
}

func (c *coast) Fill(tower string, litres int) error {
	_, err := c.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:                 aws.String("watches"),
		Key:                       of(tower),
		UpdateExpression:          aws.String("ADD oil :n"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":n": {N: aws.String(strconv.Itoa(litres))}},
	})
	return err
}
