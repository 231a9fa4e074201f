package main

import (
	"encoding/json"
	"log"
	"net/http"
	"strconv"

	"github.com/aws/aws-sdk-go/aws/session"

	"example.com/feed/internal/feed"
)

type server struct {
	feed *feed.Feed
}

func (s *server) publish(w http.ResponseWriter, r *http.Request) {
	var drafts []*feed.Post
	if err := json.NewDecoder(r.Body).Decode(&drafts); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if err := s.feed.Append(r.Context(), drafts); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (s *server) rewind(w http.ResponseWriter, r *http.Request) {
	to, err := strconv.ParseInt(r.URL.Query().Get("to"), 10, 64)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	run := s.feed.Rewind
	if r.URL.Query().Has("safe") {
		run = s.feed.RewindFrom
	}
	if err := run(r.Context(), to); err != nil {
		http.Error(w, err.Error(), http.StatusConflict)
	}
}

func main() {
	s := &server{feed: feed.New("posts", session.Must(session.NewSession()))}
	http.HandleFunc("/publish", s.publish)
	http.HandleFunc("/rewind", s.rewind)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
