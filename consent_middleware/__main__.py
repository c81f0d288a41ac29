"""``python -m consent_middleware`` is the command ``consent-middleware``."""

import sys

from .cli import main

sys.exit(main())
