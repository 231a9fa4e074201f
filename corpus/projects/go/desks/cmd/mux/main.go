package main

import (
	"log"
	"net/http"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/gorilla/mux"
	"github.com/guregu/dynamo"

	"example.com/desks/internal/desk"
)

type route struct {
	Method  string
	Pattern string
	Handle  http.HandlerFunc
}

func main() {
	desks := desk.NewRepo(dynamo.New(session.Must(session.NewSession())))
	move := func(w http.ResponseWriter, r *http.Request) {
		if err := desks.Move(r.Context(), mux.Vars(r)["id"]); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
		}
	}
	router := mux.NewRouter()
	v2 := router.PathPrefix("/v2").Subrouter()
	v2.HandleFunc("/desks/{id}", move).Methods(http.MethodPut, http.MethodPatch)
	for _, r := range []route{
		{Method: "POST", Pattern: "/v2/desks/{id}/moves", Handle: move},
	} {
		router.Methods(r.Method).Path(r.Pattern).Handler(r.Handle)
	}
	log.Fatal(http.ListenAndServe(":8080", router))
}
