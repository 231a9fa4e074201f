;;; pack: go
;;; language: go
;;; store: none
;;; alias github.com/pkg/errors.Wrap: errors.Wrap
;;; alias github.com/pkg/errors.Wrapf: errors.Wrap
;;; alias github.com/pkg/errors.WithStack: errors.Wrap
;;; alias github.com/pkg/errors.WithMessage: errors.Wrap
;;; alias github.com/pkg/errors.WithMessagef: errors.Wrap
;;; alias github.com/pkg/errors.New: fmt.Errorf
;;; alias github.com/pkg/errors.Errorf: fmt.Errorf
;;; alias golang.org/x/xerrors.New: fmt.Errorf
;;; alias golang.org/x/xerrors.Errorf: fmt.Errorf
;;; alias golang.org/x/xerrors.As: errors.As
;;; alias golang.org/x/xerrors.Is: errors.Is
;;; alias github.com/cockroachdb/errors.New: fmt.Errorf
;;; alias github.com/cockroachdb/errors.Newf: fmt.Errorf
;;; alias github.com/cockroachdb/errors.Errorf: fmt.Errorf
;;; alias github.com/cockroachdb/errors.Wrap: errors.Wrap
;;; alias github.com/cockroachdb/errors.Wrapf: errors.Wrap
;;; alias github.com/cockroachdb/errors.WithStack: errors.Wrap
;;; alias github.com/cockroachdb/errors.WithMessage: errors.Wrap
;;; alias github.com/cockroachdb/errors.WithMessagef: errors.Wrap
;;; alias github.com/cockroachdb/errors.Join: errors.Join
;;; alias github.com/cockroachdb/errors.As: errors.As
;;; alias github.com/cockroachdb/errors.Is: errors.Is
;;; alias google.golang.org/grpc/status.Error: fmt.Errorf
;;; alias google.golang.org/grpc/status.Errorf: fmt.Errorf
;;; alias github.com/pkg/errors.As: errors.As
;;; alias github.com/pkg/errors.Is: errors.Is
;;; list clocks: time.Now
;;; list times: time.Time
;;; list draws: math/rand.Intn math/rand.Int31n math/rand.Int63n math/rand/v2.IntN math/rand/v2.N Intn Int31n Int63n IntN
;;; list quiet: Print Printf Println Debug Debugf Debugw Info Infof Infow Warn Warnf Warnw Error Errorf Errorw Log Logf Fprintf Fprintln Sleep Msg Msgf Close Inc Observe Set Validate Verify Check Ping
;;; kind go.http: type net/http.Client
;;; kind go.mutex: type sync.Mutex type sync.RWMutex
;;; kind go.lock-client: type cirello.io/dynamolock.Client type cirello.io/dynamolock/v2.Client
;;; kind go.lock: type cirello.io/dynamolock.Lock type cirello.io/dynamolock/v2.Lock
;;; kind go.decoder: type encoding/json.Decoder type encoding/xml.Decoder type gopkg.in/yaml.v3.Decoder
;;; kind go.reflected: type reflect.Value
; Functions that make failures, wrapping those that they are given; that wrap the first that they are given, or all, and
; give none where they are given none; that give their argument in another form, or such a
; form and a failure; that put a text together; that end the process.
;;; list failures: fmt.Errorf errors.New
;;; list wrappers: errors.Wrap errors.Wrapf errors.WithStack
;;; list joiners: errors.Join
;;; list key-conversions: Itoa FormatInt number String UnixMilli time.UnixMilli github.com/google/uuid.UUID github.com/google/uuid.MustParse github.com/gofrs/uuid.UUID github.com/gofrs/uuid.FromStringOrNil
;;; list conversions: strconv.Itoa strconv.FormatInt fmt.Sprint strings.ToLower strings.TrimSpace
;;; list parsers: strconv.Atoi strconv.ParseInt strconv.ParseFloat strconv.ParseBool strconv.ParseUint github.com/google/uuid.Parse github.com/gofrs/uuid.FromString
;;; list formatters: fmt.Sprintf
;;; list settings: os.Getenv os.LookupEnv github.com/spf13/viper.GetString github.com/spf13/viper.Get
; Functions that go through a list with a test, and say whether or where one of the elements passes it.
;;; list searches: slices.IndexFunc golang.org/x/exp/slices.IndexFunc
;;; list searches-told: slices.ContainsFunc golang.org/x/exp/slices.ContainsFunc github.com/samber/lo.SomeBy github.com/samber/lo.ContainsBy
; Functions that say whether a list has an element, and whether two values are equal.
;;; list memberships: slices.Contains golang.org/x/exp/slices.Contains github.com/samber/lo.Contains
;;; list comparisons: strings.EqualFold bytes.Equal reflect.DeepEqual
;;; list exits: os.Exit log.Fatal log.Fatalf log.Fatalln
; Tests of failures: whether one is of the type of a target, and whether it is another one.
;;; list failure-types: errors.As
;;; list failure-values: errors.Is

((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Lock" "RLock")
  (#set! recv "go.mutex") (#set! does "take") (#set! token "process"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Unlock" "RUnlock")
  (#set! recv "go.mutex") (#set! does "release") (#set! token "process"))

; Locks in a table, each under a key; who has one holds it until it is released
((call_expression function: (_) @f) @call (#set! path "cirello.io/dynamolock.New|cirello.io/dynamolock/v2.New") (#set! does "same") (#set! returns "tuple(kind:go.lock-client, nothing)"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "AcquireLock")
  (#set! recv "go.lock-client") (#set! does "take") (#set! token "remote") (#set! token-key "pos:0") (#set! returns "tuple(kind:go.lock, nothing)"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "AcquireLockWithContext")
  (#set! recv "go.lock-client") (#set! does "take") (#set! token "remote") (#set! token-key "pos:1") (#set! returns "tuple(kind:go.lock, nothing)"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "ReleaseLock" "ReleaseLockWithContext")
  (#set! recv "go.lock-client") (#set! does "release") (#set! token "remote"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Close")
  (#set! recv "go.lock") (#set! does "release") (#set! token "remote"))

; What a text says, put where a pointer leads: it is made from what the text is made from
((call_expression function: (_) @f) @call (#set! path "encoding/json.Unmarshal|encoding/xml.Unmarshal|github.com/goccy/go-json.Unmarshal|github.com/json-iterator/go.Unmarshal|github.com/bytedance/sonic.Unmarshal|gopkg.in/yaml.v2.Unmarshal|gopkg.in/yaml.v3.Unmarshal|google.golang.org/protobuf/proto.Unmarshal") (#set! does "flow") (#set! flow "pos:0 -> pos:1") (#set! returns "nothing"))

((call_expression function: (_) @f) @call (#set! path "encoding/json.NewDecoder|encoding/xml.NewDecoder|encoding/gob.NewDecoder|github.com/goccy/go-json.NewDecoder|github.com/json-iterator/go.NewDecoder|github.com/bytedance/sonic/decoder.NewStreamDecoder|gopkg.in/yaml.v2.NewDecoder|gopkg.in/yaml.v3.NewDecoder") (#set! does "make") (#set! put "source=pos:0") (#set! returns "kind:go.decoder"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Decode")
  (#set! recv "go.decoder") (#set! does "flow") (#set! flow "prop:source -> pos:0") (#set! returns "nothing"))
; All that can be read from somewhere
((call_expression function: (_) @f) @call (#set! path "io.ReadAll|io/ioutil.ReadAll") (#set! does "same") (#set! returns "tuple(arg:pos:0, nothing)"))

; A value made of a type that is known at run time only
((call_expression function: (_) @f) @call (#set! path "reflect.New|reflect.Zero") (#set! does "make") (#set! returns "kind:go.reflected"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Interface" "Elem" "Addr")
  (#set! recv "go.reflected") (#set! does "same") (#set! returns "recv"))

; What is done outside of the store: requests that change something, messages, mail
((call_expression function: (_) @f) @call (#set! path "net/http.Post|net/http.PostForm|net/smtp.SendMail") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#any-of? @m "Post" "PostForm")
  (#set! recv "go.http") (#set! does "effect"))
((call_expression function: (_) @f) @call (#set! path "net/http.NewRequest") (#set! when "pos:0=POST|net/http.MethodPost|PUT|net/http.MethodPut|PATCH|net/http.MethodPatch|DELETE|net/http.MethodDelete")
  (#set! does "same") (#set! returns "tuple(kind:go.request, nothing)"))
((call_expression function: (_) @f) @call (#set! path "net/http.NewRequestWithContext") (#set! when "pos:1=POST|net/http.MethodPost|PUT|net/http.MethodPut|PATCH|net/http.MethodPatch|DELETE|net/http.MethodDelete")
  (#set! does "same") (#set! returns "tuple(kind:go.request, nothing)"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "WithContext")
  (#set! recv "go.request") (#set! does "same") (#set! returns "recv"))

; What only puts a list in order leaves in it what there was
((call_expression function: (_) @f) @call
  (#set! path "sort.Slice|sort.SliceStable|sort.Strings|sort.Ints|sort.Float64s|slices.Sort|slices.SortFunc|slices.SortStableFunc|slices.Reverse|golang.org/x/exp/slices.Sort|golang.org/x/exp/slices.SortFunc|golang.org/x/exp/slices.SortStableFunc")
  (#set! does "same") (#set! returns "nothing"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Do")
  (#set! arg-type "pos:0=go.request") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Publish")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/sns.PublishInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Publish")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/sns.PublishInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PublishWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/sns.PublishInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PublishBatch")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/sns.PublishBatchInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PublishBatch")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/sns.PublishBatchInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PublishBatchWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/sns.PublishBatchInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendMessage")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/sqs.SendMessageInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendMessage")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/sqs.SendMessageInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendMessageWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/sqs.SendMessageInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendMessageBatch")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/sqs.SendMessageBatchInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendMessageBatch")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/sqs.SendMessageBatchInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendMessageBatchWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/sqs.SendMessageBatchInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendEmail")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/ses.SendEmailInput|github.com/aws/aws-sdk-go-v2/service/sesv2.SendEmailInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendEmail")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/ses.SendEmailInput|github.com/aws/aws-sdk-go/service/sesv2.SendEmailInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendEmailWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/ses.SendEmailInput|github.com/aws/aws-sdk-go/service/sesv2.SendEmailInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendRawEmail")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/ses.SendRawEmailInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendRawEmail")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/ses.SendRawEmailInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "SendRawEmailWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/ses.SendRawEmailInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Invoke")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/lambda.InvokeInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "Invoke")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/lambda.InvokeInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "InvokeWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/lambda.InvokeInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PutEvents")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/eventbridge.PutEventsInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PutEvents")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/eventbridge.PutEventsInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PutEventsWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/eventbridge.PutEventsInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PutRecord")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/kinesis.PutRecordInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PutRecord")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/kinesis.PutRecordInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "PutRecordWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/kinesis.PutRecordInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "StartExecution")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go-v2/service/sfn.StartExecutionInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "StartExecution")
  (#set! arg-type "pos:0=github.com/aws/aws-sdk-go/service/sfn.StartExecutionInput") (#set! does "effect"))
((call_expression function: (selector_expression operand: (_) @recv field: (field_identifier) @m)) @call (#eq? @m "StartExecutionWithContext")
  (#set! arg-type "pos:1=github.com/aws/aws-sdk-go/service/sfn.StartExecutionInput") (#set! does "effect"))
