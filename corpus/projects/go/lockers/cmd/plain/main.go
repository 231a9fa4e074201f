package main

import (
	"log"
	"net/http"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/go-chi/chi/v5"
	"github.com/guregu/dynamo"
)

type bay struct {
	ID    string `dynamo:"id,hash"`
	Locks int    `dynamo:"locks"`
	Hits  int    `dynamo:"hits"`
	Tries int    `dynamo:"tries"`
	Moves int    `dynamo:"moves"`
}

var bays = dynamo.New(session.Must(session.NewSession())).Table("bays")

func counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bay
		if err := bays.Get("id", r.Host).One(&b); err == nil {
			if err := bays.Update("id", b.ID).Set("hits", b.Hits+1).Run(); err != nil { // expect: lost-update // reached: /*
				log.Print(err)
			}
		}
		next.ServeHTTP(w, r)
	})
}

func tried(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bay
		if err := bays.Get("id", r.Host).One(&b); err == nil {
			if err := bays.Update("id", b.ID).Set("tries", b.Tries+1).Run(); err != nil { // expect: lost-update // reached: PUT /bays/{id}/lock
				log.Print(err)
			}
		}
		next.ServeHTTP(w, r)
	})
}

func lock(w http.ResponseWriter, r *http.Request) {
	var b bay
	if err := bays.Get("id", chi.URLParam(r, "id")).One(&b); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if err := bays.Update("id", b.ID).Set("locks", b.Locks+1).Run(); err != nil { // expect: lost-update // reached: PUT /bays/{id}/lock
		w.WriteHeader(http.StatusInternalServerError)
	}
}

func moving(table dynamo.Table) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var b bay
		if err := table.Get("id", r.PathValue("id")).One(&b); err != nil {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		if err := table.Update("id", b.ID).Set("moves", b.Moves+1).Run(); err != nil { // expect: lost-update // reached: POST /moves/{id}
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
}

// handle registers under a path of the service's own form.
func handle(mux *http.ServeMux, path string, handler http.Handler) {
	mux.Handle("POST "+path, handler)
}

func main() {
	router := chi.NewRouter()
	router.Route("/bays", func(r chi.Router) {
		r.With(tried).Put("/{id}/lock", lock)
	})
	mux := http.NewServeMux()
	mux.Handle("/bays/", router)
	handle(mux, "/moves/{id}", moving(bays))
	log.Fatal(http.ListenAndServe(":8080", counted(mux)))
}
