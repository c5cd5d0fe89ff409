module orrery.dev/go

go 1.24
