# SPDX-License-Identifier: GPL-3.0-or-later
"""A throw-away nginx on a free loopback port, for what is measured against a web server."""

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path


def config(scratch, port, content, http):
    types = "include /etc/nginx/mime.types;" if Path("/etc/nginx/mime.types").exists() else ""
    user = "user root;" if os.geteuid() == 0 else ""  # the scratch folder is private to its maker
    return f"""
{user}
worker_processes 1;
pid {scratch}/nginx.pid;
error_log {scratch}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  {types}
  default_type application/octet-stream;
  access_log off;
  {http}
  sendfile on;
  keepalive_requests 10000000;
  client_body_temp_path {scratch}/body;
  proxy_temp_path {scratch}/proxy;
  fastcgi_temp_path {scratch}/fastcgi;
  uwsgi_temp_path {scratch}/uwsgi;
  scgi_temp_path {scratch}/scgi;
  server {{
    listen 127.0.0.1:{port} backlog=1024;
    {content}
  }}
}}
"""


def find():
    """The program; a server's folder is not in a person's search path everywhere."""
    return shutil.which("nginx", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(scratch, content, http=""):
    """Yields the port. @content is what the server block has beside it, @http what stands around that. nginx goes
    to the background only once it listens, so there is nothing to wait for."""
    program = find()
    if program is None:
        sys.exit("nginx is not here (package nginx-light)")
    path = scratch / "nginx.conf"
    command = [program, "-e", f"{scratch}/nginx.log", "-c", str(path)]
    for _ in range(5):  # the port may be taken between asking and listening
        port = free_port()
        path.write_text(config(scratch, port, content, http))
        if subprocess.run(command, stdin=subprocess.DEVNULL).returncode == 0:
            break
    else:
        sys.exit("nginx does not start")
    try:
        yield port
    finally:
        subprocess.run([*command, "-s", "stop"], check=False)
