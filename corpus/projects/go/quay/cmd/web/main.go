package main

import (
	"log"
	"net/http"
	"os"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/gin-gonic/gin"
	"github.com/gorilla/mux"
	"github.com/guregu/dynamo"
	"github.com/labstack/echo/v4"
)

type berth struct {
	ID    string `dynamo:"id,hash"`
	Ships int    `dynamo:"ships"`
	Moves int    `dynamo:"moves"`
	Calls int    `dynamo:"calls"`
	Tugs  int    `dynamo:"tugs"`
}

// moor makes the handler that counts ships.
func moor(table dynamo.Table) gin.HandlerFunc {
	return func(c *gin.Context) {
		var b berth
		if err := table.Get("id", c.Param("id")).One(&b); err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		err := table.Update("id", b.ID).Set("ships", b.Ships+1).Run() // expect: lost-update // reached: POST /berths/:id/ships
		if err != nil {
			c.Status(http.StatusInternalServerError)
		}
	}
}

type server struct {
	table  dynamo.Table
	router *mux.Router
}

func (s *server) routes() {
	berths := s.router.PathPrefix("/berths").Subrouter()
	berths.Methods(http.MethodPut).Path("/{id}/moves").HandlerFunc(s.move)
	s.router.PathPrefix("/calls").Handler(http.HandlerFunc(s.call))
}

func (s *server) move(w http.ResponseWriter, r *http.Request) {
	var b berth
	if err := s.table.Get("id", mux.Vars(r)["id"]).One(&b); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if err := s.table.Update("id", b.ID).Set("moves", b.Moves+1).Run(); err != nil { // expect: lost-update // reached: PUT /berths/{id}/moves
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (s *server) call(w http.ResponseWriter, r *http.Request) {
	var b berth
	if err := s.table.Get("id", r.URL.Path).One(&b); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if err := s.table.Update("id", b.ID).Set("calls", b.Calls+1).Run(); err != nil { // expect: lost-update // reached: /calls
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func (s *server) tug(c echo.Context) error {
	var b berth
	if err := s.table.Get("id", c.Param("id")).One(&b); err != nil {
		return err
	}
	return s.table.Update("id", b.ID).Set("tugs", b.Tugs+1).Run() // expect: lost-update // reached: POST|PUT /tugs/:id
}

func main() {
	table := dynamo.New(session.Must(session.NewSession())).Table(os.Getenv("BERTHS"))
	engine := gin.New()
	engine.POST("/berths/:id/ships", moor(table))
	s := &server{table: table, router: mux.NewRouter()}
	s.routes()
	e := echo.New()
	e.Match([]string{"POST", "PUT"}, "/tugs/:id", s.tug)
	go func() { log.Fatal(engine.Run(":8080")) }()
	go func() { log.Fatal(e.Start(":8082")) }()
	log.Fatal(http.ListenAndServe(":8081", s.router))
}
