"""Devices are told in words that owners of cards use."""

import pytest

from backend.runtime.report import Device, device_words


@pytest.mark.parametrize(
    ("device", "words"),
    [
        (Device(kind="cuda", name="NVIDIA GeForce RTX 4090", memory=24 << 30), "NVIDIA GeForce RTX 4090 [CUDA, 24 GB]"),
        (Device(kind="rocm", name="AMD Radeon", memory=16 << 30), "AMD Radeon [ROCm, 16 GB]"),
        (Device(kind="mps", name="Apple M4"), "Apple M4 [Metal]"),
        (Device(kind="cpu", name="x86_64"), "the CPU (x86_64)"),
        (
            Device(kind="cuda", name="Old card", trouble="no kernel image"),
            "Old card [CUDA] (cannot be used: no kernel image)",
        ),
    ],
)
def test_a_device_in_words(device: Device, words: str) -> None:
    assert device_words(device) == words
