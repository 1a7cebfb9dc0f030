#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person looks through the items of a crawl while it is recorded and afterwards, and through the dead letters."""

import os
import re
import subprocess
import sys

from program import Program, number, run_tests, wait_for, walk

PAGES = 40


def start_crawl(program, address):
    dialog = "New Crawl"
    program.press("New Crawl…")
    program.type("Address", address, window=dialog)
    program.wait_text(rf"Starts at {re.escape(address)} .*", window=dialog)
    program.press("Start Crawl", window=dialog)


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


if __name__ == "__main__":
    sys.exit(run_tests([list_sort_search_and_filter]))
