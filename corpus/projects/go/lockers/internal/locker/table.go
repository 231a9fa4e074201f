// Package locker keeps lockers.
package locker

import (
	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/guregu/dynamo"
)

// Locker is one of the lockers.
type Locker struct {
	ID    string `dynamo:"id,hash"`
	Opens int    `dynamo:"opens"`
	Calls int    `dynamo:"calls"`
}

var table = dynamo.New(session.Must(session.NewSession())).Table("lockers")
