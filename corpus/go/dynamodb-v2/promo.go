package promo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/gin-gonic/gin"
)

type Promotion struct {
	Code      string `dynamodbav:"code"`
	Title     string `dynamodbav:"title"`
	Redeemed  int    `dynamodbav:"redeemed"`
	Quota     int    `dynamodbav:"quota"`
	Remaining int    `dynamodbav:"remaining"`
	Active    bool   `dynamodbav:"active"`
	EndsAt    int64  `dynamodbav:"ends_at"`
}

var (
	errUnknown   = errors.New("promotion not found")
	errExhausted = errors.New("promotion has been used up")
)

type Handler struct {
	db    *dynamodb.Client
	table string
}

func New(db *dynamodb.Client, table string) *Handler {
	return &Handler{db: db, table: table}
}

func (h *Handler) Routes(r gin.IRouter) {
	g := r.Group("/promotions/:code")
	g.GET("", h.Show)
	g.PATCH("", h.Retitle)
	g.POST("/redeem", h.Redeem)
	g.POST("/redeem-checked", h.RedeemChecked)
	g.POST("/redeem-built", h.RedeemBuilt)
	g.POST("/redeem-strict", h.RedeemStrict)
	g.POST("/redeem-either", h.RedeemEither)
	g.POST("/redeem-existing", h.RedeemExisting)
	g.POST("/redeem-active", h.RedeemActive)
	g.POST("/take", h.Take)
}

func (h *Handler) key(code string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}}
}

func (h *Handler) fetch(ctx context.Context, code string) (*Promotion, error) {
	out, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: aws.String(h.table), Key: h.key(code)})
	if err != nil {
		return nil, fmt.Errorf("get promotion %s: %w", code, err)
	}
	if out.Item == nil {
		return nil, errUnknown
	}
	var p Promotion
	if err := attributevalue.UnmarshalMap(out.Item, &p); err != nil {
		return nil, fmt.Errorf("decode promotion %s: %w", code, err)
	}
	return &p, nil
}

func fail(c *gin.Context, err error) {
	var lost *types.ConditionalCheckFailedException
	switch {
	case errors.Is(err, errUnknown):
		c.AbortWithStatusJSON(http.StatusNotFound, gin.H{"error": err.Error()})
	case errors.Is(err, errExhausted), errors.As(err, &lost):
		c.AbortWithStatusJSON(http.StatusConflict, gin.H{"error": errExhausted.Error()})
	default:
		c.AbortWithStatusJSON(http.StatusInternalServerError, gin.H{"error": "internal error"})
	}
}

func (h *Handler) Show(c *gin.Context) {
	p, err := h.fetch(c.Request.Context(), c.Param("code"))
	if err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusOK, p)
}

// case: id=go-ddb-101 label=race rule=check-then-act tier=1 note=quota tested on the item read, then an unconditional increment
func (h *Handler) Redeem(c *gin.Context) {
	ctx, code := c.Request.Context(), c.Param("code")
	out, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(h.table),
		Key:       map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}},
	})
	if err != nil {
		fail(c, err)
		return
	}
	if out.Item == nil {
		fail(c, errUnknown)
		return
	}
	var p Promotion
	if err := attributevalue.UnmarshalMap(out.Item, &p); err != nil {
		fail(c, err)
		return
	}
	if p.Redeemed >= p.Quota {
		fail(c, errExhausted)
		return
	}
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:        aws.String(h.table),
		Key:              map[string]types.AttributeValue{"code": &types.AttributeValueMemberS{Value: code}},
		UpdateExpression: aws.String("SET redeemed = redeemed + :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":one": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	if err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"code": p.Code, "left": p.Quota - p.Redeemed - 1})
}

// case: id=go-ddb-102 label=safe tier=1 note=the quota stands in the condition of the same UpdateItem, the early check only spares a request
func (h *Handler) RedeemChecked(c *gin.Context) {
	ctx, code := c.Request.Context(), c.Param("code")
	p, err := h.fetch(ctx, code)
	if err != nil {
		fail(c, err)
		return
	}
	if p.Redeemed >= p.Quota {
		fail(c, errExhausted)
		return
	}
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:           aws.String(h.table),
		Key:                 h.key(code),
		UpdateExpression:    aws.String("SET redeemed = redeemed + :one"),
		ConditionExpression: aws.String("redeemed < quota"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":one": &types.AttributeValueMemberN{Value: "1"},
		},
	})
	if err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// case: id=go-ddb-103 label=race rule=check-then-act tier=2 note=expr.Condition() of a builder without WithCondition is nil and guards nothing
func (h *Handler) RedeemBuilt(c *gin.Context) {
	ctx, code := c.Request.Context(), c.Param("code")
	p, err := h.fetch(ctx, code)
	if err != nil {
		fail(c, err)
		return
	}
	if !p.Active || p.Remaining <= 0 {
		fail(c, errExhausted)
		return
	}
	expr, err := expression.NewBuilder().
		WithUpdate(expression.Set(expression.Name("remaining"), expression.Name("remaining").Minus(expression.Value(1)))).
		Build()
	if err != nil {
		fail(c, err)
		return
	}
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 aws.String(h.table),
		Key:                       h.key(code),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// case: id=go-ddb-104 label=race rule=check-then-act tier=2 note=the builder gets its condition only under an if, the default path has none
func (h *Handler) RedeemStrict(c *gin.Context) {
	ctx, code := c.Request.Context(), c.Param("code")
	strict := c.Query("strict") == "true"
	p, err := h.fetch(ctx, code)
	if err != nil {
		fail(c, err)
		return
	}
	if p.Remaining < 1 || time.Now().Unix() > p.EndsAt {
		fail(c, errExhausted)
		return
	}
	remaining := expression.Name("remaining")
	b := expression.NewBuilder().WithUpdate(expression.Set(remaining, remaining.Minus(expression.Value(1))))
	if strict {
		b = b.WithCondition(remaining.GreaterThanEqual(expression.Value(1)))
	}
	expr, err := b.Build()
	if err != nil {
		fail(c, err)
		return
	}
	in := &dynamodb.UpdateItemInput{TableName: &h.table, Key: h.key(code)}
	in.UpdateExpression = expr.Update()
	in.ConditionExpression = expr.Condition()
	in.ExpressionAttributeNames = expr.Names()
	in.ExpressionAttributeValues = expr.Values()
	if _, err := h.db.UpdateItem(ctx, in); err != nil { // expect: check-then-act
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// case: id=go-ddb-105 label=safe tier=2 note=both branches give the builder a condition on the remaining count
func (h *Handler) RedeemEither(c *gin.Context) {
	ctx, code := c.Request.Context(), c.Param("code")
	p, err := h.fetch(ctx, code)
	if err != nil {
		fail(c, err)
		return
	}
	if p.Remaining < 1 {
		fail(c, errExhausted)
		return
	}
	remaining := expression.Name("remaining")
	b := expression.NewBuilder().WithUpdate(expression.Set(remaining, remaining.Minus(expression.Value(1))))
	if c.Query("strict") == "true" {
		b = b.WithCondition(remaining.GreaterThan(expression.Value(0)).And(expression.Name("active").Equal(expression.Value(true))))
	} else {
		b = b.WithCondition(remaining.GreaterThan(expression.Value(0)))
	}
	expr, err := b.Build()
	if err != nil {
		fail(c, err)
		return
	}
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(h.table),
		Key:                       h.key(code),
		UpdateExpression:          expr.Update(),
		ConditionExpression:       expr.Condition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
	})
	if err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// case: id=go-ddb-106 label=race rule=check-then-act tier=1 note=attribute_exists on the key proves that the promotion exists, not that some is left
func (h *Handler) RedeemExisting(c *gin.Context) {
	ctx, code := c.Request.Context(), c.Param("code")
	p, err := h.fetch(ctx, code)
	if err != nil {
		fail(c, err)
		return
	}
	if left := p.Quota - p.Redeemed; left <= 0 {
		fail(c, errExhausted)
		return
	}
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
		TableName:                 aws.String(h.table),
		Key:                       h.key(code),
		UpdateExpression:          aws.String("ADD redeemed :one"),
		ConditionExpression:       aws.String("attribute_exists(code)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":one": &types.AttributeValueMemberN{Value: "1"}},
	})
	if err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// case: id=go-ddb-107 label=race rule=check-then-act tier=2 note=the condition tests active, what is consumed is remaining
func (h *Handler) RedeemActive(c *gin.Context) {
	ctx, code := c.Request.Context(), c.Param("code")
	p, err := h.fetch(ctx, code)
	if err != nil {
		fail(c, err)
		return
	}
	if p.Remaining == 0 {
		fail(c, errExhausted)
		return
	}
	in := dynamodb.UpdateItemInput{
		TableName:        aws.String(h.table),
		Key:              h.key(code),
		UpdateExpression: aws.String("SET remaining = remaining - :one"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":one": &types.AttributeValueMemberN{Value: "1"},
			":yes": &types.AttributeValueMemberBOOL{Value: true},
		},
	}
	in.ConditionExpression = aws.String("active = :yes")
	if _, err = h.db.UpdateItem(ctx, &in); err != nil { // expect: check-then-act
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}

// case: id=go-ddb-108 label=race rule=lost-update tier=1 note=remaining computed in the program and set
func (h *Handler) Take(c *gin.Context) {
	ctx, code := c.Request.Context(), c.Param("code")
	n, err := strconv.Atoi(c.DefaultQuery("n", "1"))
	if err != nil || n < 1 {
		c.AbortWithStatus(http.StatusBadRequest)
		return
	}
	p, err := h.fetch(ctx, code)
	if err != nil {
		fail(c, err)
		return
	}
	if p.Remaining < n {
		fail(c, errExhausted)
		return
	}
	left := p.Remaining - n
	_, err = h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: lost-update
		TableName:        aws.String(h.table),
		Key:              h.key(code),
		UpdateExpression: aws.String("SET remaining = :left"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":left": &types.AttributeValueMemberN{Value: strconv.Itoa(left)},
		},
	})
	if err != nil {
		fail(c, err)
		return
	}
	c.JSON(http.StatusOK, gin.H{"left": left})
}

// case: id=go-ddb-109 label=safe tier=1 note=a 404 check, then another field is set from the request
func (h *Handler) Retitle(c *gin.Context) {
	var body struct {
		Title string `json:"title" binding:"required,max=80"`
	}
	if err := c.ShouldBindJSON(&body); err != nil {
		c.AbortWithStatusJSON(http.StatusBadRequest, gin.H{"error": err.Error()})
		return
	}
	ctx, code := c.Request.Context(), c.Param("code")
	if _, err := h.fetch(ctx, code); err != nil {
		fail(c, err)
		return
	}
	_, err := h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName:                 aws.String(h.table),
		Key:                       h.key(code),
		UpdateExpression:          aws.String("SET title = :t"),
		ConditionExpression:       aws.String("attribute_exists(code)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": &types.AttributeValueMemberS{Value: body.Title}},
	})
	if err != nil {
		fail(c, err)
		return
	}
	c.Status(http.StatusNoContent)
}
