// Package songbooks keeps the songs of a choir.
package songbooks

import (
	"encoding/json"
	"errors"
	"net/http"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/expression"
)

var (
	errNoSong = errors.New("no such song")
	errEdited = errors.New("somebody else has edited the song")
)

type song struct {
	Title   string   `dynamodbav:"title"`
	Verses  []string `dynamodbav:"verses"`
	Edition int64    `dynamodbav:"edition"`
}

type library struct {
	db *dynamodb.DynamoDB
}

func (l *library) song(title string) (*song, error) {
	out, err := l.db.GetItem(&dynamodb.GetItemInput{
		TableName: aws.String("songs"),
		Key:       map[string]*dynamodb.AttributeValue{"title": {S: aws.String(title)}},
	})
	if err != nil {
		return nil, err
	}
	if out.Item == nil {
		return nil, errNoSong
	}
	s := &song{}
	return s, dynamodbattribute.UnmarshalMap(out.Item, s)
}

// case: id=go-v1-7881 label=safe tier=4 note=put under the edition that was read; whichever failure it was, the handler answers with one (caller AddVerse)
func (l *library) replace(s *song, edition int64) error {
	item, err := dynamodbattribute.MarshalMap(s)
	if err != nil {
		return err
	}
	same, err := expression.NewBuilder().
		WithCondition(expression.Name("edition").Equal(expression.Value(edition))).
		Build()
	if err != nil {
		return err
	}
	_, err = l.db.PutItem(&dynamodb.PutItemInput{
		TableName:                 aws.String("songs"),
		Item:                      item,
		ConditionExpression:       same.Condition(),
		ExpressionAttributeNames:  same.Names(),
		ExpressionAttributeValues: same.Values(),
	})
	var failure awserr.Error
	if errors.As(err, &failure) && failure.Code() == dynamodb.ErrCodeConditionalCheckFailedException {
		return errEdited
	}
	return err
}

func (l *library) addVerse(title, verse string) (*song, error) {
	s, err := l.song(title)
	if err != nil {
		return nil, err
	}
	read := s.Edition
	s.Verses = append(s.Verses, verse)
	s.Edition++
	if err := l.replace(s, read); err != nil {
		return nil, err
	}
	return s, nil
}

func (l *library) AddVerse(w http.ResponseWriter, r *http.Request) {
	s, err := l.addVerse(r.FormValue("title"), r.FormValue("verse"))
	if err != nil {
		answer(w, err)
		return
	}
	_ = json.NewEncoder(w).Encode(s)
}

func answer(w http.ResponseWriter, err error) {
	status := http.StatusInternalServerError
	switch {
	case errors.Is(err, errNoSong):
		status = http.StatusNotFound
	case errors.Is(err, errEdited):
		status = http.StatusConflict
	}
	http.Error(w, err.Error(), status)
}
