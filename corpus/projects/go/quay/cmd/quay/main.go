package main

import (
	"os"

	"github.com/aws/aws-sdk-go/aws/session"
	"github.com/guregu/dynamo"
	"github.com/spf13/cobra"
)

type berth struct {
	ID      string `dynamo:"id,hash"`
	Mends   int    `dynamo:"mends"`
	Surveys int    `dynamo:"surveys"`
}

var root = &cobra.Command{Use: "quay"}

var mend = &cobra.Command{
	Use: "mend ID",
	RunE: func(_ *cobra.Command, args []string) error {
		return mendBerth(args[0])
	},
}

func open() dynamo.Table {
	return dynamo.New(session.Must(session.NewSession())).Table(os.Getenv("BERTHS"))
}

func mendBerth(id string) error {
	table := open()
	var b berth
	if err := table.Get("id", id).One(&b); err != nil {
		return err
	}
	return table.Update("id", id).Set("mends", b.Mends+1).Run() // expect: lost-update // reached: command mend
}

func survey(_ *cobra.Command, args []string) error {
	table := open()
	var b berth
	if err := table.Get("id", args[0]).One(&b); err != nil {
		return err
	}
	return table.Update("id", b.ID).Set("surveys", b.Surveys+1).Run() // expect: lost-update // reached: command survey
}

func main() {
	root.AddCommand(mend, &cobra.Command{Use: "survey", RunE: survey})
	if err := root.Execute(); err != nil {
		os.Exit(1)
	}
}
