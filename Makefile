# One word each; every target first sets up what it needs in .venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
DEMO := demo-collection
# DRCD dev and CMRC 2018 dev in SQuAD layout, and news articles: not part of the project.
SETS ?= sets/drcd-dev.json sets/cmrc2018-dev.json
NEWS ?= sets/news-24k.jsonl.gz
RUN ?= .cache/evidence
HOURS ?= 6
TRAIN ?=
EXPORT ?=

WRITTEN = $(BIN)/python -m qa.evidence.written data/questions/otherwise.jsonl --news $(NEWS) \
	--sets $(SETS) --out $(RUN)/sets

.PHONY: demo test check gate results format clean train-questions train-evidence

demo: $(READY)
	$(BIN)/wenju add data/sample/articles.jsonl data/sample/page.txt --collection $(DEMO)
	@$(BIN)/wenju examples --collection $(DEMO) \
	    "光谷的产业引导基金有多大？" "惠企八条有多少家银行参与？" "小米哪一年决定在武汉设立总部？" > /dev/null
	@for question in \
	    "光谷的产业引导基金有多大？" \
	    "漢正街有多少商戶拿到執照？" \
	    "Which district of Wuhan is responsible for upgrading the infrastructure of Hanzheng Street?"; do \
	    printf '\n\n$$ wenju ask "%s"\n\n' "$$question"; \
	    $(BIN)/wenju ask "$$question" --k 3 --collection $(DEMO) || exit 1; \
	done
	@printf '\n网页 · the web page:  $(BIN)/wenju serve --collection $(DEMO)\n'

test: $(READY)
	$(BIN)/pytest -n 2 --dist loadfile

check: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Worse than the baseline by more than the margin, and not by chance? After a change that is meant
# to move it: make gate; cp .cache/gate/measures.json bench/baseline-sample.json
# The margins leave room for the 16-bit and 8-bit forms that processors run.
gate: $(READY)
	rm -rf .cache/gate
	$(BIN)/wenju eval run data/sample --out .cache/gate
	$(BIN)/wenju eval gate bench/baseline-sample.json .cache/gate --measure nDCG@10 --margin 0.02
	$(BIN)/wenju eval gate bench/baseline-sample.json .cache/gate --measure AnswerQuoted --margin 0.03

results: $(READY)
	$(BIN)/python bench/results.py

# How questions are embedded; see docs/retrieval.md. What reads is to be fitted anew after it.
train-questions: $(READY)
	$(WRITTEN)
	$(BIN)/python -m qa.evidence.questions $(SETS) $(RUN)/sets/*.json --keep $(RUN)/mined \
	    --out index/embedders/questions.safetensors $(TRAIN)

# Goes on where an earlier run was stopped; see docs/evidence.md.
train-evidence: $(READY)
	$(WRITTEN)
	$(BIN)/python -m qa.evidence.mine $(SETS) $(RUN)/sets/*.json --keep $(RUN)/mined
	$(BIN)/python -m qa.evidence.train $(SETS) --otherwise $(RUN)/sets/*.json \
	    --mined $(RUN)/mined --run $(RUN) --hours $(HOURS) $(TRAIN)
	$(BIN)/python -m qa.evidence.export --run $(RUN) --out data/evidence $(EXPORT)
	$(BIN)/python -m qa.evidence.fit $(SETS) $(RUN)/sets/written-news.json --keep $(RUN)/mined \
	    --out data/evidence --docs docs/evidence.md

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf .venv $(DEMO)

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable . --group dev
	touch $@
