module example.com/tramway

go 1.22
