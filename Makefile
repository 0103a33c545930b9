# Long jobs by name. Everything else is in scripts/ (CONTRIBUTING.md).
PYTHON ?= .venv/bin/python

.PHONY: pictures reference-rows reference-stages findings-tables transfer-anatomy deletion-gains projection-report projection-realigned projection-weights block-lengths coverage leaks

pictures:               ## draw the README's charts anew from the board: docs/img; needs the extra `site`
	$(PYTHON) -m boundarybench site --pictures docs/img

reference-rows:         ## run every reference system on the real sets: submissions/{scratch,trivial,capitals}-*; 20 minutes
	$(PYTHON) -m experiments.reference_rows

reference-stages:       ## substitute the stages of the reference rows one at a time: docs/reference-stages.md
	$(PYTHON) -m experiments.stage_losses

findings-tables:        ## compare rows and published figures: docs/findings-tables.md
	$(PYTHON) -m experiments.findings_tables

block-lengths:          ## print how much neighbours share, and the block length of each suite: docs/uncertainty.md; two minutes
	$(PYTHON) -m experiments.block_lengths

coverage:               ## print how often intervals hold the truth on the blocks of real test sets: docs/uncertainty.md; a quarter of an hour
	$(PYTHON) -m experiments.coverage

transfer-anatomy:       ## classify the boundary errors of 54 real XLM-R outputs: docs/transfer-anatomy.md
	$(PYTHON) -m experiments.transfer_anatomy

deletion-gains:         ## rob every row of spans and see which figures gain: docs/deletion-gains.md
	$(PYTHON) -m experiments.deletion_gains

projection-report:      ## project all real sets from the stored links: docs/projection-tables.md
	$(PYTHON) -m experiments.projection_report

projection-realigned:   ## align MasakhaNER 2.0 five times anew (an hour): docs/projection-realigned.md; needs eflomal
	$(PYTHON) -m experiments.projection_report --realign 5

projection-weights:     ## learn the recommended weights on dev sentences, and print them
	$(PYTHON) -m experiments.projection_report --fit

leaks:                  ## what of every resource is like dev and test sentences: docs/leaks.md; 10 minutes
	$(PYTHON) -m experiments.leaks
