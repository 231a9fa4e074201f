module example.com/desks

go 1.22
