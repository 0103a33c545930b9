"""`python -m boundarybench` is `boundarybench`."""

import sys

from .cli.main import main

sys.exit(main())
