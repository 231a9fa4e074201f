package main

import (
	"log"
	"net/http"
	"os"

	"example.com/platform/container"

	"example.com/rooms/internal/services"
)

// Services has what the handlers work with.
var Services *services.Locator

func main() {
	Services = services.New(container.New(), os.Getenv("ROOM_TABLE"))
	http.HandleFunc("DELETE /rooms/{id}", remove)
	http.HandleFunc("DELETE /rooms/{id}/free", removeFree)
	http.HandleFunc("POST /rooms/{id}/occupy", occupy)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
