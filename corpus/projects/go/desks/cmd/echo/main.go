package main

import (
	"net/http"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/guregu/dynamo"
	"github.com/labstack/echo/v4"

	"example.com/desks/internal/desk"
)

type controller struct {
	desks *desk.Repo
}

func (c controller) book(ctx echo.Context) error {
	if err := c.desks.Book(ctx.Request().Context(), ctx.Param("id")); err != nil {
		return err
	}
	return ctx.NoContent(http.StatusCreated)
}

func (c controller) bookSafely(ctx echo.Context) error {
	return c.desks.BookSafely(ctx.Request().Context(), ctx.Param("id"))
}

func main() {
	c := controller{desks: desk.NewRepo(dynamo.New(session.Must(session.NewSession())))}
	e := echo.New()
	api := e.Group("/api")
	api.POST("/desks/:id/bookings", c.book)
	api.PUT("/desks/:id/bookings", c.bookSafely)
	e.Logger.Fatal(e.Start(":8080"))
}
