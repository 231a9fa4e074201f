package apikeys

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

// Keys live under (tenant_id, key_id), policies under (tenant_id, revision),
// tenants under (tenant_id).
type Issuer struct {
	ddb      *dynamodb.Client
	keys     string
	policies string
	tenants  string
	maxKeys  int
}

type Policy struct {
	Tenant   string `dynamodbav:"tenant_id"`
	Revision int    `dynamodbav:"revision"`
	Document string `dynamodbav:"document"`
}

var (
	ErrLimit = errors.New("api key limit reached")
	ErrLabel = errors.New("label already in use")
	ErrRaced = errors.New("policy was published by someone else")
)

func str(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func integer(v int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(v)}
}

func keyItem(tenant, id, label string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		"tenant_id": str(tenant),
		"key_id":    str(id),
		"label":     str(label),
		"issued_at": str(time.Now().UTC().Format(time.RFC3339)),
	}
}

// case: id=go-ddb-145 label=race rule=check-then-act tier=1 note=keys are counted against the limit, then put under a fresh id
func (i *Issuer) Issue(ctx context.Context, tenant, label string) (string, error) {
	out, err := i.ddb.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(i.keys),
		KeyConditionExpression:    aws.String("tenant_id = :t"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": str(tenant)},
		Select:                    types.SelectCount,
		ConsistentRead:            aws.Bool(true),
	})
	if err != nil {
		return "", fmt.Errorf("count keys of %s: %w", tenant, err)
	}
	if int(out.Count) >= i.maxKeys {
		return "", ErrLimit
	}
	id := uuid.NewString()
	_, err = i.ddb.PutItem(ctx, &dynamodb.PutItemInput{ // expect: check-then-act
		TableName:           aws.String(i.keys),
		Item:                keyItem(tenant, id, label),
		ConditionExpression: aws.String("attribute_not_exists(key_id)"),
	})
	if err != nil {
		return "", fmt.Errorf("put key: %w", err)
	}
	return id, nil
}

// case: id=go-ddb-146 label=safe tier=2 note=a counter on the tenant is bounded by a condition in the transaction that puts the key
func (i *Issuer) IssueCounted(ctx context.Context, tenant, label string) (string, error) {
	id := uuid.NewString()
	_, err := i.ddb.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{
				TableName:           aws.String(i.tenants),
				Key:                 map[string]types.AttributeValue{"tenant_id": str(tenant)},
				UpdateExpression:    aws.String("ADD key_count :one"),
				ConditionExpression: aws.String("attribute_not_exists(key_count) OR key_count < :max"),
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":one": integer(1),
					":max": integer(i.maxKeys),
				},
			}},
			{Put: &types.Put{TableName: aws.String(i.keys), Item: keyItem(tenant, id, label)}},
		},
	})
	var tce *types.TransactionCanceledException
	if errors.As(err, &tce) {
		return "", ErrLimit
	}
	return id, err
}

// case: id=go-ddb-147 label=race rule=check-then-create tier=2 note=no key with this label on the index, then a put whose condition tests a random key
func (i *Issuer) IssueLabelled(ctx context.Context, tenant, label string) (string, error) {
	cond := expression.Key("tenant_id").Equal(expression.Value(tenant)).
		And(expression.Key("label").Equal(expression.Value(label)))
	expr, err := expression.NewBuilder().WithKeyCondition(cond).Build()
	if err != nil {
		return "", err
	}
	same, err := i.ddb.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(i.keys),
		IndexName:                 aws.String("tenant-label-index"),
		KeyConditionExpression:    expr.KeyCondition(),
		ExpressionAttributeNames:  expr.Names(),
		ExpressionAttributeValues: expr.Values(),
		Limit:                     aws.Int32(1),
	})
	if err != nil {
		return "", fmt.Errorf("look up label: %w", err)
	}
	if len(same.Items) > 0 {
		return "", ErrLabel
	}
	item := keyItem(tenant, uuid.NewString(), label)
	_, err = i.ddb.PutItem(ctx, &dynamodb.PutItemInput{ // expect: check-then-create
		TableName:           aws.String(i.keys),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(tenant_id) AND attribute_not_exists(key_id)"),
	})
	if err != nil {
		return "", err
	}
	return item["key_id"].(*types.AttributeValueMemberS).Value, nil
}

// case: id=go-ddb-148 label=safe tier=2 note=the key is derived from the label, so the condition covers the label
func (i *Issuer) IssueNamed(ctx context.Context, tenant, label string) (string, error) {
	sum := sha256.Sum256([]byte(tenant + "/" + label))
	id := hex.EncodeToString(sum[:16])
	_, err := i.ddb.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(i.keys),
		Item:                keyItem(tenant, id, label),
		ConditionExpression: aws.String("attribute_not_exists(key_id)"),
	})
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return "", ErrLabel
	}
	return id, err
}

// case: id=go-ddb-149 label=safe tier=1 note=no limit, fresh uuid, nothing read before
func (i *Issuer) IssueInternal(ctx context.Context, tenant string) (string, error) {
	id := "int_" + uuid.New().String()
	_, err := i.ddb.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: aws.String(i.keys),
		Item:      keyItem(tenant, id, "internal"),
	})
	return id, err
}

func (i *Issuer) latest(ctx context.Context, tenant string) (*Policy, error) {
	out, err := i.ddb.Query(ctx, &dynamodb.QueryInput{
		TableName:                 aws.String(i.policies),
		KeyConditionExpression:    aws.String("tenant_id = :t"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":t": str(tenant)},
		ScanIndexForward:          aws.Bool(false),
		Limit:                     aws.Int32(1),
	})
	if err != nil {
		return nil, fmt.Errorf("latest policy of %s: %w", tenant, err)
	}
	p := &Policy{Tenant: tenant}
	if len(out.Items) == 0 {
		return p, nil
	}
	return p, attributevalue.UnmarshalMap(out.Items[0], p)
}

// case: id=go-ddb-150 label=race rule=check-then-create tier=3 note=highest revision plus one, put without a condition
func (i *Issuer) Publish(ctx context.Context, tenant, document string) (int, error) {
	last, err := i.latest(ctx, tenant)
	if err != nil {
		return 0, err
	}
	next := Policy{Tenant: tenant, Revision: last.Revision + 1, Document: document}
	item, err := attributevalue.MarshalMap(next)
	if err != nil {
		return 0, err
	}
	if _, err := i.ddb.PutItem(ctx, &dynamodb.PutItemInput{TableName: aws.String(i.policies), Item: item}); err != nil { // expect: check-then-create
		return 0, fmt.Errorf("put policy: %w", err)
	}
	return next.Revision, nil
}

// case: id=go-ddb-151 label=safe tier=3 note=highest revision plus one, put only if that full key is absent, the conflict reported
func (i *Issuer) PublishOnce(ctx context.Context, tenant, document string) (int, error) {
	last, err := i.latest(ctx, tenant)
	if err != nil {
		return 0, err
	}
	next := Policy{Tenant: tenant, Revision: last.Revision + 1, Document: document}
	item, err := attributevalue.MarshalMap(next)
	if err != nil {
		return 0, err
	}
	_, err = i.ddb.PutItem(ctx, &dynamodb.PutItemInput{
		TableName:           aws.String(i.policies),
		Item:                item,
		ConditionExpression: aws.String("attribute_not_exists(revision)"),
	})
	if err != nil {
		var ccf *types.ConditionalCheckFailedException
		if errors.As(err, &ccf) {
			return 0, ErrRaced
		}
		return 0, fmt.Errorf("put policy: %w", err)
	}
	return next.Revision, nil
}

// case: id=go-ddb-152 label=safe tier=2 note=revoking is an idempotent delete of one key
func (i *Issuer) Revoke(ctx context.Context, tenant, keyID string) error {
	_, err := i.ddb.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName: aws.String(i.keys),
		Key:       map[string]types.AttributeValue{"tenant_id": str(tenant), "key_id": str(keyID)},
	})
	if err != nil {
		return fmt.Errorf("revoke %s: %w", keyID, err)
	}
	return nil
}
