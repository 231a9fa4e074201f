// Which conversation a reply belongs to is worked out by a function with many ways out; its answer decides.
package threads

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

const messages = "messages"

var errMissing = errors.New("no such message")

// message is sent to browsers as JSON; the table's attributes are named like the fields.
type message struct {
	MessageID      string `json:"messageId"`
	ConversationID string `json:"conversationId,omitempty"`
	Archived       bool   `json:"archived"`
}

type reply struct {
	MessageID  string
	Parent     string
	References string
	Body       string
}

type placement struct {
	ConversationID string
	Opens          bool
	FirstMessage   string
}

func fetch(ctx context.Context, db *dynamodb.Client, id string) (*message, error) {
	found, err := db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(messages),
		Key:       map[string]types.AttributeValue{"MessageID": &types.AttributeValueMemberS{Value: id}},
	})
	if err != nil {
		return nil, err
	}
	if len(found.Item) == 0 {
		return nil, errMissing
	}
	msg := new(message)
	if err := attributevalue.UnmarshalMap(found.Item, msg); err != nil {
		return nil, err
	}
	return msg, nil
}

func place(ctx context.Context, db *dynamodb.Client, in reply) (*placement, error) {
	if in.Parent == "" {
		return &placement{}, nil
	}
	if strings.HasPrefix(in.Parent, "draft-") {
		return &placement{}, nil
	}
	if strings.Contains(in.References, "list-digest") {
		return &placement{}, nil
	}
	parent, err := fetch(ctx, db, in.Parent)
	if err != nil {
		if errors.Is(err, errMissing) {
			return &placement{}, nil
		}
		return nil, err
	}
	if parent.ConversationID == "" {
		answer := &placement{
			ConversationID: uuid.NewString(),
			Opens:          true,
			FirstMessage:   parent.MessageID,
		}
		return answer, nil
	}
	return &placement{ConversationID: parent.ConversationID}, nil
}

func open(ctx context.Context, db *dynamodb.Client, at *placement, item map[string]types.AttributeValue) error {
	_, err := db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // expect: lost-update
		TransactItems: []types.TransactWriteItem{
			{
				Update: &types.Update{
					TableName:        aws.String(messages),
					Key:              map[string]types.AttributeValue{"MessageID": &types.AttributeValueMemberS{Value: at.FirstMessage}},
					UpdateExpression: aws.String("SET ConversationID = :c"),
					ExpressionAttributeValues: map[string]types.AttributeValue{
						":c": &types.AttributeValueMemberS{Value: at.ConversationID},
					},
				},
			},
			{Put: &types.Put{TableName: aws.String(messages), Item: item}},
		},
	})
	return err
}

// The remedied twin: the first message must still stand alone.
func openOnce(ctx context.Context, db *dynamodb.Client, at *placement, item map[string]types.AttributeValue) error {
	_, err := db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{
				Update: &types.Update{
					TableName:           aws.String(messages),
					Key:                 map[string]types.AttributeValue{"MessageID": &types.AttributeValueMemberS{Value: at.FirstMessage}},
					UpdateExpression:    aws.String("SET ConversationID = :c"),
					ConditionExpression: aws.String("attribute_not_exists(ConversationID)"),
					ExpressionAttributeValues: map[string]types.AttributeValue{
						":c": &types.AttributeValueMemberS{Value: at.ConversationID},
					},
				},
			},
			{Put: &types.Put{TableName: aws.String(messages), Item: item}},
		},
	})
	return err
}

func receive(ctx context.Context, in reply, opening func(context.Context, *dynamodb.Client, *placement, map[string]types.AttributeValue) error) error {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return err
	}
	db := dynamodb.NewFromConfig(cfg)
	at, err := place(ctx, db, in)
	if err != nil {
		return err
	}
	item := map[string]types.AttributeValue{
		"MessageID": &types.AttributeValueMemberS{Value: in.MessageID},
		"Body":      &types.AttributeValueMemberS{Value: in.Body},
	}
	if at.Opens {
		return opening(ctx, db, at, item)
	}
	return nil
}

func handle(ctx context.Context, in reply) error {
	return receive(ctx, in, open)
}

func handleOnce(ctx context.Context, in reply) error {
	return receive(ctx, in, openOnce)
}

func main() {
	lambda.Start(handle)
	lambda.Start(handleOnce)
}
