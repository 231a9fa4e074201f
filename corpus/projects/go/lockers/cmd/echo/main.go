package main

import (
	"net/http"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/guregu/dynamo"
	"github.com/labstack/echo/v4"
)

type key struct {
	ID   string `dynamo:"id,hash"`
	Uses int    `dynamo:"uses"`
	Lent int    `dynamo:"lent"`
	Seen int    `dynamo:"seen"`
}

type server struct {
	echo  *echo.Echo
	table dynamo.Table
}

// counting makes what runs around each handler.
func (s *server) counting(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		var k key
		if err := s.table.Get("id", c.Param("id")).One(&k); err != nil {
			return err
		}
		if err := s.table.Update("id", k.ID).Set("uses", k.Uses+1).Run(); err != nil { // expect: lost-update // reached: /keys/*
			return err
		}
		return next(c)
	}
}

func (s *server) seen(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		var k key
		if err := s.table.Get("id", c.Param("id")).One(&k); err != nil {
			return err
		}
		if err := s.table.Update("id", k.ID).Set("seen", k.Seen+1).Run(); err != nil { // expect: lost-update // reached: POST /keys/:id/lend
			return err
		}
		return next(c)
	}
}

func (s *server) lend(c echo.Context) error {
	var k key
	if err := s.table.Get("id", c.Param("id")).One(&k); err != nil {
		return err
	}
	if err := s.table.Update("id", k.ID).Set("lent", k.Lent+1).Run(); err != nil { // expect: lost-update // reached: POST /keys/:id/lend
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

func (s *server) routes() {
	keys := s.echo.Group("/keys", s.counting)
	keys.POST("/:id/lend", s.lend, s.seen)
}

func main() {
	db := dynamo.New(session.Must(session.NewSession()))
	s := &server{echo: echo.New(), table: db.Table("keys")}
	s.routes()
	s.echo.Logger.Fatal(s.echo.Start(":8080"))
}
