// Package kiosks answers requests about kiosks: what their bodies say, decoded in several ways.
package kiosks

import (
	"context"
	"encoding/json"
	"io"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Kiosk struct {
	ID    string `dynamodbav:"kiosk_id" json:"id"`
	Title string `dynamodbav:"title" json:"title"`
	Cash  int    `dynamodbav:"cash" json:"-"`
	State string `dynamodbav:"kiosk_state" json:"-"`
}

type takings struct {
	ID    string `json:"id"`
	Cents int    `json:"cents"`
	Then  string `json:"then"`
}

type Server struct {
	db     *dynamodb.Client
	kiosks string
}

func key(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"kiosk_id": &types.AttributeValueMemberS{Value: id}}
}

func (s *Server) load(ctx context.Context, id string) (*Kiosk, error) {
	out, err := s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &s.kiosks, Key: key(id)})
	if err != nil {
		return nil, err
	}
	var k Kiosk
	if err := attributevalue.UnmarshalMap(out.Item, &k); err != nil {
		return nil, err
	}
	return &k, nil
}

// Routes has all of them.
func (s *Server) Routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PATCH /kiosks/{id}", s.edit)
	mux.HandleFunc("PUT /kiosks/{id}/title", s.entitle)
	mux.HandleFunc("POST /takings", s.take)
	mux.HandleFunc("POST /takings/added", s.takeAdded)
	mux.HandleFunc("POST /closings", s.shut)
	return mux
}

// case: id=go-ddb-7880 label=race rule=stale-overwrite tier=2 note=the body is decoded over the kiosk that was read, and all of it put back
func (s *Server) edit(w http.ResponseWriter, r *http.Request) {
	k, err := s.load(r.Context(), r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if err := json.NewDecoder(r.Body).Decode(k); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	item, err := attributevalue.MarshalMap(k)
	if err == nil {
		_, err = s.db.PutItem(r.Context(), &dynamodb.PutItemInput{TableName: &s.kiosks, Item: item}) // expect: stale-overwrite  // reached: PATCH /kiosks/{id}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// case: id=go-ddb-7881 label=safe tier=2 note=nothing but the title of the body is written
func (s *Server) entitle(w http.ResponseWriter, r *http.Request) {
	k, err := s.load(r.Context(), r.PathValue("id"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	var form struct {
		Title string `json:"title"`
	}
	if err := json.NewDecoder(r.Body).Decode(&form); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	_, err = s.db.UpdateItem(r.Context(), &dynamodb.UpdateItemInput{
		TableName:                 &s.kiosks,
		Key:                       key(k.ID),
		UpdateExpression:          aws.String("SET title = :t"),
		ConditionExpression:       aws.String("attribute_exists(kiosk_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": &types.AttributeValueMemberS{Value: form.Title}},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// case: id=go-ddb-7882 label=race rule=lost-update tier=2 note=the kiosk that the body names is read, added to and written
func (s *Server) take(w http.ResponseWriter, r *http.Request) {
	var t takings
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	k, err := s.load(r.Context(), t.ID)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	cash, err := attributevalue.Marshal(k.Cash + t.Cents)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, err = s.db.UpdateItem(r.Context(), &dynamodb.UpdateItemInput{ // expect: lost-update  // reached: POST /takings
		TableName:                 &s.kiosks,
		Key:                       key(t.ID),
		UpdateExpression:          aws.String("SET cash = :c"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": cash},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// case: id=go-ddb-7883 label=safe tier=2 note=the store adds what the body says
func (s *Server) takeAdded(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	t := new(takings)
	if err := json.Unmarshal(body, t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	cents, err := attributevalue.Marshal(t.Cents)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, err = s.db.UpdateItem(r.Context(), &dynamodb.UpdateItemInput{
		TableName:                 &s.kiosks,
		Key:                       key(t.ID),
		UpdateExpression:          aws.String("ADD cash :c"),
		ConditionExpression:       aws.String("attribute_exists(kiosk_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":c": cents},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

// case: id=go-ddb-7884 label=race rule=check-then-act tier=2 note=the state of the kiosk that the body names is tested, the write asks for nothing
func (s *Server) shut(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	var t takings
	if err := json.Unmarshal(body, &t); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	k, err := s.load(r.Context(), t.ID)
	if err != nil {
		http.Error(w, err.Error(), http.StatusNotFound)
		return
	}
	if k.State != "open" {
		http.Error(w, "not open", http.StatusConflict)
		return
	}
	_, err = s.db.UpdateItem(r.Context(), &dynamodb.UpdateItemInput{ // expect: check-then-act  // reached: POST /closings
		TableName:                 &s.kiosks,
		Key:                       key(t.ID),
		UpdateExpression:          aws.String("SET kiosk_state = :s"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":s": &types.AttributeValueMemberS{Value: t.Then}},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
