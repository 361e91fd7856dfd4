"""Passwords: one opens its own hash only, and an unknown account costs as much as a known one."""

import asyncio
import hashlib
import threading
import time

import argon2

from app import tokens


def test_a_password_opens_its_own_hash_only() -> None:
    stored = tokens.hash_password("安澜河畔的长口令")
    assert tokens.verify_password(stored, "安澜河畔的长口令")
    assert not tokens.verify_password(stored, "安澜河畔的长口今")
    assert not tokens.verify_password(stored, "")
    assert stored != tokens.hash_password("安澜河畔的长口令")
    assert argon2.extract_parameters(stored) == argon2.Parameters(
        type=argon2.Type.ID,
        version=19,
        salt_len=16,
        hash_len=32,
        time_cost=2,
        memory_cost=19_456,
        parallelism=1,
    )


def test_what_a_chinese_keyboard_types_in_full_width_is_the_same_password() -> None:
    stored = tokens.hash_password("pass2026")
    assert tokens.verify_password(stored, "ｐａｓｓ２０２６")
    assert not tokens.verify_password(stored, "PASS2026")


def test_odd_text_is_a_password_too() -> None:
    odd = "\ud800 \0 " + "长" * 300
    stored = tokens.hash_password(odd)
    assert tokens.verify_password(stored, odd)
    assert not tokens.verify_password(stored, odd[:-1])


def test_no_password_opens_an_unknown_account_and_refusing_costs_the_same() -> None:
    stored = tokens.hash_password("a known account")

    def cost(hashed: str | None) -> float:
        spent = []
        for _ in range(3):
            begun = time.process_time()
            assert not tokens.verify_password(hashed, "wrong")
            spent.append(time.process_time() - begun)
        return min(spent)

    assert 0.5 < cost(None) / cost(stored) < 2


def test_a_broken_hash_opens_nothing() -> None:
    for broken in ("", "!", hashlib.sha256(b"pw").hexdigest(), "$argon2id$v=19$m=8,t=1,p=1$x$y"):
        assert not tokens.verify_password(broken, "pw")


async def test_a_flood_of_sign_ins_keeps_to_its_threads_and_the_loop_goes_on() -> None:
    stored = await tokens.hash_password_async("right")
    guesses = [tokens.verify_password_async(stored, pw) for pw in ["right", "wrong"] * 8]
    flood = asyncio.gather(*guesses)
    turns = 0
    while not flood.done():
        await asyncio.sleep(0.005)
        turns += 1
    assert await flood == [True, False] * 8
    assert turns > 5
    workers = [thread for thread in threading.enumerate() if thread.name.startswith("argon2")]
    assert 1 < len(workers) <= tokens.PARALLEL
