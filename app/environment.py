"""One setting of the environment: a NAME, or the content of the file in NAME_FILE."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path


class SettingsError(Exception):
    """The environment does not make a system that may start; one line, Chinese and English."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese} / {english}")


def value(env: Mapping[str, str], name: str) -> str | None:
    """The value of NAME, or the content of the file in NAME_FILE; empty counts as not set."""
    given, file = env.get(name), env.get(f"{name}_FILE")
    if given and file:
        raise wrong(name, f"与 {name}_FILE 只能设置一个", f"set it or {name}_FILE, not both")
    if file:
        try:
            given = Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise wrong(f"{name}_FILE", "文件无法读取", "the file cannot be read") from error
    return given or None


def number(env: Mapping[str, str], name: str, default: int) -> int:
    """A whole number, or the default where nothing is set."""
    given = value(env, name)
    if given is None:
        return default
    if not re.fullmatch(r"[0-9]+", given):
        raise wrong(name, "须为数字", "a whole number")
    return int(given)


def one_of(env: Mapping[str, str], name: str, words: Sequence[str], usual: int = 0) -> str:
    """One of the words; where nothing is set the `usual` one."""
    given = value(env, name) or words[usual]
    if given not in words:
        raise wrong(name, f"只能是 {'、'.join(words)}", f"one of {', '.join(words)}")
    return given


def missing(name: str) -> SettingsError:
    """The refusal to start in production without a setting."""
    return SettingsError(f"生产环境须设置 {name}", f"{name} must be set in production")


def wrong(name: str, chinese: str, english: str) -> SettingsError:
    """The refusal to start with a setting of another shape."""
    return SettingsError(f"设置 {name} 有误：{chinese}", f"{name} is wrong: {english}")
