"""Runs a command in a pseudo-terminal of its own: terminal.py <columns> <rows> <command> [arguments].

Each line of stdin is JSON: {"keys": text} is typed, {"size": [columns, rows]} resizes the terminal. What the command writes
goes to stdout, byte by byte. When it has ended, a line of JSON on stderr says how, and whether the terminal's modes are those
that it began with.
"""
import fcntl
import json
import os
import pty
import select
import struct
import sys
import termios


def resize(fd, columns, rows):
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def main():
    columns, rows = map(int, sys.argv[1:3])
    parent_end, child_end = pty.openpty()
    resize(parent_end, columns, rows)
    modes = termios.tcgetattr(parent_end)
    pid = os.fork()
    if pid == 0:
        os.close(parent_end)
        os.login_tty(child_end) if hasattr(os, "login_tty") else login(child_end)
        os.execvp(sys.argv[3], sys.argv[3:])
    sources = [parent_end, sys.stdin.fileno()]
    pending = b""
    ended = None
    while True:
        readable, _, _ = select.select(sources, [], [], 0.02)
        if parent_end in readable:
            chunk = os.read(parent_end, 65536)
            os.write(sys.stdout.fileno(), chunk)
            continue
        if ended is not None:
            break
        if sys.stdin.fileno() in readable:
            chunk = os.read(sys.stdin.fileno(), 65536)
            if chunk == b"":
                sources.remove(sys.stdin.fileno())
            pending += chunk
            *lines, pending = pending.split(b"\n")
            for line in lines:
                command = json.loads(line)
                if "keys" in command:
                    os.write(parent_end, command["keys"].encode())
                else:
                    resize(parent_end, *command["size"])
        done, status = os.waitpid(pid, os.WNOHANG)
        if done != 0:
            # What it has written last is still to be read.
            ended = status
    is_same = termios.tcgetattr(parent_end) == modes
    code = os.waitstatus_to_exitcode(ended)
    print(json.dumps({"code": code, "hasSameModes": is_same}), file=sys.stderr)


def login(fd):
    os.setsid()
    fcntl.ioctl(fd, termios.TIOCSCTTY, 0)
    for target in (0, 1, 2):
        os.dup2(fd, target)


main()
