# One line a target: the work is done by the comptoir-tests program, the system packages by .ci/setup.
RUN = cargo run --locked --package comptoir-tests --

.PHONY: demo test simulate demo-data bench bench-console bench-stock ui screenshots bench-ui app app-test app-deb deb
demo: $(if $(CHECK),,ui) ; @.ci/setup demo && $(if $(CHECK),,COMPTOIR_NODE__UI=$(CURDIR)/app/ui/dist) $(RUN) demo $(if $(CHECK),--check)
test: ; @.ci/setup test && $(RUN) test
simulate: ; @.ci/setup demo && $(RUN) simulate
demo-data: ; @.ci/setup demo && $(RUN) demo-data
bench: ; @.ci/setup demo && $(RUN) bench $(if $(N),--n $(N)) $(if $(K),--k $(K)) $(if $(OUT),--out $(OUT))
bench-console: ; @.ci/setup demo && $(RUN) bench-console $(if $(SITES),--sites $(SITES)) $(if $(OUT),--out $(OUT))
bench-stock: ; @.ci/setup demo && cargo run --locked --release --package comptoir-tests -- bench-stock $(if $(MOVES),--moves $(MOVES)) $(if $(ITEMS),--items $(ITEMS)) $(if $(OUT),--out $(OUT))
ui: ; @.ci/setup ui && npm ci --no-audit --no-fund --silent && npm run --silent build
screenshots: ui ; @cargo build --locked --bins --quiet && npm run --silent screenshots
bench-ui: ui ; @cargo build --locked --bins --quiet && npm run --silent bench
app: ui ; @.ci/setup app && cargo run --locked --package comptoir-app -- $(if $(DATA),--data $(DATA))
app-test: ; @.ci/setup app-test && $(RUN) test --only app
app-deb: ui ; @.ci/setup app && npm run --silent app-deb
deb: ui ; @.ci/setup deb && cargo build --locked --release --package comptoir-node --package comptoir-relay && .ci/deb target/release target/debian
