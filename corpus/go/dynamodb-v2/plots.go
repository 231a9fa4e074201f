package plots

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

var errNoPlot = errors.New("no such plot")
var errNotYours = errors.New("let to somebody else")
var errTaken = errors.New("number is taken")

// Plot is a garden plot as the rest of the program knows it.
type Plot struct {
	ID      uuid.UUID
	Name    string
	Tenant  uuid.UUID
	Visits  int
	LetFrom time.Time
}

type tableID uuid.UUID

// plotItem is a plot as it is stored.
type plotItem struct {
	ID      tableID   `dynamodbav:"plot_id"`
	Name    string    `dynamodbav:"name"`
	Tenant  uuid.UUID `dynamodbav:"tenant"`
	Visits  int       `dynamodbav:"visits"`
	LetFrom int64     `dynamodbav:"let_from"`
}

func fromItem(i plotItem) Plot {
	return Plot{ID: uuid.UUID(i.ID), Name: i.Name, Tenant: i.Tenant, Visits: i.Visits, LetFrom: time.UnixMilli(i.LetFrom)}
}

func toItem(p Plot) plotItem {
	return plotItem{ID: tableID(p.ID), Name: p.Name, Tenant: p.Tenant, Visits: p.Visits, LetFrom: p.LetFrom.UnixMilli()}
}

type repository struct {
	db    *dynamodb.Client
	table string
}

func first[D any, I any](out *dynamodb.QueryOutput, convert func(I) D) (D, error) {
	var result D
	if out.Count == 0 {
		return result, errNoPlot
	}
	var item I
	if err := attributevalue.UnmarshalMap(out.Items[0], &item); err != nil {
		return result, err
	}
	return convert(item), nil
}

func (r repository) byName(ctx context.Context, name string) (Plot, error) {
	out, err := r.db.Query(ctx, &dynamodb.QueryInput{
		TableName:                 &r.table,
		IndexName:                 aws.String("by-name"),
		KeyConditionExpression:    aws.String("#n = :name"),
		ExpressionAttributeNames:  map[string]string{"#n": "name"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":name": &types.AttributeValueMemberS{Value: name}},
	})
	if err != nil {
		return Plot{}, err
	}
	plot, err := first(out, fromItem)
	if err != nil {
		if errors.Is(err, errNoPlot) {
			return Plot{}, errNoPlot
		}
		return Plot{}, err
	}
	return plot, nil
}

// save puts the item that was put together anew out of the one that was read: whatever visits were counted in between
// are gone.
func (r repository) save(ctx context.Context, p Plot) error {
	item, err := attributevalue.MarshalMap(toItem(p))
	if err != nil {
		return err
	}
	_, err = r.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: &r.table, Item: item}) // expect: check-then-act
	return err
}

// rename sets the one attribute that changes.
func (r repository) rename(ctx context.Context, id uuid.UUID, name string) error {
	_, err := r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &r.table,
		Key:                       map[string]types.AttributeValue{"plot_id": &types.AttributeValueMemberS{Value: id.String()}},
		UpdateExpression:          aws.String("SET #n = :name"),
		ConditionExpression:       aws.String("attribute_exists(plot_id)"),
		ExpressionAttributeNames:  map[string]string{"#n": "name"},
		ExpressionAttributeValues: map[string]types.AttributeValue{":name": &types.AttributeValueMemberS{Value: name}},
	})
	return err
}

func (r repository) visit(ctx context.Context, id uuid.UUID) error {
	_, err := r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 &r.table,
		Key:                       map[string]types.AttributeValue{"plot_id": &types.AttributeValueMemberS{Value: id.String()}},
		UpdateExpression:          aws.String("ADD visits :one"),
		ConditionExpression:       aws.String("attribute_exists(plot_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	return err
}

// remove: who a plot is let to is given when it is made, and goes back as it was ever after.
func (r repository) remove(ctx context.Context, id uuid.UUID) error {
	_, err := r.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: &r.table,
		Key:       map[string]types.AttributeValue{"plot_id": &types.AttributeValueMemberS{Value: id.String()}},
	})
	return err
}

// taken says whether a number is in the register; what comes with a failure says nothing.
func (r repository) taken(ctx context.Context, number string) (bool, error) {
	out, err := r.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String("plot-numbers"),
		Key:       map[string]types.AttributeValue{"number": &types.AttributeValueMemberS{Value: number}},
	})
	if err != nil {
		return false, err
	}
	if out.Item == nil {
		return false, nil
	}
	return true, nil
}

func (r repository) enter(ctx context.Context, number, tenant string) error {
	there, err := r.taken(ctx, number)
	if err != nil {
		return err
	}
	if there {
		return errTaken
	}
	_, err = r.db.PutItem(ctx, &dynamodb.PutItemInput{ // expect: check-then-create
		TableName: aws.String("plot-numbers"),
		Item: map[string]types.AttributeValue{
			"number": &types.AttributeValueMemberS{Value: number},
			"tenant": &types.AttributeValueMemberS{Value: tenant},
		},
	})
	return err
}

func (r repository) enterOnce(ctx context.Context, number, tenant string) error {
	there, err := r.taken(ctx, number)
	if err != nil {
		return err
	}
	if there {
		return errTaken
	}
	_, err = r.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String("plot-numbers"),
		Item: map[string]types.AttributeValue{
			"number": &types.AttributeValueMemberS{Value: number},
			"tenant": &types.AttributeValueMemberS{Value: tenant},
		},
		ConditionExpression:      aws.String("attribute_not_exists(#n)"),
		ExpressionAttributeNames: map[string]string{"#n": "number"},
	})
	return err
}

type service struct{ plots repository }

func (s service) retitle(ctx context.Context, me uuid.UUID, old, name string) error {
	plot, err := s.plots.byName(ctx, old)
	if err != nil {
		return err
	}
	if plot.Tenant != me {
		return errNotYours
	}
	plot.Name = name
	return s.plots.save(ctx, plot)
}

func (s service) retitleAlone(ctx context.Context, me uuid.UUID, old, name string) error {
	plot, err := s.plots.byName(ctx, old)
	if err != nil {
		return err
	}
	if plot.Tenant != me {
		return errNotYours
	}
	return s.plots.rename(ctx, plot.ID, name)
}

func (s service) giveUp(ctx context.Context, me uuid.UUID, name string) error {
	plot, err := s.plots.byName(ctx, name)
	if err != nil {
		return err
	}
	if plot.Tenant != me {
		return errNotYours
	}
	return s.plots.remove(ctx, plot.ID)
}

func routes(s service) {
	http.HandleFunc("/retitle", func(w http.ResponseWriter, r *http.Request) {
		_ = s.retitle(r.Context(), uuid.MustParse(r.FormValue("me")), r.FormValue("old"), r.FormValue("name"))
		_ = s.retitleAlone(r.Context(), uuid.MustParse(r.FormValue("me")), r.FormValue("old"), r.FormValue("name"))
	})
	http.HandleFunc("/give-up", func(w http.ResponseWriter, r *http.Request) {
		_ = s.giveUp(r.Context(), uuid.MustParse(r.FormValue("me")), r.FormValue("name"))
		_ = s.plots.visit(r.Context(), uuid.MustParse(r.FormValue("me")))
	})
	http.HandleFunc("/number", func(w http.ResponseWriter, r *http.Request) {
		_ = s.plots.enter(r.Context(), r.FormValue("number"), r.FormValue("tenant"))
		_ = s.plots.enterOnce(r.Context(), r.FormValue("number"), r.FormValue("tenant"))
	})
}
