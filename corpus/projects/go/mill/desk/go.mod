module example.com/mill/desk

go 1.22
