"""What every test shares."""

import os
import sys
from pathlib import Path

# The tools of this environment, Node for the CDK among them, also when it is not activated.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
