# Every target is one line; the work is in scripts/.
.DEFAULT_GOAL := help
.PHONY: run test check bench demo openapi client fmt help

run: ## build and serve on 127.0.0.1:8080, with everything embedded and a demo company
	@scripts/run.sh

test: ## everything that must pass, on the embedded profile and on PostgreSQL + Redis
	@scripts/test.sh

check: ## the quick part of test: format, clippy, docs, licences
	@scripts/check.sh

bench: ## what it costs: Criterion benches and the load scenarios
	@scripts/bench.sh

demo: ## load the demo company into ./data by hand
	@scripts/demo.sh

openapi: ## write api-spec/openapi.json from the code
	@scripts/openapi.sh

client: ## the client's builds and proofs alone
	@scripts/test-client.sh

fmt: ## format the Rust code
	@scripts/fmt.sh

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
