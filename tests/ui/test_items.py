#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person looks through the items of a crawl while it is recorded and afterwards, and through the dead letters."""

import os
import re
import subprocess
import sys

from program import Atspi, Program, number, run_tests, wait_for, walk

PAGES = 40


def start_crawl(program, address):
    dialog = "New Crawl"
    program.press("New Crawl…")
    program.type("Address", address, window=dialog)
    program.wait_text(rf"Starts at {re.escape(address)} .*", window=dialog)
    program.press("Start Crawl", window=dialog)


def press_first(program, pattern):
    """Presses the first button with a name like that."""
    for node in walk(program.main):
        if re.fullmatch(pattern, node.name) and node.get_role() == Atspi.Role.PUSH_BUTTON:
            return node.do_action()
    return None


def list_sort_search_and_filter(command):
    server = subprocess.Popen([os.environ["MILLRACE_CLI"], "serve", "--pages", str(PAGES)], stdout=subprocess.PIPE,
                              text=True)
    try:
        address = re.search(r"http://\S+/", server.stdout.readline()).group()
        with Program(command) as program:
            start_crawl(program, address)
            program.press("Items")
            # As they come, while it runs.
            program.wait_text(r"\d+ items?")
            program.press("Flow")
            program.wait_text(r"Finished: .*")
            program.press("Items")
            total = number(program.wait_text(r"(\d+) items").group(1))
            assert total >= PAGES
            program.wait_text(rf"{re.escape(address)}")

            program.type("Search the keys", "/page/1")
            found = number(program.wait_text(rf"(\d+) of {total} items").group(1))
            assert 0 < found < total
            program.type("Search the keys", "no such key")
            program.wait_text("No item matches")
            program.type("Search the keys", "")
            program.wait_text(rf"{total} items")
    finally:
        server.terminate()
        server.communicate()


def send_dead_letters_back(command):
    with Program(command, "dead-letters") as program:
        program.press("Start")
        program.wait_text(r"[1-9][\d,]* dead letters?")
        program.press("Pause")
        program.wait_text(r".* · paused · .*")
        # Wherever they are counted, they can be looked at.
        wait_for("the way to the dead letters", lambda: press_first(program, r"[1-9][\d,]* dead letters?"))
        program.wait_text("simulated failure")
        program.press("Requeue All")
        program.wait_text("No Item Has Failed")
        # They wait to be tried again, so none is dead when it ends.
        program.press("Stop")
        program.press("Flow")
        program.wait_text(r"[\d,]+ produced = [\d,]+ done \+ 0 dead \+ [1-9][\d,]* returned \+ 0 dropped")


if __name__ == "__main__":
    sys.exit(run_tests([list_sort_search_and_filter, send_dead_letters_back]))
