"""Nothing is pickled, evaluated, given to a shell, or run from a model folder (safety.md, Security)."""

import ast

import pytest

PICKLERS = frozenset({"pickle", "_pickle", "cPickle", "dill", "cloudpickle", "joblib", "shelve", "marshal"})
TORCH_FILES = frozenset({"torch.load", "torch.save", "numpy.load", "np.load", "yaml.load", "yaml.unsafe_load"})
RUNS_TEXT = frozenset({"eval", "exec", "os.system", "os.popen", "subprocess.getoutput"})
PICKLED_MESSAGES = frozenset({"send", "recv"})
"""Methods of multiprocessing's Connection that pickle; send_bytes and recv_bytes do not."""
MUST_NOT_BE_TRUE = frozenset({"shell", "trust_remote_code", "allow_pickle"})


def dangers(path: str, tree: ast.AST) -> list[str]:
    """Every place that could run foreign code."""
    uses_connections = "multiprocessing" in ast.dump(tree)
    return [
        f"{path}:{getattr(node, 'lineno', 0)} {what}"
        for node in ast.walk(tree)
        if (what := danger(node, uses_connections))
    ]


def danger(node: ast.AST, uses_connections: bool) -> str:
    """What is wrong with one node of a module; empty where nothing is."""
    names: list[str] = []
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        names = [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    if found := [name for name in names if name.partition(".")[0] in PICKLERS or name in TORCH_FILES]:
        return f"imports {found[0]}"
    if not isinstance(node, ast.Call):
        return ""
    function = ast.unparse(node.func)
    if function in TORCH_FILES | RUNS_TEXT:
        return f"calls {function}"
    if uses_connections and isinstance(node.func, ast.Attribute) and pickles_a_message(node.func):
        return f"calls {function}, which pickles"
    for keyword in node.keywords:
        is_false = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
        if keyword.arg in MUST_NOT_BE_TRUE and not is_false:
            return f"passes {keyword.arg}={ast.unparse(keyword.value)}"
    return ""


def pickles_a_message(function: ast.Attribute) -> bool:
    return function.attr in PICKLED_MESSAGES and "connection" in ast.unparse(function.value)


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from pickle import loads",
        "import joblib.externals",
        "import torch\ntorch.save(state, path)",
        "from torch import load",
        "np.load(path)",
        "eval(text)",
        "os.system('ls')",
        "subprocess.run('ls', shell=True)",
        "AutoModel.from_pretrained(folder, trust_remote_code=True)",
        "AutoModel.from_pretrained(folder, trust_remote_code=chosen)",
        "from multiprocessing.connection import Connection\nself._connection.send(message)",
        "from multiprocessing.connection import Client\nx = connection.recv()",
    ],
)
def test_a_dangerous_call_is_found(source: str) -> None:
    assert dangers("x.py", ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "AutoModel.from_pretrained(folder, trust_remote_code=False)",
        "subprocess.run(['ls'], shell=False)",
        "from multiprocessing.connection import Connection\nself._connection.send_bytes(message)",
        "channel.send(message)",
        "model.eval()",
    ],
)
def test_a_harmless_call_passes(source: str) -> None:
    assert dangers("x.py", ast.parse(source)) == []


def test_the_product_runs_no_foreign_code(product: dict[str, ast.Module]) -> None:
    assert [finding for path, tree in product.items() for finding in dangers(path, tree)] == []
