// Package kennels keeps the places of a dog shelter in DynamoDB: how many places were listed says nothing of what is in
// them, in whatever order they come.
package kennels

import (
	"net/http"
	"slices"
	"sort"
	"time"

	"github.com/aws/aws-sdk-go/aws"
	"github.com/aws/aws-sdk-go/service/dynamodb"
	"github.com/aws/aws-sdk-go/service/dynamodb/dynamodbattribute"
)

type place struct {
	ID    string `json:"id"`
	Wing  string `json:"wing"`
	Name  string `json:"name"`
	Since string `json:"since"`
	State string `json:"state"`
}

// Place is a place as the API gives it.
type Place struct {
	ID    string
	Name  string
	State string
	Since time.Time
}

// Places are several of them.
type Places struct{ List []*Place }

// Store keeps places.
type Store struct {
	table string
	db    *dynamodb.DynamoDB
}

func (p *place) toPlace() (*Place, error) {
	since, err := time.Parse(time.RFC3339, p.Since)
	if err != nil {
		return nil, err
	}
	return &Place{ID: p.ID, Name: p.Name, State: p.State, Since: since}, nil
}

func (s *Store) rows(wing string) ([]*place, error) {
	found, err := s.db.Query(&dynamodb.QueryInput{
		TableName:                 aws.String(s.table),
		IndexName:                 aws.String("wing-index"),
		KeyConditionExpression:    aws.String("wing = :w"),
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":w": {S: aws.String(wing)}},
	})
	if err != nil {
		return nil, err
	}
	var rows []*place
	if err := dynamodbattribute.UnmarshalListOfMaps(found.Items, &rows); err != nil {
		return nil, err
	}
	return rows, nil
}

func (s *Store) ofWing(wing string) (*Places, error) {
	out := make([]*Place, 0)
	rows, err := s.rows(wing)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		p, err := row.toPlace()
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return &Places{List: out}, nil
}

func (s *Store) sorted(wing string) (*Places, error) {
	all, err := s.ofWing(wing)
	if err != nil {
		return nil, err
	}
	sort.Slice(all.List, func(i, j int) bool { return all.List[i].Name < all.List[j].Name })
	return all, nil
}

func (s *Store) remove(id string) error {
	_, err := s.db.DeleteItem(&dynamodb.DeleteItemInput{
		TableName: aws.String(s.table),
		Key:       map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}},
	})
	return err
}

func (s *Store) close(id string) error {
	_, err := s.db.DeleteItem(&dynamodb.DeleteItemInput{ // expect: check-then-act
		TableName: aws.String(s.table),
		Key:       map[string]*dynamodb.AttributeValue{"id": {S: aws.String(id)}},
	})
	return err
}

// case: id=go-v1-7760 label=safe tier=3 note=how many places were listed, in some order, says nothing of what is in them

// HandleClear removes all places of a wing.
func (s *Store) HandleClear(w http.ResponseWriter, req *http.Request) {
	all, err := s.sorted(req.URL.Query().Get("wing"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	if len(all.List) > 0 {
		for _, p := range all.List {
			if err := s.remove(p.ID); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
				return
			}
		}
	}
}

// case: id=go-v1-7761 label=race rule=check-then-act tier=2 note=what each place holds decides

// HandlePrune removes the places of a wing that are free.
func (s *Store) HandlePrune(w http.ResponseWriter, req *http.Request) {
	rows, err := s.rows(req.URL.Query().Get("wing"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	slices.Reverse(rows)
	for _, p := range rows {
		if p.State != "free" {
			continue
		}
		if err := s.close(p.ID); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
}

// HandleState sets the state of a place.
func (s *Store) HandleState(w http.ResponseWriter, req *http.Request) {
	_, err := s.db.UpdateItem(&dynamodb.UpdateItemInput{
		TableName:                 aws.String(s.table),
		Key:                       map[string]*dynamodb.AttributeValue{"id": {S: aws.String(req.FormValue("id"))}},
		UpdateExpression:          aws.String("SET #n = :n, #s = :s"),
		ConditionExpression:       aws.String("attribute_exists(id)"),
		ExpressionAttributeNames:  map[string]*string{"#n": aws.String("name"), "#s": aws.String("state")},
		ExpressionAttributeValues: map[string]*dynamodb.AttributeValue{":n": {S: aws.String(req.FormValue("name"))}, ":s": {S: aws.String(req.FormValue("state"))}},
	})
	if err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}
