#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person opens a scenario, starts it, turns knobs while it runs, drains or stops it, and reads how it ended."""

import contextlib
import glob
import os
import re
import sqlite3
import subprocess
import sys
import tempfile

from keyboard import Keyboard
from program import Program, find, number, run_tests

DEPTH = "work queue depth"
MARK = "work queue depth: max size"
SUM = r"([\d,]+) produced = ([\d,]+) done \+ ([\d,]+) dead \+ ([\d,]+) returned \+ ([\d,]+) dropped"

BAD_JOB = """
[Job]
name=Bad

[Source]
type=count

[Stage work]
kind=threads
step=simulate
maxsize=many

[Sink]
type=count
"""

BAD_FOLDER = """
[Job]
name=Bad folder

[Source]
type=count

[Stage save]
kind=threads
step=save
folder=/dev/null/nowhere

[Sink]
type=count
"""

COMMANDS = """
[Job]
name=Touch

[Source]
type=count
items=3

[Stage touch]
step=command
command=touch FOLDER/{n}

[Sink]
type=count
"""


def read_sum(program):
    """Returns produced, done, dead, returned and dropped as the summary has them, which must add up."""
    produced, *parts = map(number, program.wait_text(SUM).groups())
    assert produced == sum(parts), f"{produced} produced, but {parts} add up to {sum(parts)}"
    return (produced, *parts)


def slow_down(program, milliseconds):
    """Gives the scenario time enough for what a test does to it, however slow the machine."""
    program.set_value("Latency", milliseconds)


def turn_knobs_and_drain(command):
    with Program(command) as program:
        program.press("Bounded thread queue")
        program.wait("Start", "action")
        slow_down(program, 200)
        program.set_value("Consumers", 1)
        program.press("Start")
        program.wait_value(DEPTH, "1,000, full", lambda depth: depth == 1000)
        assert program.maximum(DEPTH) == 1000
        program.wait_text(r"blocked \d+ % of the time")

        # A smaller queue evicts nothing: the depth falls only as the consumers take from it.
        program.set_value(MARK, 50)
        program.wait_value("Max size", "50", lambda maxsize: maxsize == 50)
        assert program.value(DEPTH) > 50
        program.set_value("Consumers", 32)
        program.wait_text("threads · 32")
        program.wait_value(DEPTH, "at most 50", lambda depth: depth <= 50)

        # Without consumers it fills up again, to the new limit and not beyond.
        program.press("work: one consumer fewer")
        program.wait_value("Consumers", "31", lambda consumers: consumers == 31)
        program.set_value("Consumers", 0)
        program.wait_text("threads · 0")
        program.wait_value(DEPTH, "50, full", lambda depth: depth == 50)
        program.set_value("Consumers", 8)

        program.press("Drain")
        program.wait_text(r"(Drained|Finished): all [\d,]+ items .*")
        produced, done, dead, returned, dropped = read_sum(program)
        assert done == produced and produced > 1000 and dead + returned + dropped == 0
        program.wait("Run Again", "action")
        assert program.value(DEPTH) == 0
        program.close()
        assert program.wait_end() == 0


def stop_in_the_middle(command):
    with Program(command, "bounded-async-queue") as program:
        # With ten slots it needs a minute.
        program.set_value("Slots", 10)
        program.press("Start")
        program.wait_value("fetch slots", "held", lambda held: held > 0)
        program.wait_value("fetch queue depth", "filled", lambda depth: depth > 500)
        program.press("Stop")
        program.wait_text(r"Stopped after .*")
        produced, done, dead, returned, dropped = read_sum(program)
        assert returned > 0 and produced > returned
        assert program.value("fetch queue depth") == 0 and program.value("fetch slots") == 0
        program.close()
        assert program.wait_end() == 0


def pause_resume_and_run_again(command):
    with Program(command, "bounded-thread-queue") as program:
        slow_down(program, 200)
        program.press("Start")
        program.press("Pause")
        program.wait_text(r".* · paused · .*")
        program.press("Resume")
        program.wait_text(r".* · running · .*")
        program.press("Stop")
        read_sum(program)
        program.press("Run Again")
        program.wait_text(r".* · running · .*")
        # What the knobs show is what runs.
        assert program.value("Latency") == 200
        program.press("Stop")
        read_sum(program)


def begin_to_close(program):
    """Has the program ask whether the run may be stopped."""
    slow_down(program, 200)
    program.press("Start")
    program.wait_value(DEPTH, "filled", lambda depth: depth > 500)
    program.close()


def close_and_stop(command):
    with Program(command, "bounded-thread-queue") as program:
        begin_to_close(program)
        program.press("Stop", window="Stop the Run?")
        assert program.wait_end() == 0


def close_and_keep_running(command):
    with Program(command, "bounded-thread-queue") as program:
        begin_to_close(program)
        program.press("Keep Running", window="Stop the Run?")
        program.wait_text(r".* · running · .*")
        program.wait("Drain", "action")
        program.set_value("Max size", 2000)
        program.wait_value(DEPTH, "filled on", lambda depth: depth > 1000)


def open_a_bad_job(command):
    with tempfile.NamedTemporaryFile("w", suffix=".millrace") as job:
        job.write(BAD_JOB)
        job.flush()
        with Program(command, job.name) as program:
            dialog = f"“{os.path.basename(job.name)}” Cannot Be Opened"
            program.wait_text(re.escape(job.name) + r": \[Stage work\] maxsize: .*many.*", window=dialog)
            program.press("Close", window=dialog)
            # The window is of use all the same.
            program.press("Bounded thread queue")
            program.wait("Start", "action")


def start_with_a_bad_folder(command):
    with tempfile.NamedTemporaryFile("w", suffix=".millrace") as job:
        job.write(BAD_FOLDER)
        job.flush()
        with Program(command, job.name) as program:
            dialog = "The Run Could Not Start"
            program.press("Start")
            program.wait_text(r".*/dev/null/nowhere.*", window=dialog)
            program.press("Close", window=dialog)
            # The job is still there, and says the same again.
            program.press("Start")
            program.wait_text(r".*/dev/null/nowhere.*", window=dialog)


def agree_to_commands(command):
    """A job's commands are shown before they run for the first time; what was changed since is asked about again."""
    dialog = "Run Commands?"
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "commands.millrace")
        with open(path, "w", encoding="utf-8") as file:
            file.write(COMMANDS.replace("FOLDER", folder))
        with Program(command, path) as program:
            program.press("Start")
            program.wait_text(re.escape(f"touch {folder}/{{n}}"), window=dialog)
            program.press("Cancel", window=dialog)
            program.wait_gone(dialog)
            program.press("Start")
            program.wait_text(r"“Touch” runs these commands, .*", window=dialog)
            assert os.listdir(folder) == ["commands.millrace"]
            program.press("Run Commands", window=dialog)
            program.wait_gone(dialog)
            program.wait_text(r"Finished: all 3 items went through, in .*")
            assert {"1", "2", "3"} <= set(os.listdir(folder))
            program.press("Run Again")
            program.wait_text(r"Finished: all 3 items went through, in .*")


def newest_run(name):
    runs = glob.glob(os.path.join(os.environ["XDG_DATA_HOME"], "millrace", "runs", name + " *.millrace-run"))
    return max(runs, key=os.path.getmtime)


def record_and_look_back(command):
    with Program(command, "bounded-thread-queue") as program:
        slow_down(program, 1)
        program.press("Start")
        program.wait_text(r"Finished: all 5,000 items went through, in .*")
        path = newest_run("Bounded thread queue")
        program.act("win.back")
        program.wait_text(r"finished · 5,000 done · .* · " + re.escape(os.path.basename(path)))
    with contextlib.closing(sqlite3.connect(path)) as file:
        (rows,) = file.execute("SELECT count (*) FROM item WHERE outcome = 'done'").fetchone()
        assert rows == 5000
        (turned,) = file.execute("SELECT count (*) FROM event WHERE kind = 'knob' AND text LIKE '%latency%'").fetchone()
        assert turned >= 1

    # Other programs may have it, too.
    with Program(command, path) as program:
        program.wait_text(r"Finished: all 5,000 items went through, in .*")
        program.wait_text(r"recording · ready")
        program.press("Run Again")
        program.wait_text(r"recording · running · .*")


def look_back_at_waits(command):
    """What a run file does not keep is not there, and the page says so."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "shoppers.millrace-run")
        subprocess.run([os.environ["MILLRACE_CLI"], "run", "checkout", "--duration", "0.1", "--record", path],
                       stdout=subprocess.DEVNULL, check=True)
        with Program(command, path) as program:
            program.wait_text(r"Waits in the queue of “tills”")
            program.wait_text(r"How long items waited is not kept in a run file\. .*")
            assert find(program.main, "Mean wait") is None
            program.press("Run Again")
            program.wait("Mean wait")


def crawl_a_site(command):
    dialog = "New Crawl"
    server = subprocess.Popen([os.environ["MILLRACE_CLI"], "serve", "--pages", "40"], stdout=subprocess.PIPE, text=True)
    try:
        address = re.search(r"http://\S+/", server.stdout.readline()).group()
        with Program(command) as program:
            program.press("New Crawl…")
            program.type("Address", "ftp://example.org/", window=dialog)
            program.wait_text(r"ftp://example.org/: only http and https .*", window=dialog)
            program.type("Address", address, window=dialog)
            program.wait_text(rf"Starts at {re.escape(address)} .*", window=dialog)
            # What a row that is closed hides is not there for anybody. Backwards no entry is on the way, which has no focus
            # of its own that could be seen.
            keys = Keyboard()
            keys.go_to("What to Follow", "shift+Tab")
            keys.press("space")
            program.type("Only Where a Pattern Matches, Such as /news/*", "news", window=dialog)
            program.wait_text(r"include: “news”: .*", window=dialog)
            program.type("Only Where a Pattern Matches, Such as /news/*", "/page/* /item/*", window=dialog)
            program.wait_text(rf"Starts at {re.escape(address)} .*", window=dialog)
            program.press("Start Crawl", window=dialog)
            # How the crawl gets on with its host.
            program.press("Hosts")
            program.wait_text(r"\d+ in flight, \d+ to fetch, one every 100 ms(\n.*)?")
            program.wait_text(r"Finished: .*")
            produced, done, *_ = read_sum(program)
            assert produced == done >= 40
    finally:
        server.terminate()
        server.communicate()


if __name__ == "__main__":
    sys.exit(
        run_tests(
            [
                turn_knobs_and_drain,
                stop_in_the_middle,
                pause_resume_and_run_again,
                close_and_stop,
                close_and_keep_running,
                open_a_bad_job,
                start_with_a_bad_folder,
                agree_to_commands,
                record_and_look_back,
                look_back_at_waits,
                crawl_a_site,
            ]
        )
    )
