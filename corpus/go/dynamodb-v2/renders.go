package renders

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

type Render struct {
	ID        string `dynamodbav:"render_id"`
	Scene     string `dynamodbav:"scene"`
	Status    string `dynamodbav:"status"`
	Worker    string `dynamodbav:"worker"`
	Heartbeat int64  `dynamodbav:"heartbeat"`
}

type message struct {
	RenderID string `json:"render_id"`
}

var (
	table  = os.Getenv("RENDERS_TABLE")
	worker = os.Getenv("AWS_LAMBDA_LOG_STREAM_NAME")
	db     *dynamodb.Client
)

func init() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		log.Fatalf("aws config: %v", err)
	}
	db = dynamodb.NewFromConfig(cfg)
}

func renderKey(id string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{"render_id": &types.AttributeValueMemberS{Value: id}}
}

func loadRender(ctx context.Context, id string) (Render, bool, error) {
	var r Render
	out, err := db.GetItem(ctx, &dynamodb.GetItemInput{TableName: &table, Key: renderKey(id)})
	if err != nil {
		return r, false, fmt.Errorf("get render %s: %w", id, err)
	}
	if out.Item == nil {
		return r, false, nil
	}
	err = attributevalue.UnmarshalMap(out.Item, &r)
	return r, err == nil, err
}

func rasterize(ctx context.Context, r Render) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(time.Millisecond):
		return nil
	}
}

func startUpdate(id string) *dynamodb.UpdateItemInput {
	return &dynamodb.UpdateItemInput{
		TableName:                &table,
		Key:                      renderKey(id),
		UpdateExpression:         aws.String("SET #s = :running, worker = :me, heartbeat = :now"),
		ExpressionAttributeNames: map[string]string{"#s": "status"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":running": &types.AttributeValueMemberS{Value: "running"},
			":me":      &types.AttributeValueMemberS{Value: worker},
			":now":     &types.AttributeValueMemberN{Value: strconv.FormatInt(time.Now().Unix(), 10)},
		},
	}
}

// case: id=go-ddb-137 label=race rule=check-then-act tier=3 note=status tested, then claimed by an input that carries no condition
func HandleQueue(ctx context.Context, ev events.SQSEvent) error {
	for _, rec := range ev.Records {
		var m message
		if err := json.Unmarshal([]byte(rec.Body), &m); err != nil {
			log.Printf("skip malformed message %s: %v", rec.MessageId, err)
			continue
		}
		r, ok, err := loadRender(ctx, m.RenderID)
		if err != nil {
			return err
		}
		if !ok || r.Status != "queued" {
			continue
		}
		if _, err := db.UpdateItem(ctx, startUpdate(r.ID)); err != nil { // expect: check-then-act
			return fmt.Errorf("claim render %s: %w", r.ID, err)
		}
		if err := rasterize(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// case: id=go-ddb-138 label=safe tier=3 note=the claim is conditional on the status, a lost claim skips the record
func HandleQueueOnce(ctx context.Context, ev events.SQSEvent) (events.SQSEventResponse, error) {
	var resp events.SQSEventResponse
	for _, rec := range ev.Records {
		var m message
		if err := json.Unmarshal([]byte(rec.Body), &m); err != nil {
			continue
		}
		r, ok, err := loadRender(ctx, m.RenderID)
		if err != nil {
			resp.BatchItemFailures = append(resp.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: rec.MessageId})
			continue
		}
		if !ok || r.Status != "queued" {
			continue
		}
		in := startUpdate(r.ID)
		in.ConditionExpression = aws.String("#s = :queued")
		in.ExpressionAttributeValues[":queued"] = &types.AttributeValueMemberS{Value: "queued"}
		if _, err := db.UpdateItem(ctx, in); err != nil {
			var lost *types.ConditionalCheckFailedException
			if !errors.As(err, &lost) {
				resp.BatchItemFailures = append(resp.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: rec.MessageId})
			}
			continue
		}
		if err := rasterize(ctx, r); err != nil {
			resp.BatchItemFailures = append(resp.BatchItemFailures, events.SQSBatchItemFailure{ItemIdentifier: rec.MessageId})
		}
	}
	return resp, nil
}

// case: id=go-ddb-139 label=race rule=swallowed-conflict tier=3 note=a lost claim is logged and the work is done all the same
func HandleDirect(ctx context.Context, m message) error {
	in := startUpdate(m.RenderID)
	in.ConditionExpression = aws.String("#s = :queued")
	in.ExpressionAttributeValues[":queued"] = &types.AttributeValueMemberS{Value: "queued"}
	in.ReturnValues = types.ReturnValueAllNew
	if _, err := db.UpdateItem(ctx, in); err != nil { // expect: swallowed-conflict
		var ccf *types.ConditionalCheckFailedException
		if !errors.As(err, &ccf) {
			return fmt.Errorf("claim render %s: %w", m.RenderID, err)
		}
		log.Printf("render %s already claimed", m.RenderID)
	}
	return rasterize(ctx, Render{ID: m.RenderID, Status: "running", Worker: worker})
}

// case: id=go-ddb-140 label=race rule=check-then-act tier=2 note=stale heartbeat found by a scan, requeued without comparing it again
func Sweep(ctx context.Context, _ events.CloudWatchEvent) error {
	limit := time.Now().Add(-15 * time.Minute).Unix()
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("scan renders: %w", err)
		}
		var rows []Render
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &rows); err != nil {
			return err
		}
		for _, r := range rows {
			if r.Status != "running" || r.Heartbeat > limit {
				continue
			}
			_, err := db.UpdateItem(ctx, &dynamodb.UpdateItemInput{ // expect: check-then-act
				TableName:                 &table,
				Key:                       renderKey(r.ID),
				UpdateExpression:          aws.String("SET #s = :queued REMOVE worker"),
				ExpressionAttributeNames:  map[string]string{"#s": "status"},
				ExpressionAttributeValues: map[string]types.AttributeValue{":queued": &types.AttributeValueMemberS{Value: "queued"}},
			})
			if err != nil {
				return fmt.Errorf("requeue %s: %w", r.ID, err)
			}
		}
	}
	return nil
}

// case: id=go-ddb-141 label=safe tier=2 note=requeued only if status and heartbeat are still what the scan saw
func SweepGuarded(ctx context.Context, _ events.CloudWatchEvent) error {
	limit := time.Now().Add(-15 * time.Minute).Unix()
	pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("scan renders: %w", err)
		}
		for _, raw := range page.Items {
			var r Render
			if err := attributevalue.UnmarshalMap(raw, &r); err != nil {
				return err
			}
			if r.Status != "running" || r.Heartbeat > limit {
				continue
			}
			_, err := db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
				TableName:                &table,
				Key:                      map[string]types.AttributeValue{"render_id": raw["render_id"]},
				UpdateExpression:         aws.String("SET #s = :queued REMOVE worker"),
				ConditionExpression:      aws.String("#s = :running AND heartbeat = :seen"),
				ExpressionAttributeNames: map[string]string{"#s": "status"},
				ExpressionAttributeValues: map[string]types.AttributeValue{
					":queued":  &types.AttributeValueMemberS{Value: "queued"},
					":running": &types.AttributeValueMemberS{Value: "running"},
					":seen":    raw["heartbeat"],
				},
			})
			var moved *types.ConditionalCheckFailedException
			if err != nil && !errors.As(err, &moved) {
				return fmt.Errorf("requeue %s: %w", r.ID, err)
			}
		}
	}
	return nil
}

// case: id=go-ddb-142 label=race rule=check-then-act|non-atomic-lock tier=1 note=owner compared in the program, then an unconditional delete
func Release(ctx context.Context, id string) error {
	r, ok, err := loadRender(ctx, id)
	if err != nil || !ok {
		return err
	}
	if r.Worker != worker {
		return fmt.Errorf("render %s is held by %s", id, r.Worker)
	}
	_, err = db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: renderKey(id)}) // expect: check-then-act|non-atomic-lock
	return err
}

// case: id=go-ddb-143 label=safe tier=1 note=the delete itself compares the owner
func ReleaseOwned(ctx context.Context, id string) error {
	_, err := db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
		TableName:                 &table,
		Key:                       renderKey(id),
		ConditionExpression:       aws.String("worker = :me"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":me": &types.AttributeValueMemberS{Value: worker}},
	})
	var ccf *types.ConditionalCheckFailedException
	if errors.As(err, &ccf) {
		return fmt.Errorf("render %s is not ours", id)
	}
	return err
}

// case: id=go-ddb-144 label=safe tier=2 note=idempotent delete by id, the read before it is only logged
func Purge(ctx context.Context, id string) error {
	if r, ok, err := loadRender(ctx, id); err == nil && ok {
		log.Printf("purging render %s of scene %s", r.ID, r.Scene)
	}
	if _, err := db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &table, Key: renderKey(id)}); err != nil {
		return fmt.Errorf("purge %s: %w", id, err)
	}
	return nil
}
