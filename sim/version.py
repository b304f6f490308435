"""The version of the package, as manifests and stored results name it: of the git tag it was installed
from, or of the commits since.
"""

from importlib.metadata import version

__version__ = version("toolate")
