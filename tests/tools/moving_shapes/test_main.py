from pathlib import Path

import pytest
from PIL import Image

from tools.moving_shapes import __main__ as command
from tools.moving_shapes import evaluate
from tools.moving_shapes.train import Plan


def test_a_model_that_does_what_its_card_says_passes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "README.md").write_text("# Card\n\n| a | 99.0% |\n")
    monkeypatch.setattr(command, "CARD", tmp_path / "README.md")
    monkeypatch.setattr(command, "tables", lambda: ("| a | 99.0% |", "# Card"))

    assert command.main(["evaluate"]) == 0
    assert "| a | 99.0% |" in capsys.readouterr().out


def test_a_model_that_does_not_is_told_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Card\n\n| a | 99.0% |\n")
    monkeypatch.setattr(command, "CARD", tmp_path / "README.md")
    monkeypatch.setattr(command, "tables", lambda: ("# Card", "| a | 98.5% |"))

    assert command.main(["evaluate"]) == 1


def test_the_training_is_the_plan_s_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    trained: list[tuple[Path, Plan]] = []
    monkeypatch.setattr(command, "train", lambda *arguments: trained.append(arguments))

    command.main(["train", str(tmp_path)])
    command.main(["train", str(tmp_path), "--transformer-steps", "5", "--seed", "3"])

    assert trained == [(tmp_path, Plan()), (tmp_path, Plan(transformer_steps=5, seed=3))]


def test_the_sheet_is_drawn_by_the_committed_model(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(evaluate, "_STEPS", 2)

    assert command.main(["sheet", str(tmp_path / "sheet.png")]) == 0
    with Image.open(tmp_path / "sheet.png") as sheet:
        assert len(sheet.convert("RGB").getcolors(maxcolors=1 << 24) or []) > 10


def test_a_command_nobody_knows_is_refused_with_the_known_ones_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["measure"])
    assert "'evaluate'" in capsys.readouterr().err
