module example.com/mill/grain

go 1.22
