package transact

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/uuid"
)

const (
	walletTable = "ferry-wallets"
	berthTable  = "ferry-berths"
	guestTable  = "ferry-guests"
	sailTable   = "ferry-sailings"
)

type Wallet struct {
	ID      string `dynamodbav:"wallet_id"`
	Owner   string `dynamodbav:"owner"`
	Balance int64  `dynamodbav:"balance"`
}

type Berth struct {
	ID     string `dynamodbav:"berth_id"`
	Status string `dynamodbav:"status"`
	Holder string `dynamodbav:"holder"`
}

var (
	ErrFunds = errors.New("insufficient funds")
	ErrGone  = errors.New("no longer available")
	ErrTaken = errors.New("e-mail already registered")
)

type Desk struct {
	db *dynamodb.Client
}

func s(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }

func n(v int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(v, 10)}
}

func (d *Desk) wallet(ctx context.Context, id string) (*Wallet, error) {
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(walletTable),
		Key:       map[string]types.AttributeValue{"wallet_id": s(id)},
	})
	if err != nil {
		return nil, fmt.Errorf("wallet %s: %w", id, err)
	}
	if out.Item == nil {
		return nil, fmt.Errorf("wallet %s does not exist", id)
	}
	w := &Wallet{}
	return w, attributevalue.UnmarshalMap(out.Item, w)
}

func (d *Desk) berth(ctx context.Context, id string) (*Berth, error) {
	out, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(berthTable),
		Key:       map[string]types.AttributeValue{"berth_id": s(id)},
	})
	if err != nil {
		return nil, fmt.Errorf("berth %s: %w", id, err)
	}
	if out.Item == nil {
		return nil, ErrGone
	}
	b := &Berth{}
	return b, attributevalue.UnmarshalMap(out.Item, b)
}

func cancelled(err error) bool {
	var tce *types.TransactionCanceledException
	return errors.As(err, &tce)
}

// case: id=go-ddb-118 label=race rule=lost-update tier=2 note=both balances are computed before the transaction, which names no condition
func (d *Desk) Transfer(ctx context.Context, from, to string, amount int64) error {
	src, err := d.wallet(ctx, from)
	if err != nil {
		return err
	}
	dst, err := d.wallet(ctx, to)
	if err != nil {
		return err
	}
	if src.Balance < amount {
		return ErrFunds
	}
	src.Balance -= amount
	dst.Balance += amount
	srcItem, err := attributevalue.MarshalMap(src)
	if err != nil {
		return err
	}
	dstItem, err := attributevalue.MarshalMap(dst)
	if err != nil {
		return err
	}
	_, err = d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // expect: lost-update
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{TableName: aws.String(walletTable), Item: srcItem}},
			{Put: &types.Put{TableName: aws.String(walletTable), Item: dstItem}},
		},
	})
	return err
}

// case: id=go-ddb-119 label=safe tier=1 note=debit under a condition on the balance, credit by the store
func (d *Desk) TransferInPlace(ctx context.Context, from, to string, amount int64) error {
	_, err := d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		ClientRequestToken: aws.String(uuid.NewString()),
		TransactItems: []types.TransactWriteItem{
			{Update: &types.Update{
				TableName:                 aws.String(walletTable),
				Key:                       map[string]types.AttributeValue{"wallet_id": s(from)},
				UpdateExpression:          aws.String("SET balance = balance - :a"),
				ConditionExpression:       aws.String("balance >= :a"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":a": n(amount)},
			}},
			{Update: &types.Update{
				TableName:                 aws.String(walletTable),
				Key:                       map[string]types.AttributeValue{"wallet_id": s(to)},
				UpdateExpression:          aws.String("SET balance = balance + :a"),
				ConditionExpression:       aws.String("attribute_exists(wallet_id)"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":a": n(amount)},
			}},
		},
	})
	if cancelled(err) {
		return ErrFunds
	}
	return err
}

// case: id=go-ddb-120 label=race rule=check-then-act tier=2 note=the debit carries no condition, only the credit does
func (d *Desk) TransferHalf(ctx context.Context, from, to string, amount int64) error {
	src, err := d.wallet(ctx, from)
	if err != nil {
		return err
	}
	if src.Balance-amount < 0 {
		return ErrFunds
	}
	debit := types.Update{
		TableName:                 aws.String(walletTable),
		Key:                       map[string]types.AttributeValue{"wallet_id": s(from)},
		UpdateExpression:          aws.String("SET balance = balance - :a"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":a": n(amount)},
	}
	credit := types.Update{
		TableName:                 aws.String(walletTable),
		Key:                       map[string]types.AttributeValue{"wallet_id": s(to)},
		UpdateExpression:          aws.String("SET balance = balance + :a"),
		ConditionExpression:       aws.String("attribute_exists(wallet_id)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":a": n(amount)},
	}
	_, err = d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // expect: check-then-act
		TransactItems: []types.TransactWriteItem{{Update: &debit}, {Update: &credit}},
	})
	return err
}

// case: id=go-ddb-121 label=race rule=check-then-act tier=2 note=the ConditionCheck is on the sailing, the status that was tested is the berth's
func (d *Desk) BookBerth(ctx context.Context, berthID, sailing, guest string) error {
	b, err := d.berth(ctx, berthID)
	if err != nil {
		return err
	}
	if b.Status != "free" {
		return ErrGone
	}
	items := []types.TransactWriteItem{{
		ConditionCheck: &types.ConditionCheck{
			TableName:                 aws.String(sailTable),
			Key:                       map[string]types.AttributeValue{"sailing_id": s(sailing)},
			ConditionExpression:       aws.String("boarding = :open"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":open": &types.AttributeValueMemberBOOL{Value: true}},
		},
	}}
	items = append(items, types.TransactWriteItem{Update: &types.Update{
		TableName:                aws.String(berthTable),
		Key:                      map[string]types.AttributeValue{"berth_id": s(berthID)},
		UpdateExpression:         aws.String("SET #st = :booked, holder = :h"),
		ExpressionAttributeNames: map[string]string{"#st": "status"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":booked": s("booked"),
			":h":      s(guest),
		},
	}})
	_, err = d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items}) // expect: check-then-act
	return err
}

// case: id=go-ddb-122 label=safe tier=2 note=the berth's own update repeats the test of its status
func (d *Desk) BookFreeBerth(ctx context.Context, berthID, sailing, guest string) error {
	b, err := d.berth(ctx, berthID)
	if err != nil {
		return err
	}
	if b.Status != "free" {
		return ErrGone
	}
	var items []types.TransactWriteItem
	items = append(items,
		types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName:                 aws.String(sailTable),
			Key:                       map[string]types.AttributeValue{"sailing_id": s(sailing)},
			ConditionExpression:       aws.String("boarding = :open"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":open": &types.AttributeValueMemberBOOL{Value: true}},
		}},
		types.TransactWriteItem{Update: &types.Update{
			TableName:                aws.String(berthTable),
			Key:                      map[string]types.AttributeValue{"berth_id": s(berthID)},
			UpdateExpression:         aws.String("SET #st = :booked, holder = :h"),
			ConditionExpression:      aws.String("#st = :free"),
			ExpressionAttributeNames: map[string]string{"#st": "status"},
			ExpressionAttributeValues: map[string]types.AttributeValue{
				":booked": s("booked"),
				":free":   s("free"),
				":h":      s(guest),
			},
		}},
	)
	_, err = d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
	if cancelled(err) {
		return ErrGone
	}
	return err
}

// case: id=go-ddb-123 label=race rule=check-then-create tier=2 note=the e-mail marker is looked up first and then put without attribute_not_exists
func (d *Desk) Register(ctx context.Context, email, name string) (string, error) {
	marker := "EMAIL#" + strings.ToLower(email)
	seen, err := d.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: aws.String(guestTable),
		Key:       map[string]types.AttributeValue{"pk": s(marker)},
	})
	if err != nil {
		return "", err
	}
	if seen.Item != nil {
		return "", ErrTaken
	}
	id := "GUEST#" + uuid.NewString()
	_, err = d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // expect: check-then-create
		TransactItems: []types.TransactWriteItem{
			{Put: &types.Put{
				TableName:           aws.String(guestTable),
				Item:                map[string]types.AttributeValue{"pk": s(id), "name": s(name), "email": s(email)},
				ConditionExpression: aws.String("attribute_not_exists(pk)"),
			}},
			{Put: &types.Put{
				TableName: aws.String(guestTable),
				Item:      map[string]types.AttributeValue{"pk": s(marker), "guest": s(id)},
			}},
		},
	})
	if err != nil {
		return "", fmt.Errorf("register guest: %w", err)
	}
	return id, nil
}

// case: id=go-ddb-124 label=safe tier=2 note=the marker item is put under attribute_not_exists in the same transaction
func (d *Desk) RegisterOnce(ctx context.Context, email, name string) (string, error) {
	marker := "EMAIL#" + strings.ToLower(email)
	id := "GUEST#" + uuid.NewString()
	put := func(item map[string]types.AttributeValue) types.TransactWriteItem {
		return types.TransactWriteItem{Put: &types.Put{
			TableName:           aws.String(guestTable),
			Item:                item,
			ConditionExpression: aws.String("attribute_not_exists(pk)"),
		}}
	}
	_, err := d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			put(map[string]types.AttributeValue{"pk": s(marker), "guest": s(id)}),
			put(map[string]types.AttributeValue{"pk": s(id), "name": s(name), "email": s(email)}),
		},
	})
	if cancelled(err) {
		return "", ErrTaken
	}
	if err != nil {
		return "", fmt.Errorf("register guest: %w", err)
	}
	return id, nil
}

// case: id=go-ddb-125 label=race rule=check-then-act tier=1 note=status tested, then deleted in a transaction with no condition
func (d *Desk) RemoveBerth(ctx context.Context, berthID, sailing string) error {
	b, err := d.berth(ctx, berthID)
	if err != nil {
		return err
	}
	if b.Status == "booked" {
		return fmt.Errorf("berth %s is booked by %s", b.ID, b.Holder)
	}
	_, err = d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{ // expect: check-then-act
		TransactItems: []types.TransactWriteItem{
			{Delete: &types.Delete{
				TableName: aws.String(berthTable),
				Key:       map[string]types.AttributeValue{"berth_id": s(berthID)},
			}},
			{Update: &types.Update{
				TableName:                 aws.String(sailTable),
				Key:                       map[string]types.AttributeValue{"sailing_id": s(sailing)},
				UpdateExpression:          aws.String("ADD removed_berths :one"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":one": n(1)},
			}},
		},
	})
	return err
}

// case: id=go-ddb-126 label=safe tier=1 note=the delete is conditional on the status that was tested
func (d *Desk) RemoveFreeBerth(ctx context.Context, berthID, sailing string) error {
	b, err := d.berth(ctx, berthID)
	if err != nil {
		return err
	}
	if b.Status == "booked" {
		return fmt.Errorf("berth %s is booked by %s", b.ID, b.Holder)
	}
	_, err = d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{
			{Delete: &types.Delete{
				TableName:                 aws.String(berthTable),
				Key:                       map[string]types.AttributeValue{"berth_id": s(berthID)},
				ConditionExpression:       aws.String("#st <> :booked"),
				ExpressionAttributeNames:  map[string]string{"#st": "status"},
				ExpressionAttributeValues: map[string]types.AttributeValue{":booked": s("booked")},
			}},
			{Update: &types.Update{
				TableName:                 aws.String(sailTable),
				Key:                       map[string]types.AttributeValue{"sailing_id": s(sailing)},
				UpdateExpression:          aws.String("ADD removed_berths :one"),
				ExpressionAttributeValues: map[string]types.AttributeValue{":one": n(1)},
			}},
		},
	})
	return err
}

// case: id=go-ddb-127 label=safe tier=2 note=the new balance is put under a comparison with the balance that was read
func (d *Desk) Charge(ctx context.Context, id string, fee int64) error {
	w, err := d.wallet(ctx, id)
	if err != nil {
		return err
	}
	old := w.Balance
	if old < fee {
		return ErrFunds
	}
	w.Balance = old - fee
	item, err := attributevalue.MarshalMap(w)
	if err != nil {
		return err
	}
	_, err = d.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{
		TransactItems: []types.TransactWriteItem{{Put: &types.Put{
			TableName:                 aws.String(walletTable),
			Item:                      item,
			ConditionExpression:       aws.String("balance = :old"),
			ExpressionAttributeValues: map[string]types.AttributeValue{":old": n(old)},
		}}},
	})
	if cancelled(err) {
		return fmt.Errorf("wallet %s changed meanwhile: %w", id, err)
	}
	return err
}
