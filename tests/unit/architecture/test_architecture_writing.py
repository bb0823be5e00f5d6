"""Only backend/files.py opens a final path for writing; every other writer is named here with its reason."""

import ast

import pytest

DURABLE_LAYER = "backend/files.py"
IN_STAGING = "fills a staging folder, which files.staged makes durable and names"
ALLOWED = {
    ("backend/engine/models/gguf_file.py", "plain.save_pretrained"): IN_STAGING,
    ("backend/engine/models/gguf_file.py", "tokenizer.save_pretrained"): IN_STAGING,
    ("backend/engine/tokens/write.py", "place.open"): IN_STAGING,
    ("backend/locks.py", "os.open"): "a lock file holds nothing",
    ("gui/streams.py", "os.open"): "the null device keeps nothing",
}
"""Writers outside the durable layer, by module and call. A new line here needs a reason that survives a power cut."""

LIBRARY_WRITERS = frozenset({"save_file", "save_model", "save_pretrained", "tofile", "dump"})
PATH_WRITERS = frozenset({"write_text", "write_bytes", "touch", "rename", "symlink_to", "hardlink_to"})
OPENERS = frozenset({"Path", "io", "gzip", "bz2", "lzma", "codecs", "tarfile"})
"""Whose `open` takes the path first and the mode second."""
MODULE_WRITERS = {
    "np": frozenset({"save", "savez", "savetxt"}),
    "numpy": frozenset({"save", "savez", "savetxt"}),
    "torch": frozenset({"save"}),
    "os": frozenset({"replace", "rename", "renames", "truncate", "link", "symlink", "mkfifo"}),
    "shutil": frozenset({"copy", "copy2", "copyfile", "copytree", "move", "make_archive", "unpack_archive"}),
    "tempfile": frozenset({"NamedTemporaryFile", "TemporaryFile", "mkstemp"}),
}


def writers(path: str, tree: ast.AST) -> set[tuple[str, str]]:
    """Module and name of every call that can change a file's content or name."""
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {(path, ast.unparse(call.func).split("(")[0]) for call in calls if writes(call)}


def writes(call: ast.Call) -> bool:
    function = call.func
    if isinstance(function, ast.Name):
        return (function.id == "open" and opens_for_writing(call, mode_at=1)) or function.id in LIBRARY_WRITERS
    if not isinstance(function, ast.Attribute):
        return False
    module = function.value.id if isinstance(function.value, ast.Name) else ""
    if function.attr == "memmap":
        return not maps_for_reading(call)
    if module in MODULE_WRITERS:
        return function.attr in MODULE_WRITERS[module] or (function.attr == "open" and opens_descriptor_to_write(call))
    if function.attr == "open":
        return opens_for_writing(call, mode_at=1 if module in OPENERS else 0) and not is_factory(module)
    if function.attr == "replace":  # Path.replace takes one argument, str.replace two, struct and date replace keywords
        return len(call.args) == 1 and not call.keywords
    return function.attr in PATH_WRITERS | LIBRARY_WRITERS


def is_factory(name: str) -> bool:
    """Whether `name` is a class of the project, whose `open` makes an instance: Store.open(path)."""
    return name[:1].isupper() and name not in OPENERS


def opens_for_writing(call: ast.Call, mode_at: int) -> bool:
    named = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    mode = named[0] if named else call.args[mode_at] if len(call.args) > mode_at else ast.Constant("r")
    if isinstance(mode, ast.Constant) and isinstance(mode.value, str):
        return bool(set(mode.value) & set("wax+"))
    return True  # a mode that only shows at run time


def maps_for_reading(call: ast.Call) -> bool:
    return any(word.arg == "mode" and ast.unparse(word.value) in ("'r'", "'c'") for word in call.keywords)


def opens_descriptor_to_write(call: ast.Call) -> bool:
    return any(flag in ast.unparse(call) for flag in ("O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND"))


@pytest.mark.parametrize(
    "source",
    [
        "open(path, 'w')",
        "open(path, mode='ab')",
        "open(path, chosen)",
        "path.open('xb')",
        "path.open(mode='r+')",
        "path.open(chosen)",
        "Path.open(path, 'w')",
        "gzip.open(path, 'wb')",
        "numpy.save(path, array)",
        "path.write_text('x')",
        "path.write_bytes(b'x')",
        "temporary.replace(path)",
        "staging.rename(path)",
        "os.replace(a, b)",
        "os.open(path, os.O_RDWR | os.O_CREAT)",
        "shutil.copy2(a, b)",
        "shutil.move(a, b)",
        "save_file(tensors, path)",
        "safetensors.torch.save_file(tensors, path)",
        "model.save_pretrained(folder)",
        "numpy.memmap(path, mode='w+')",
        "numpy.memmap(path)",
        "path.symlink_to(other)",
        "Path(name).with_suffix('.x').write_text('x')",
    ],
)
def test_a_writer_is_found(source: str) -> None:
    assert writers("gui/x.py", ast.parse(source))


@pytest.mark.parametrize(
    "source",
    [
        "open(path)",
        "open(path, 'rb')",
        "path.open()",
        "path.open('rb')",
        "text.replace('a', 'b')",
        "msgspec.structs.replace(job, state=state)",
        "moment.replace(microsecond=0)",
        "os.open(folder, os.O_RDONLY)",
        "shutil.disk_usage(folder)",
        "files.write(path, content)",
        "Store.open(path)",
        "numpy.memmap(path, dtype='<i4', mode='r')",
        "gzip.open(path, 'rb')",
        "self.saving.save(state)",
        "stream.write(piece)",
    ],
)
def test_a_reader_passes(source: str) -> None:
    assert writers("gui/x.py", ast.parse(source)) == set()


def test_only_the_durable_layer_writes_final_files(product: dict[str, ast.Module]) -> None:
    found = {writer for path, tree in product.items() if path != DURABLE_LAYER for writer in writers(path, tree)}
    assert found - set(ALLOWED) == set()


def test_every_permission_to_write_is_used(product: dict[str, ast.Module]) -> None:
    found = {writer for path, tree in product.items() for writer in writers(path, tree)}
    assert set(ALLOWED) - found == set()
