"""Find the ``Dataset`` that ``--dataset`` names: a module of this package, or a Python file."""

import importlib
import importlib.util
import pkgutil
import re
import sys
import traceback
from functools import lru_cache
from pathlib import Path
from types import ModuleType

import schemas
from schemas.dataset import Dataset, columns_of
from schemas.errors import SchemaError, UsageError
from schemas.trust import is_path, schema_trust


def load_dataset(name: str) -> type[Dataset]:
    """Return the dataset that a name or a path stands for.

    Args:
        name: ``customers`` for ``schemas/customers.py``, or the path of a ``.py`` file.

    Raises:
        UsageError: there is no such dataset or file.
        SchemaError: the file may not run, cannot be imported, or does not declare exactly one dataset.
    """
    module = _import_file(Path(name)) if is_path(name) else _import_named(name)
    dataset = _only_dataset(module, name)
    try:
        columns_of(dataset)
    except Exception as error:  # pandera has many ways to say that a declaration makes no sense
        text = str(error) if isinstance(error, SchemaError) else _one_line(error)
        raise SchemaError(f"{name}: {text}; correct the schema file") from error
    return dataset


def dataset_name(given: str) -> str:
    """Return the name of a dataset, which may be given as the path of its Python file."""
    return Path(given).name.removesuffix(".py")


def known_datasets() -> list[str]:
    """Return the names of the datasets declared in this package, sorted."""
    return sorted(module.name for module in pkgutil.iter_modules(schemas.__path__) if _named(module.name))


def _import_named(name: str) -> ModuleType:
    module = _named(name) if re.fullmatch(r"[A-Za-z_]\w*", name) else None
    if module is None:
        known = ", ".join(known_datasets())
        raise UsageError(f"--dataset {name}: no such dataset (known: {known}); give a name or the path of a .py file")
    return module


def _named(name: str) -> ModuleType | None:
    """Return the module of this package that has the name and declares a dataset."""
    if importlib.util.find_spec(f"schemas.{name}") is None:
        return None
    module = importlib.import_module(f"schemas.{name}")
    return module if _datasets_in(module) else None


def _import_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"--dataset {path}: no such file; give the path of a Python file that declares a Dataset")
    if fault := schema_trust(path):
        raise SchemaError(f"--dataset {path} runs as Python, and {fault}")
    try:
        content = path.read_bytes()
    except OSError as error:
        raise SchemaError(
            f"{path} cannot be read ({error.strerror}); give this account the right to read it"
        ) from error
    module = _executed(path, content)
    sys.modules[module.__name__] = module  # another file of the same name may have been executed since
    return module


@lru_cache(maxsize=16)
def _executed(path: Path, content: bytes) -> ModuleType:
    """Return the module that a file declares; every step of a run asks for it, and it is executed once."""
    module_name = f"segments_dataset_{path.stem}"
    spec = importlib.util.spec_from_file_location(module_name, path)
    if spec is None or spec.loader is None:
        raise SchemaError(f"{path} is not a Python file; a schema is a .py file that declares a Dataset")
    module = importlib.util.module_from_spec(spec)
    # Registered while it runs, as pandera resolves annotations through sys.modules.
    sys.modules[module_name] = module
    try:
        # What was checked is run, not what lies compiled beside it.
        exec(compile(content, str(path), "exec"), module.__dict__)  # noqa: S102
    except (Exception, SystemExit) as error:
        raise SchemaError(
            f"{path} line {_line_in(path, error)}: {_one_line(error)}; correct the schema file"
        ) from error
    return module


def _line_in(path: Path, error: BaseException) -> int:
    """Return the last line of the file that the failure went through."""
    if isinstance(error, SyntaxError) and error.lineno is not None:
        return error.lineno
    frames = traceback.extract_tb(error.__traceback__)
    lines = [frame.lineno for frame in frames if frame.filename == str(path) and frame.lineno is not None]
    return lines[-1] if lines else 1


def _one_line(error: BaseException) -> str:
    text = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {' '.join(text.split())}"


def _datasets_in(module: ModuleType) -> list[type[Dataset]]:
    return [
        value
        for value in vars(module).values()
        if isinstance(value, type)
        and issubclass(value, Dataset)
        and value.__module__ == module.__name__
        and value is not Dataset
    ]


def _only_dataset(module: ModuleType, name: str) -> type[Dataset]:
    found = _datasets_in(module)
    if len(found) != 1:
        names = ", ".join(dataset.__name__ for dataset in found) or "none"
        raise SchemaError(f"{name} declares {len(found)} datasets ({names}); expected exactly one class of Dataset")
    return found[0]
