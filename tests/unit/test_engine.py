import subprocess
import sys

import numpy as np

from tasks.clustering.engine import fit

#: What scikit-learn-intelex looks like from here: scikit-learn's interface under another name.
EXTENSION = """
from sklearn.cluster import KMeans as Own

class KMeans(Own):
    def fit(self, X, y=None, sample_weight=None):
        print("weighted" if sample_weight is not None else "plain")
        return super().fit(X, sample_weight=sample_weight)
"""

PROGRAM = """
import numpy as np
from tasks.clustering.engine import ENGINE, fit
rows = np.arange(6, dtype=np.float32)[:, None]
print(ENGINE)
fit(rows, np.ones(6), 2, random_state=0)
fit(rows, np.arange(6.0) + 1, 2, random_state=0)
"""


def test_extension_computes_where_it_is_installed_and_is_not_asked_for_weights_that_say_nothing(tmp_path):
    (tmp_path / "sklearnex").mkdir()
    (tmp_path / "sklearnex" / "__init__.py").write_text("")
    (tmp_path / "sklearnex" / "cluster.py").write_text(EXTENSION)
    program = f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n{PROGRAM}"
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed.split() == ["scikit-learn-intelex", "plain", "weighted"]


def test_rows_count_as_often_as_their_customers():
    rows = np.array([[0.0], [1.0], [10.0]], dtype=np.float32)
    fitted = fit(rows, np.array([3.0, 1.0, 1.0]), 2, random_state=0)
    assert sorted(fitted.cluster_centers_.ravel()) == [0.25, 10]
