"""Print BibTeX of this benchmark and of the data and published results that it stands on."""

import argparse

from .. import __version__

EPILOG = """example:
  boundarybench cite >> references.bib"""

BIBTEX = f"""@software{{boundarybench,
  title   = {{boundarybench: entity boundaries in cross-lingual named entity recognition}},
  author  = {{{{The boundarybench developers}}}},
  year    = {{2026}},
  version = {{{__version__}}},
  note    = {{boundary-precision protocol, version 1}}
}}

@inproceedings{{adelani-etal-2022-masakhaner,
  title     = {{{{MasakhaNER}} 2.0: {{Africa}}-centric Transfer Learning for Named Entity Recognition}},
  author    = {{Adelani, David Ifeoluwa and others}},
  booktitle = {{Proceedings of the 2022 Conference on Empirical Methods in Natural Language Processing}},
  year      = {{2022}}
}}

@article{{adelani-etal-2021-masakhaner,
  title   = {{{{MasakhaNER}}: Named Entity Recognition for {{African}} Languages}},
  author  = {{Adelani, David Ifeoluwa and others}},
  journal = {{Transactions of the Association for Computational Linguistics}},
  volume  = {{9}},
  year    = {{2021}}
}}

@inproceedings{{mayhew-etal-2024-universal,
  title     = {{Universal {{NER}}: A Gold-Standard Multilingual Named Entity Recognition Benchmark}},
  author    = {{Mayhew, Stephen and others}},
  booktitle = {{Proceedings of NAACL 2024}},
  year      = {{2024}}
}}

@inproceedings{{agerri-etal-2018-building,
  title     = {{Building Named Entity Recognition Taggers via Parallel Corpora}},
  author    = {{Agerri, Rodrigo and others}},
  booktitle = {{Proceedings of LREC 2018}},
  year      = {{2018}}
}}

@inproceedings{{magnini-etal-2020-e3c,
  title     = {{The {{E3C}} Project: Collection and Annotation of a Multilingual Corpus of Clinical Cases}},
  author    = {{Magnini, Bernardo and others}},
  booktitle = {{Proceedings of CLiC-it 2020}},
  year      = {{2020}}
}}

@inproceedings{{pan-etal-2017-cross,
  title     = {{Cross-lingual Name Tagging and Linking for 282 Languages}},
  author    = {{Pan, Xiaoman and Zhang, Boliang and May, Jonathan and Nothman, Joel and Knight, Kevin and Ji, Heng}},
  booktitle = {{Proceedings of the 55th Annual Meeting of the Association for Computational Linguistics}},
  year      = {{2017}}
}}

@inproceedings{{hu-etal-2020-xtreme,
  title     = {{{{XTREME}}: A Massively Multilingual Multi-task Benchmark for Evaluating Cross-lingual Generalisation}},
  author    = {{Hu, Junjie and Ruder, Sebastian and Siddhant, Aditya and Neubig, Graham and Firat, Orhan and Johnson, Melvin}},
  booktitle = {{Proceedings of the 37th International Conference on Machine Learning}},
  year      = {{2020}}
}}

@inproceedings{{politov-etal-2025-revisiting,
  title     = {{Revisiting Projection-based Data Transfer for Cross-Lingual Named Entity Recognition in Low-Resource Languages}},
  author    = {{Politov, Andrei and Shkalikov, Oleh and J{{\\"a}}kel, Ren{{\\'e}} and F{{\\"a}}rber, Michael}},
  booktitle = {{Proceedings of NoDaLiDa/Baltic-HLT 2025}},
  year      = {{2025}},
  note      = {{arXiv:2501.18750}}
}}"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    del parser  # the verb takes none


def run(args: argparse.Namespace) -> int:
    del args
    print(BIBTEX)
    return 0
