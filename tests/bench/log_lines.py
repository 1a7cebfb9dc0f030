# SPDX-License-Identifier: GPL-3.0-or-later
"""Log lines to store: JSON of five fields, and now and then one that is none.

usage: log_lines.py FILE LINES        every 1000th line is broken off in the middle
"""

import sys

BAD_EVERY = 1000
LEVELS = ("debug", "info", "info", "info", "notice", "warning", "error", "info")


def line(number):
    text = (f'{{"id":{number},"time":"2026-11-28T{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}.000Z",'
            f'"level":"{LEVELS[number % 8]}","message":"GET /item/{number:07} HTTP/1.1","ms":{number % 10000 / 16}}}\n')
    return text[:40] + "\n" if number % BAD_EVERY == 0 else text


def write(path, lines):
    with open(path, "w", encoding="ascii", buffering=1 << 20) as output:
        output.writelines(line(number) for number in range(1, lines + 1))


def count_good(lines):
    return lines - lines // BAD_EVERY


def sum_good(lines):
    """Of the ids of the good lines."""
    bad = lines // BAD_EVERY
    return lines * (lines + 1) // 2 - BAD_EVERY * bad * (bad + 1) // 2


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
