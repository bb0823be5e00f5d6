"""From accepted rows to token sequences with masks: render, tokenise, cache, choose held-out rows."""

from backend.engine.tokens.cache import TokenSet
from backend.engine.tokens.heldout import split_heldout
from backend.engine.tokens.prepare import prepare
from backend.engine.tokens.render import Renderer

__all__ = ["Renderer", "TokenSet", "prepare", "split_heldout"]
