package tickets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type exprText string

const (
	attrStatus          = "ticket_status"
	holdExpr   exprText = "SET ticket_status = :to, held_by = :who"
	openCond   exprText = "ticket_status = :from"
	aliveCond  exprText = "attribute_exists(ticket_id) AND attribute_not_exists(deleted_at)"
	statusOpen          = "open"
	statusHeld          = "held"
	statusSold          = "sold"
)

type Ticket struct {
	ID     string `dynamodbav:"ticket_id" json:"id"`
	Status string `dynamodbav:"ticket_status" json:"status"`
	HeldBy string `dynamodbav:"held_by" json:"held_by"`
	Scans  int    `dynamodbav:"scans" json:"scans"`
	Limit  int    `dynamodbav:"scan_limit" json:"scan_limit"`
}

var (
	errGone     = errors.New("ticket not available")
	errNoTicket = errors.New("ticket not found")
)

type ticketAPI interface {
	dynamodb.QueryAPIClient
	GetItem(context.Context, *dynamodb.GetItemInput, ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error)
	UpdateItem(context.Context, *dynamodb.UpdateItemInput, ...func(*dynamodb.Options)) (*dynamodb.UpdateItemOutput, error)
}

type Gate struct {
	ddb   ticketAPI
	table string
}

func av(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func (g *Gate) ticket(ctx context.Context, id string) (t Ticket, err error) {
	out, err := g.ddb.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(g.table),
		Key:       map[string]types.AttributeValue{"ticket_id": av(id)},
	})
	if err != nil {
		return t, fmt.Errorf("read ticket %s: %w", id, err)
	}
	if out.Item == nil {
		return t, errNoTicket
	}
	err = attributevalue.UnmarshalMap(out.Item, &t)
	return t, err
}

func (g *Gate) transition(id, to, who string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:        aws.String(g.table),
		Key:              map[string]types.AttributeValue{"ticket_id": av(id)},
		UpdateExpression: aws.String(string(holdExpr)),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":to":  av(to),
			":who": av(who),
		},
	}
}

func requireStatus(in *dynamodb.UpdateItemInput, from string) {
	in.ConditionExpression = aws.String(string(openCond))
	in.ExpressionAttributeValues[":from"] = av(from)
}

func requireAlive(in *dynamodb.UpdateItemInput) {
	in.ConditionExpression = aws.String(string(aliveCond))
}

func lost(err error) bool {
	var ccf *types.ConditionalCheckFailedException
	return errors.As(err, &ccf)
}

// case: id=go-ddb-176 label=race rule=check-then-act tier=3 note=the helper's condition says not deleted, what was tested is the status
func (g *Gate) Hold(ctx context.Context, id, who string) error {
	t, err := g.ticket(ctx, id)
	if err != nil {
		return err
	}
	if t.Status != statusOpen {
		return errGone
	}
	in := g.transition(id, statusHeld, who)
	requireAlive(in)
	if _, err := g.ddb.UpdateItem(ctx, in); err != nil { // expect: check-then-act
		return fmt.Errorf("hold %s: %w", id, err)
	}
	return nil
}

// case: id=go-ddb-177 label=safe tier=3 note=the helper that takes the pointer sets the condition on the tested status
func (g *Gate) HoldOpen(ctx context.Context, id, who string) error {
	t, err := g.ticket(ctx, id)
	if err != nil {
		return err
	}
	if t.Status != statusOpen {
		return errGone
	}
	in := g.transition(id, statusHeld, who)
	requireStatus(in, t.Status)
	_, err = g.ddb.UpdateItem(ctx, in)
	if lost(err) {
		return errGone
	}
	return err
}

// case: id=go-ddb-178 label=race rule=check-then-act tier=2 note=Sprintf makes the expression text, there is no condition
func (g *Gate) Sell(ctx context.Context, id, buyer string) error {
	t, err := g.ticket(ctx, id)
	switch {
	case err != nil:
		return err
	case t.Status == statusSold:
		return errGone
	case t.Status == statusHeld && t.HeldBy != buyer:
		return fmt.Errorf("ticket %s: %w", id, errGone)
	}
	_, err = g.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 aws.String(g.table),
		Key:                       map[string]types.AttributeValue{"ticket_id": av(t.ID)},
		UpdateExpression:          aws.String(fmt.Sprintf("SET %s = :sold, held_by = :b", attrStatus)),
		ExpressionAttributeValues: map[string]types.AttributeValue{":sold": av(statusSold), ":b": av(buyer)},
	})
	return err
}

// case: id=go-ddb-179 label=safe tier=2 note=Sprintf makes update and condition over the same attribute
func (g *Gate) SellHeld(ctx context.Context, id, buyer string) error {
	t, err := g.ticket(ctx, id)
	if err != nil {
		return err
	}
	if t.Status != statusHeld || t.HeldBy != buyer {
		return errGone
	}
	in := dynamodb.UpdateItemInput{TableName: aws.String(g.table)}
	in.Key = map[string]types.AttributeValue{"ticket_id": av(id)}
	in.UpdateExpression = aws.String(fmt.Sprintf("SET %s = :sold", attrStatus))
	in.ConditionExpression = aws.String(fmt.Sprintf("%s = :held AND held_by = :b", attrStatus))
	in.ExpressionAttributeValues = map[string]types.AttributeValue{
		":sold": av(statusSold),
		":held": av(statusHeld),
		":b":    av(buyer),
	}
	if _, err := g.ddb.UpdateItem(ctx, &in); err != nil {
		if lost(err) {
			return errGone
		}
		return fmt.Errorf("sell %s: %w", id, err)
	}
	return nil
}

func build(upd expression.UpdateBuilder, conds ...expression.ConditionBuilder) (expression.Expression, error) {
	b := expression.NewBuilder().WithUpdate(upd)
	for _, c := range conds {
		b = b.WithCondition(c)
	}
	return b.Build()
}

func respond(code int, body any) events.APIGatewayProxyResponse {
	raw, _ := json.Marshal(body)
	return events.APIGatewayProxyResponse{StatusCode: code, Body: string(raw)}
}

// case: id=go-ddb-180 label=race rule=check-then-act tier=3 note=lambda handler, the builder helper is called without a condition
func (g *Gate) Scan(ctx context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	id := req.PathParameters["ticket"]
	t, err := g.ticket(ctx, id)
	if err != nil {
		return respond(http.StatusNotFound, err.Error()), nil
	}
	if t.Scans >= t.Limit {
		return respond(http.StatusConflict, "already used"), nil
	}
	expr, err := build(expression.Add(expression.Name("scans"), expression.Value(1)))
	if err != nil {
		return events.APIGatewayProxyResponse{}, err
	}
	_, err = g.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 aws.String(g.table),
		Key:                       map[string]types.AttributeValue{"ticket_id": av(id)},
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		return events.APIGatewayProxyResponse{}, fmt.Errorf("scan %s: %w", id, err)
	}
	return respond(http.StatusOK, t), nil
}

// case: id=go-ddb-181 label=safe tier=3 note=the builder helper gets a condition that compares scans with its limit
func (g *Gate) ScanOnce(ctx context.Context, req events.APIGatewayProxyRequest) (events.APIGatewayProxyResponse, error) {
	id := req.PathParameters["ticket"]
	t, err := g.ticket(ctx, id)
	if err != nil {
		return respond(http.StatusNotFound, err.Error()), nil
	}
	if t.Scans >= t.Limit {
		return respond(http.StatusConflict, "already used"), nil
	}
	expr, err := build(
		expression.Add(expression.Name("scans"), expression.Value(1)),
		expression.Name("scans").LessThan(expression.Name("scan_limit")),
	)
	if err != nil {
		return events.APIGatewayProxyResponse{}, err
	}
	_, err = g.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(g.table),
		Key:                       map[string]types.AttributeValue{"ticket_id": av(id)},
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	if lost(err) {
		return respond(http.StatusConflict, "already used"), nil
	}
	if err != nil {
		return events.APIGatewayProxyResponse{}, fmt.Errorf("scan %s: %w", id, err)
	}
	return respond(http.StatusOK, t), nil
}

// case: id=go-ddb-182 label=safe tier=2 note=the limit of one ticket is copied to another, the key that is written was never read
func (g *Gate) CopyLimit(ctx context.Context, from, to string) error {
	src, err := g.ticket(ctx, from)
	if err != nil {
		return err
	}
	_, err = g.ddb.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(g.table),
		Key:                 map[string]types.AttributeValue{"ticket_id": av(to)},
		UpdateExpression:    aws.String("SET scan_limit = :l"),
		ConditionExpression: aws.String("attribute_exists(ticket_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":l": &types.AttributeValueMemberN{Value: strconv.Itoa(src.Limit)},
		},
	})
	return err
}
