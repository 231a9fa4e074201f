// Command server serves the dock slots.
package main

import (
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/aws/aws-sdk-go/service/dynamodb"

	"example.com/dockslots/api"
	"example.com/dockslots/booking"
	"example.com/dockslots/store/dynamo"
)

func main() {
	client := dynamodb.New(session.Must(session.NewSession()))
	slots := dynamo.New(client, os.Getenv("SLOTS_TABLE"))
	server := api.New(booking.NewPlanner(slots))
	_ = http.ListenAndServe(":8080", server.Routes())
}
