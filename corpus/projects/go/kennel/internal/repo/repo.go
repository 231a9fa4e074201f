// Package repo keeps dogs.
package repo

import "example.com/kennel/internal/base"

// Dog is one dog.
type Dog struct {
	ID      string `dynamodbav:"id"`
	Treats  int    `dynamodbav:"treats"`
	Version int    `dynamodbav:"version"`
}

// Dogs is the table of dogs.
type Dogs struct {
	*base.Repo[Dog]
}

// NewDogs keeps dogs in their table.
func NewDogs(api base.API) *Dogs {
	return &Dogs{Repo: base.New[Dog](base.WithAPI(api), base.WithTable("dogs"))}
}
