// Package freight books weight on ships: the price is worked out at length, and none of it comes near the table.
package freight

import (
	"context"
	"errors"
	"math"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

var errFull = errors.New("the ship is full")

type Ship struct {
	Name  string  `dynamodbav:"name"`
	Free  float64 `dynamodbav:"free_tonnes"`
	Route string  `dynamodbav:"route"`
	Due   float64 `dynamodbav:"due"`
}

type Cargo struct {
	Kind   string
	Tonnes float64
	From   string
	To     string
}

type Desk struct {
	db    *dynamodb.Client
	table string
}

func zone(port string) float64 {
	p := strings.ToLower(strings.TrimSpace(port))
	switch {
	case p == "":
		return 1
	case strings.HasPrefix(p, "nl") || strings.HasPrefix(p, "be"):
		return 1.1
	case strings.HasPrefix(p, "no") || strings.HasPrefix(p, "se"):
		return 1.3
	case strings.HasSuffix(p, "arctic"):
		return 2.4 + float64(len(p))/10
	}
	return 1.7
}

func season(month int) float64 {
	out := 1.0
	for m := 1; m <= 12; m++ {
		d := math.Abs(float64(m - month))
		if d > 6 {
			d = 12 - d
		}
		if m == 1 || m == 12 {
			out += 0.03 * (6 - d)
		} else if m > 5 && m < 9 {
			out -= 0.01 * (6 - d)
		}
	}
	return math.Max(out, 0.5)
}

func hazard(kind string) float64 {
	k := strings.ToLower(kind)
	sum := 0.0
	for i, w := range strings.Fields(k) {
		switch w {
		case "acid", "explosive":
			sum += 4 / float64(i+1)
		case "frozen", "live":
			sum += 2 / float64(i+1)
		default:
			sum += 0.1
		}
	}
	if sum > 9 {
		sum = 9
	}
	return 1 + sum/10
}

func leg(c Cargo, from, to string, month int) float64 {
	base := zone(from)*c.Tonnes + zone(to)*c.Tonnes
	if zone(from) > zone(to) {
		base *= season(month)
	} else {
		base *= season(month+1) * 0.98
	}
	return base*hazard(c.Kind) + zone(c.From) + zone(c.To)
}

func route(c Cargo, month int) float64 {
	direct := leg(c, c.From, c.To, month)
	north := leg(c, c.From, "no bergen", month) + leg(c, "no bergen", c.To, month+1)
	south := leg(c, c.From, "es vigo", month) + leg(c, "es vigo", c.To, month+1)
	arctic := leg(c, c.From, "west arctic", month) + leg(c, "west arctic", c.To, month+2)
	return math.Min(math.Min(direct, north), math.Min(south, arctic))
}

func price(c Cargo) float64 {
	year := 0.0
	for _, q := range []int{1, 4, 7, 10} {
		year += route(c, q)
	}
	now := route(c, 3) + route(c, 5) + route(c, 8) + route(c, 11)
	half := c
	half.Tonnes /= 2
	return math.Round((now+year)/8 - route(half, 2)/100 - route(half, 6)/100 - route(half, 9)/100)
}

func (d *Desk) ship(ctx context.Context, name string) (*Ship, error) {
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(d.table),
		Key:       map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}},
	})
	if err != nil {
		return nil, err
	}
	var s Ship
	return &s, attributevalue.UnmarshalMap(out.Item, &s)
}

// Book takes cargo aboard.
func (d *Desk) Book(ctx context.Context, name string, c Cargo) error {
	s, err := d.ship(ctx, name)
	if err != nil {
		return err
	}
	if s.Free < c.Tonnes {
		return errFull
	}
	s.Due += price(c)
	s.Free -= c.Tonnes
	item, err := attributevalue.MarshalMap(s)
	if err != nil {
		return err
	}
	_, err = d.db.PutItem(ctx, &dynamodb.PutItemInput{ // expect: lost-update
		TableName: aws.String(d.table),
		Item:      item,
	})
	return err
}

// BookOnce takes cargo aboard if the ship has as much room as was seen.
func (d *Desk) BookOnce(ctx context.Context, name string, c Cargo) error {
	s, err := d.ship(ctx, name)
	if err != nil {
		return err
	}
	if s.Free < c.Tonnes {
		return errFull
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.
			Add(expression.Name("free_tonnes"), expression.Value(-c.Tonnes)).
			Add(expression.Name("due"), expression.Value(price(c)))).
		WithCondition(expression.Name("free_tonnes").GreaterThanEqual(expression.Value(c.Tonnes))).
		Build()
	if err != nil {
		return err
	}
	_, err = d.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(d.table),
		Key:                       map[string]types.AttributeValue{"name": &types.AttributeValueMemberS{Value: name}},
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	return err
}
