module example.com/dockslots

go 1.22
