#!/usr/bin/env python3
"""Runs the snippets of README.md and docs/**/*.md, so that the documentation says what the program does.

    snippets.py --build build [FILE ...]
    snippets.py --build build --write [FILE ...]   put what the program prints now in place of what is shown

What is run, by the first word after the three backticks ("norun" among the words leaves a snippet alone):
    console   each line "$ command"; what follows is its output (stdout and stderr). A line "..." stands for any
              lines, "..." within a line for any text. No output shown: the command must succeed.
    sh        the whole snippet with `bash -e`; must succeed
    yaml      a whole programme (a line begins with "programme:") must pass `stargate check`;
              "yaml NAME.yaml" also saves it under this name for the snippets below it
    c         with a main(): compiled with warnings as errors, linked with the library, run
    python    run with python/ in its path
Snippets that need a new machine or the network (git clone, sudo, apt-get, make, pip) are left alone.
The snippets of one document share a scratch folder that looks like the repository.
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
FENCE = re.compile(r"^( *)```(\S*)([^\n]*)\n(.*?)^\1```[ \t]*$", re.M | re.S)
ELSEWHERE = re.compile(r"^\s*(?:\$ )?(?:git|sudo|apt|apt-get|make|pip|pip3|cmake|ninja|docker|cd)\b", re.M)
SECONDS = 300
CRASHED = 99


class Room:
    """A scratch folder for the snippets of one document: links to everything in the repository."""

    def __init__(self, build):
        self.at = pathlib.Path(tempfile.mkdtemp(prefix="snippets-"))
        self.build = build
        for item in ROOT.iterdir():
            if item.name not in (".git",):
                (self.at / item.name).symlink_to(item)

    def run(self, words):
        env = {**os.environ, "PATH": f"{self.build}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "TERM": "dumb",
               "TZ": "UTC0", "PYTHONPATH": str(ROOT / "python"), "PYTHONDONTWRITEBYTECODE": "1"}
        try:
            done = subprocess.run(words, cwd=self.at, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.STDOUT, timeout=SECONDS)
        except subprocess.TimeoutExpired:
            return 124, f"took more than {SECONDS} s"
        code = done.returncode
        return (code if code >= 0 else 128 - code), done.stdout.decode("utf-8", "replace")

    def close(self):
        shutil.rmtree(self.at, ignore_errors=True)


def must_succeed(result):
    code, out = result
    return f"exit status {code}\n{out[-2000:]}" if code else None


def shown_matches(shown, got):
    """Does the output shown, with its "...", match? Space at the ends of lines and blank lines around do not count."""
    pattern = ""
    tidy = lambda text: [line.rstrip() for line in text.strip("\n").split("\n")]
    for line in tidy(shown):
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*?".join(re.escape(part) for part in line.split("...")) + r"\n"
    return re.fullmatch(pattern, "\n".join(tidy(got)) + "\n") is not None


def refreshed(shown, got):
    """What is printed now, as it would be shown: lines with "..." stay where they match; a line of dots alone keeps all."""
    if not shown.strip() or re.search(r"^\s*\.\.\.\s*$", shown, re.M):
        return shown
    dots = [(line, ".*?".join(re.escape(part) for part in line.rstrip().split("..."))) for line in shown.split("\n") if "..." in line]
    lines = []
    for line in got.rstrip("\n").split("\n"):
        lines.append(next((kept for kept, pattern in dots if re.fullmatch(pattern, line.rstrip())), line))
    return "\n".join(lines) + ("\n" if shown.endswith("\n") else "")


def console_steps(body):
    """[(command, output shown)]; a command goes on after a backslash at the end of a line."""
    steps = []
    for line in body.splitlines():
        if steps and steps[-1][0].endswith("\\") and not steps[-1][1]:
            steps[-1][0] += "\n" + re.sub(r"^> ", "", line)
        elif line.startswith("$ "):
            steps.append([line[2:], []])
        elif steps:
            steps[-1][1].append(line)
    return [(command, "\n".join(shown)) for command, shown in steps]


def console(room, body):
    """(what is wrong or None, the body with the output as it is now)."""
    wrong, new = [], []
    for command, shown in console_steps(body):
        code, got = room.run(["bash", "-c", command])
        new.append("$ " + command)
        fresh = refreshed(shown, got)
        new += [fresh] if fresh else []
        if code >= CRASHED or (code and not shown.strip()):
            wrong.append(f"$ {command}\nexit status {code}\n{got[-1500:]}")
        elif shown.strip() and not shown_matches(shown, got):
            wrong.append(f"$ {command}\nprints something else:\n{got[-1500:]}")
    return "\n".join(wrong) or None, "\n".join(new) + "\n"


def yaml(room, words, body):
    names = [w for w in words if w.endswith(".yaml")]
    if not names and not re.search(r"^programme:", body, re.M):
        return "skip"
    path = room.at / (pathlib.Path(names[0]).name if names else "snippet.yaml")
    if path.is_symlink():
        return f"{path.name} would overwrite a file of the repository"
    path.write_text(body)
    return must_succeed(room.run(["stargate", "check", path.name]))


def c_program(room, body):
    if not re.search(r"\bmain\s*\(", body):
        return "skip"
    (room.at / "snippet.c").write_text(body)
    libraries = subprocess.run(["pkg-config", "--libs", "yaml-0.1", "xlsxwriter", "zlib"], capture_output=True, text=True).stdout.split()
    wrong = must_succeed(room.run(["gcc", "-std=c17", "-Wall", "-Wextra", "-Werror", "-fno-lto", "-Iinclude", "snippet.c",
                                   f"{room.build}/libstargate.a", *libraries, "-lClp", "-lm", "-lpthread", "-o", "snippet"]))
    return wrong or must_succeed(room.run(["./snippet"]))


def snippet(room, kind, words, body):
    """None: fine; "skip": not one that is run; else what is wrong. And the body, perhaps rewritten."""
    if "norun" in words or kind not in ("console", "sh", "bash", "yaml", "c", "python"):
        return "skip", body
    if kind in ("console", "sh", "bash") and ELSEWHERE.search(body):
        return "skip", body
    if kind == "console":
        return console(room, body)
    if kind == "yaml":
        return yaml(room, words, body), body
    if kind == "c":
        return c_program(room, body), body
    if kind == "python":
        return must_succeed(room.run([sys.executable, "-c", body])), body
    return must_succeed(room.run(["bash", "-e", "-c", body])), body


def document(path, build, write):
    """Runs one file's snippets; returns the number that failed."""
    text, failed, room, out, last = path.read_text(), 0, Room(build), [], 0
    try:
        for match in FENCE.finditer(text):
            indent, kind, words, body = match.group(1), match.group(2), match.group(3).split(), match.group(4)
            plain = re.sub(rf"^{indent}", "", body, flags=re.M)
            label = f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, match.start()) + 1} {kind}"
            wrong, new = snippet(room, kind, words, plain)
            if write and kind == "console" and wrong != "skip" and not indent and new != body:
                out += [text[last:match.start(4)], new]
                last = match.end(4)
                print(f"wrote {label}")
                continue
            if wrong == "skip":
                continue
            first, *rest = (wrong or "").split("\n")
            failed += wrong is not None
            print(f"FAIL {label}: {first}" if wrong is not None else f"ok {label}")
            for line in rest:
                print("    " + line)
    finally:
        room.close()
    if out:
        path.write_text("".join(out) + text[last:])
    return failed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build", help="folder with the program and the library")
    parser.add_argument("--write", action="store_true", help="bring the output shown in console snippets up to date")
    parser.add_argument("files", nargs="*", help="documents; README.md and docs/**/*.md if none is named")
    opts = parser.parse_args()
    build = (ROOT / opts.build).resolve()
    files = [pathlib.Path(f).resolve() for f in opts.files]
    files = files or [p for p in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))] if p.exists()]
    failed = sum(document(path, build, opts.write) for path in files)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
