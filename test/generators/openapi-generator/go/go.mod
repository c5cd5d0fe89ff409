module orrery.dev/generators

go 1.23

require github.com/GIT_USER_ID/GIT_REPO_ID v0.0.0

require gopkg.in/validator.v2 v2.0.1 // indirect

// What is generated has this name unless another one is asked for.
replace github.com/GIT_USER_ID/GIT_REPO_ID => ../../out/openapi-generator-go
