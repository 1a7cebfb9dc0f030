#!/usr/bin/python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A person starts a crawl, quits in the middle, goes on from the list of recent ones, loses the program to a crash, and
goes on with the run file all the same."""

import contextlib
import glob
import http.server
import os
import re
import sqlite3
import sys
import threading

from keyboard import Keyboard
from program import Atspi, Program, find_text, is_called, number, run_tests, wait_for, walk

PAGES = 30
PROGRESS = r"crawl · running · [\d:]+ · (\d+) of (\d+) known pages.*"


class Site(http.server.ThreadingHTTPServer):
    """A page that links to all others. It answers so many requests and no more, until it is told to; so a crawl of it is
    in the middle for as long as a test needs."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Page)
        self.left = 0
        self.changed = threading.Condition()
        self.address = f"http://127.0.0.1:{self.server_port}/"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def answer_more(self, n):
        with self.changed:
            self.left += n
            self.changed.notify_all()

    def wait_for_turn(self):
        with self.changed:
            self.changed.wait_for(lambda: self.left > 0)
            self.left -= 1


class Page(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        if self.path == "/robots.txt":
            self.send_error(404)
            return
        self.server.wait_for_turn()
        body = "".join(f"<a href=/{n}>{n}</a> " for n in range(1, PAGES)).encode() if self.path == "/" else b"a page"
        # Who asked may be gone by now.
        with contextlib.suppress(OSError):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_):
        pass


def wait_for_progress(program, settled):
    """Waits until so many pages are through."""

    def look():
        progress = find_text(program.main, PROGRESS)
        return progress is not None and number(progress.group(1)) >= settled

    wait_for(f"{settled} pages to be through", look)


def start(program, address):
    dialog = "New Crawl"
    program.press("New Crawl…")
    program.type("Address", address, window=dialog)
    program.wait_text(rf"Starts at {re.escape(address)} .*", window=dialog)
    program.press("Start Crawl", window=dialog)


def remove(program):
    """Removes the only run there is, from its menu."""
    program.wait("More", "action")
    # The menu button's own button comes after it.
    *_, button = (node for node in walk(program.main) if is_called(node.name, "More"))
    button.do_action()
    # GTK 4.18 has no names for what is in a menu; but "Re_move" has a letter.
    wait_for("the menu", lambda: any(node.get_role() == Atspi.Role.MENU_ITEM for node in walk(program.main)))
    Keyboard().press("m")
    program.wait_text(r"What you run is recorded and kept here, .*")


def ask(path, query):
    with contextlib.closing(sqlite3.connect(path)) as file:
        return file.execute(query).fetchone()[0]


def quit_crash_and_go_on(command):
    site = Site()
    with Program(command) as program:
        program.wait_text(r"What you run is recorded and kept here, .*")
        site.answer_more(5)
        start(program, site.address)
        wait_for_progress(program, 5)
        program.close()
        program.press("Stop", window="Stop the Run?")
        assert program.wait_end() == 0

    (path,) = glob.glob(os.path.join(os.environ["XDG_DATA_HOME"], "millrace", "runs", "127.0.0.1 *.millrace-run"))
    assert ask(path, "SELECT count (*) FROM item") == 5

    with Program(command) as program:
        program.wait_text(rf"can go on · 5 of {PAGES} known pages · .*")
        program.press("Resume")
        # Those that the first program left unanswered may take some of these.
        site.answer_more(15)
        wait_for_progress(program, 6)
        program.process.kill()
        program.process.wait()

    with Program(command, path) as program:
        program.wait_text(rf"(\d+) of {PAGES} known pages are through; the crawl can go on.")
        site.answer_more(1000)
        program.press("Resume")
        program.wait_text(rf"Finished: {PAGES} pages fetched, none failed.")
        program.wait("Export", "action")
        program.act("win.back")
        program.wait_text(rf"finished · {PAGES} pages · .*")

        # What was removed can be brought back until it is too late.
        remove(program)
        program.press("Undo")
        program.wait_text(rf"finished · {PAGES} pages · .*")
    assert ask(path, "SELECT count (*) FROM item WHERE outcome = 'done'") == PAGES
    assert ask(path, "SELECT count (*) FROM frontier WHERE state <> 1") == 0

    with Program(command) as program:
        program.wait_text(rf"finished · {PAGES} pages · .*")
        remove(program)
        program.close()
        assert program.wait_end() == 0
    assert not os.path.exists(path)
    site.shutdown()
    site.server_close()


if __name__ == "__main__":
    sys.exit(run_tests([quit_crash_and_go_on]))
