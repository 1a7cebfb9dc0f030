#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person starts a scenario and reads what holds it back, why, and what another turn of a knob makes of it."""

import os
import sys
import tempfile

from program import Atspi, Program, run_tests, wait_for, walk

SLOTS = r"The limit is fetch’s slots: [\d.]+ of 2 held over [\d.]+ s, .* waiting for one\."
CONSUMERS = r"The limit is fetch’s consumers: [\d.]+ of 4 at work over [\d.]+ s, .* items waiting for one\."

# The scenario “Mixed pipeline”, with enough to do however slow the machine.
JOB = """
[Job]
name=Long mixed pipeline

[Demo]
latency-ms=20

[Source]
type=urls
kind=async
template={demo}/item/{n}
count=1000000

[Stage fetch]
kind=async
step=fetch
maxsize=200
consumers=4
slots=2

[Stage save]
kind=threads
step=save
maxsize=100
consumers=4
folder={temp}

[Sink]
type=count
"""


def program_says(program, stage):
    """What is said of a stage's card, beside its name."""
    for node in walk(program.main):
        # A group, whose role the newer GTK tells otherwise.
        if node.name == stage and node.get_role() in (Atspi.Role.PANEL, Atspi.Role.GROUPING):
            return node.get_description()
    return None


def name_the_limit(command):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "long.millrace")
        with open(path, "w", encoding="utf-8") as file:
            file.write(JOB)
        read_and_turn(command, path)


def read_and_turn(command, path):
    with Program(command, path) as program:
        program.wait_text("Press Start: here you will read what holds the run back\\.")
        program.press("Start")
        sentence = program.wait_text(SLOTS).group()
        program.wait_text(r".*Backpressure: .* More consumers will not help\. Slots at \d+ would give .*L = λW .*")

        # The line is read aloud as it changes, and the card that it names says so too.
        line = wait_for("a status of the same words", lambda: find_line(program))
        # From GTK 4.14 on a status has no name of its own, but what is in it is read.
        start = "The limit is fetch’s slots: "
        wait_for("the line's words", lambda: any(node.name.startswith(start) for node in walk(line)))
        assert sentence.startswith("The limit is")
        wait_for("the card to be the limit's", lambda: program_says(program, "fetch") == "the limit of the run")
        assert program_says(program, "save") == ""

        # The evidence: four workers, half of whose time goes by with waiting.
        program.press("Why?")
        waiting = wait_for("fetch's time", lambda: find_cell(program, "fetch, waiting for a slot: "))
        assert 250 < int(waiting) < 750, f"{waiting} ms of each second"

        # More slots than consumers: now these bind.
        program.set_value("Slots", 8)
        program.wait_text(CONSUMERS)
        program.press("Stop")
        program.wait("Run Again", "action")
        wait_for("the line to go", lambda: find_line(program) is None)


def find_line(program):
    return next((node for node in walk(program.main) if node.get_role() == Atspi.Role.STATUS_BAR), None)


def find_cell(program, start):
    """The number of milliseconds in the table, or None."""
    for node in walk(program.main):
        if node.name.startswith(start):
            return node.name.removeprefix(start).removesuffix(" ms")
    return None


if __name__ == "__main__":
    sys.exit(run_tests([name_the_limit]))
