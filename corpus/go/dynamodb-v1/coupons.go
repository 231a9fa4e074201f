package coupons

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/aws/awserr"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbiface"
)

type Coupon struct {
	Code   string   `json:"code" dynamodbav:"code"`
	Left   int      `json:"left" dynamodbav:"uses_left"`
	Owner  string   `json:"owner" dynamodbav:"owner"`
	Users  []string `json:"-" dynamodbav:"users"`
	Banner string   `json:"banner" dynamodbav:"banner"`
}

type Server struct {
	svc   dynamodbiface.DynamoDBAPI
	table string
}

var (
	errNotFound = errors.New("no such coupon")
	errUsedUp   = errors.New("coupon used up")
)

func (s *Server) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /coupons/{code}/apply", s.Apply)
	mux.HandleFunc("POST /coupons/{code}/apply2", s.ApplyGuarded)
	mux.HandleFunc("POST /coupons/{code}/claim", s.Claim)
	mux.HandleFunc("POST /coupons/{code}/claim2", s.ClaimFree)
	mux.HandleFunc("POST /coupons/{code}/users", s.AddUser)
	mux.HandleFunc("PUT /coupons/{code}/banner", s.SetBanner)
	mux.HandleFunc("POST /coupons", s.Create)
	mux.HandleFunc("POST /coupons/unique", s.CreateUnique)
}

func codeKey(code string) map[string]*dynamodb.AttributeValue {
	return map[string]*dynamodb.AttributeValue{"code": {S: aws.String(code)}}
}

func conditionFailed(err error) bool {
	var ae awserr.Error
	return errors.As(err, &ae) && ae.Code() == dynamodb.ErrCodeConditionalCheckFailedException
}

func (s *Server) coupon(r *http.Request) (*Coupon, error) {
	code := r.PathValue("code")
	out, err := s.svc.GetItemWithContext(r.Context(), &dynamodb.GetItemInput{TableName: aws.String(s.table), Key: codeKey(code)})
	if err != nil {
		return nil, fmt.Errorf("coupon %s: %w", code, err)
	}
	if out.Item == nil {
		return nil, errNotFound
	}
	c := &Coupon{}
	return c, dynamodbattribute.UnmarshalMap(out.Item, c)
}

func answer(w http.ResponseWriter, err error) {
	switch {
	case err == nil:
		w.WriteHeader(http.StatusNoContent)
	case errors.Is(err, errNotFound):
		http.Error(w, err.Error(), http.StatusNotFound)
	case errors.Is(err, errUsedUp), conditionFailed(err):
		http.Error(w, errUsedUp.Error(), http.StatusConflict)
	default:
		log.Printf("coupons: %v", err)
		http.Error(w, "internal error", http.StatusInternalServerError)
	}
}

// case: id=go-v1-101 label=race rule=check-then-act tier=1 note=uses left tested, then taken in place with no condition
func (s *Server) Apply(w http.ResponseWriter, r *http.Request) {
	c, err := s.coupon(r)
	if err != nil {
		answer(w, err)
		return
	}
	if c.Left <= 0 {
		answer(w, errUsedUp)
		return
	}
	_, err = s.svc.UpdateItemWithContext(r.Context(), &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:        aws.String(s.table),
		Key:              codeKey(r.PathValue("code")),
		UpdateExpression: aws.String("SET uses_left = uses_left - :one"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":one": {N: aws.String("1")},
		},
	})
	answer(w, err)
}

// case: id=go-v1-102 label=safe tier=1 note=the same test stands in the condition
func (s *Server) ApplyGuarded(w http.ResponseWriter, r *http.Request) {
	c, err := s.coupon(r)
	if err != nil {
		answer(w, err)
		return
	}
	if c.Left <= 0 {
		answer(w, errUsedUp)
		return
	}
	_, err = s.svc.UpdateItemWithContext(r.Context(), &dynamodb.UpdateItemInput{
		TableName:           aws.String(s.table),
		Key:                 codeKey(r.PathValue("code")),
		UpdateExpression:    aws.String("SET uses_left = uses_left - :one"),
		ConditionExpression: aws.String("uses_left >= :one"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":one": {N: aws.String("1")},
		},
	})
	answer(w, err)
}

// case: id=go-v1-103 label=race rule=check-then-act tier=2 note=ownerless when read, the condition only proves that the coupon exists
func (s *Server) Claim(w http.ResponseWriter, r *http.Request) {
	user := r.Header.Get("X-User")
	c, err := s.coupon(r)
	if err != nil {
		answer(w, err)
		return
	}
	if c.Owner == user {
		answer(w, nil)
		return
	} else if c.Owner != "" {
		answer(w, errUsedUp)
		return
	}
	in := &dynamodb.UpdateItemInput{TableName: aws.String(s.table)}
	in.SetKey(codeKey(c.Code))
	in.SetUpdateExpression("SET #o = :u")
	in.SetConditionExpression("attribute_exists(code)")
	in.SetExpressionAttributeNames(map[string]*string{"#o": aws.String("owner")})
	in.SetExpressionAttributeValues(map[string]*dynamodb.AttributeValue{":u": {S: aws.String(user)}})
	_, err = s.svc.UpdateItemWithContext(r.Context(), in) // expect: check-then-act
	answer(w, err)
}

// case: id=go-v1-104 label=safe tier=2 note=the setter puts the tested attribute into the condition
func (s *Server) ClaimFree(w http.ResponseWriter, r *http.Request) {
	user := r.Header.Get("X-User")
	c, err := s.coupon(r)
	if err != nil {
		answer(w, err)
		return
	}
	if c.Owner != "" {
		answer(w, errUsedUp)
		return
	}
	in := (&dynamodb.UpdateItemInput{TableName: aws.String(s.table)}).
		SetKey(codeKey(c.Code)).
		SetUpdateExpression("SET #o = :u").
		SetConditionExpression("attribute_not_exists(#o) OR #o = :none").
		SetExpressionAttributeNames(map[string]*string{"#o": aws.String("owner")}).
		SetExpressionAttributeValues(map[string]*dynamodb.AttributeValue{
			":u":    {S: aws.String(user)},
			":none": {S: aws.String("")},
		})
	_, err = s.svc.UpdateItemWithContext(r.Context(), in)
	answer(w, err)
}

// case: id=go-v1-105 label=race rule=lost-update tier=1 note=user appended to the list that was read, list and count set back
func (s *Server) AddUser(w http.ResponseWriter, r *http.Request) {
	c, err := s.coupon(r)
	if err != nil {
		answer(w, err)
		return
	}
	c.Users = append(c.Users, r.Header.Get("X-User"))
	users, err := dynamodbattribute.Marshal(c.Users)
	if err != nil {
		answer(w, err)
		return
	}
	_, err = s.svc.UpdateItemWithContext(r.Context(), &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String(s.table),
		Key:              codeKey(c.Code),
		UpdateExpression: aws.String("SET #u = :users, user_count = :n"),
		ExpressionAttributeNames: map[string]*string{
			"#u": aws.String("users"),
		},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":users": users,
			":n":     {N: aws.String(strconv.Itoa(len(c.Users)))},
		},
	})
	answer(w, err)
}

// case: id=go-v1-106 label=safe tier=1 note=404 check, then a field that nobody tested is set from the request
func (s *Server) SetBanner(w http.ResponseWriter, r *http.Request) {
	c, err := s.coupon(r)
	if err != nil {
		answer(w, err)
		return
	}
	_, err = s.svc.UpdateItemWithContext(r.Context(), &dynamodb.UpdateItemInput{
		TableName:           aws.String(s.table),
		Key:                 codeKey(c.Code),
		UpdateExpression:    aws.String("SET banner = :b"),
		ConditionExpression: aws.String("attribute_exists(code)"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{
			":b": {S: aws.String(r.FormValue("banner"))},
		},
	})
	answer(w, err)
}

// case: id=go-v1-107 label=race rule=check-then-create tier=2 note=the code is looked up, then put without attribute_not_exists
func (s *Server) Create(w http.ResponseWriter, r *http.Request) {
	var c Coupon
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	have, err := s.svc.GetItemWithContext(r.Context(), &dynamodb.GetItemInput{TableName: aws.String(s.table), Key: codeKey(c.Code)})
	if err != nil {
		answer(w, err)
		return
	}
	if len(have.Item) != 0 {
		http.Error(w, "code already exists", http.StatusConflict)
		return
	}
	item, err := dynamodbattribute.MarshalMap(c)
	if err != nil {
		answer(w, err)
		return
	}
	_, err = s.svc.PutItemWithContext(r.Context(), &dynamodb.PutItemInput{TableName: aws.String(s.table), Item: item}) // expect: check-then-create
	answer(w, err)
}

// case: id=go-v1-108 label=safe tier=1 note=the put itself requires absence of the code
func (s *Server) CreateUnique(w http.ResponseWriter, r *http.Request) {
	var c Coupon
	if err := json.NewDecoder(r.Body).Decode(&c); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	item, err := dynamodbattribute.MarshalMap(c)
	if err != nil {
		answer(w, err)
		return
	}
	_, err = s.svc.PutItemWithContext(r.Context(), &dynamodb.PutItemInput{
		TableName:           aws.String(s.table),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(code)"),
	})
	if conditionFailed(err) {
		http.Error(w, "code already exists", http.StatusConflict)
		return
	}
	answer(w, err)
}
