package drafts

import (
	"context"
	"errors"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var ErrMissing = errors.New("note does not exist")

type Note struct {
	ID       string `dynamodbav:"note_id"`
	FolderID string `dynamodbav:"folder_id"`
	Text     string `dynamodbav:"text"`
	Pinned   bool   `dynamodbav:"pinned"`
}

type Notes struct {
	client *dynamodb.Client
	table  string
}

func noteKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"note_id": &types.AttributeValueMemberS{Value: id}}
}

func (s *Notes) get(ctx context.Context, id string) (*Note, error) {
	out, err := s.client.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(s.table), Key: noteKey(id)})
	if err != nil {
		return nil, err
	}
	if len(out.Item) == 0 {
		return nil, ErrMissing
	}
	var n Note
	if err := attributevalue.UnmarshalMap(out.Item, &n); err != nil {
		return nil, err
	}
	return &n, nil
}

// case: id=go-ddb-190 label=safe tier=2 note=how many attributes an item has says whether it is there; a new item beside it
func (s *Notes) Reply(ctx context.Context, id string, reply map[string]types.AttributeValue) error {
	if _, err := s.get(ctx, id); err != nil {
		return err
	}
	_, err := s.client.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(s.table), Item: reply})
	return err
}

// case: id=go-ddb-191 label=safe tier=3 note=the item that an attribute names is another item than the one that was read
func (s *Notes) Touch(ctx context.Context, id, by string) error {
	n, err := s.get(ctx, id)
	if err != nil {
		return err
	}
	if n.FolderID == "" {
		return nil
	}
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(s.table),
		Key:                 noteKey(n.FolderID),
		UpdateExpression:    aws.String("SET folder_id = :by"),
		ConditionExpression: aws.String("attribute_exists(note_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":by": &types.AttributeValueMemberS{Value: by},
		},
	})
	return err
}

// case: id=go-ddb-192 label=race rule=check-then-act tier=2 note=the attribute looked at is the one that is set, by the same key
func (s *Notes) Move(ctx context.Context, id, folder string) error {
	n, err := s.get(ctx, id)
	if err != nil {
		return err
	}
	if n.FolderID != "" {
		return errors.New("filed already")
	}
	_, err = s.client.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:        aws.String(s.table),
		Key:              noteKey(n.ID),
		UpdateExpression: aws.String("SET folder_id = :f"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":f": &types.AttributeValueMemberS{Value: folder},
		},
	})
	return err
}
