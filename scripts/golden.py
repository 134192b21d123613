#!/usr/bin/env python3
"""Golden tests of the command line, the error gallery, and commands for the thread sanitizer.

    golden.py --build build [REGEX]             compare tests/golden and tests/errors
    golden.py --build build --write [REGEX]     write what they say now; review with git diff
    golden.py --build build/tsan --threads      run tests/threads/*.cmd; only the exit status counts

Prints `ok NAME` or `FAIL NAME: why`. tests/README.md describes the files. Needs nothing but Python.
"""
import argparse
import concurrent.futures
import difflib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN, ERRORS, THREADS = (ROOT / "tests" / name for name in ("golden", "errors", "threads"))
# From here on an exit status tells of a sanitizer (99), a time-out (124), a missing command (126, 127) or a signal.
CRASHED = 99
SECONDS = 300

# A date is text; a number may carry thousands separators: 1,234.5e-6.
TOKEN = re.compile(r"\d{4}-\d{2}(?:-\d{2})?(?!\d)|[-+]?\d+(?:,\d{3})*(?:\.\d+)?(?:[eE][-+]?\d+)?")
DATE = re.compile(r"\d{4}-\d{2}")


def environment(build, scratch):
    """The few variables a command sees: nothing of the user's terminal or language."""
    keep = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS") or k in ("HOME", "LD_LIBRARY_PATH")}
    return {**keep, "PATH": f"{build}:/usr/local/bin:/usr/bin:/bin", "STARGATE": "stargate", "TMP": str(scratch),
            "ROOT": str(ROOT), "LC_ALL": "C.UTF-8", "TZ": "UTC0", "TERM": "dumb"}


def run(command, build, scratch, seconds):
    """(exit status, stdout, stderr) of a shell line, run at the root of the repository. 124: too slow."""
    process = subprocess.Popen(["bash", "-c", command], cwd=ROOT, env=environment(build, scratch),
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               start_new_session=True)
    try:
        out, err = process.communicate(timeout=seconds)
        code = process.returncode
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        out, err = process.communicate()
        code = 124
    text = lambda b: b.decode("utf-8", "surrogateescape").replace(str(scratch), "$TMP")
    return (code if code >= 0 else 128 - code), text(out), text(err)


def read(path):
    return path.read_bytes().decode("utf-8", "surrogateescape") if path.exists() else None


def write(path, text):
    """Writes when it differs; says so."""
    if read(path) != text:
        path.write_bytes(text.encode("utf-8", "surrogateescape"))
        print(f"wrote {path.relative_to(ROOT)}")


def same(want, got, tolerance):
    """Equal; or, with a tolerance (relative, absolute), equal up to numbers and the width of the spaces around them."""
    if want == got or tolerance is None:
        return want == got
    relative, absolute = tolerance
    squeeze = lambda text: [re.sub(r" +", " ", part) for part in TOKEN.split(text)]
    if squeeze(want) != squeeze(got):
        return False
    for a, b in zip(TOKEN.findall(want), TOKEN.findall(got)):
        if a == b:
            continue
        if DATE.match(a) or DATE.match(b):
            return False
        x, y = float(a.replace(",", "")), float(b.replace(",", ""))
        if abs(x - y) > max(absolute, relative * max(abs(x), abs(y))):
            return False
    return True


class Case:
    """One golden test or one entry of the gallery: NAME.* in its folder."""

    def __init__(self, folder, name):
        self.stem, self.gallery, self.label = folder / name, folder == ERRORS, f"{folder.name}/{name}"

    def file(self, suffix):
        return self.stem.with_name(f"{self.stem.name}.{suffix}")

    def command(self, build, scratch, seconds):
        """The shell line; makes the input first where a .make file says how. Raises ValueError."""
        given = read(self.file("cmd"))
        if not self.gallery:
            return given
        made = self.file("make")
        if not made.exists():
            path = f"tests/errors/{self.stem.name}.yaml"
        else:
            path = f"{scratch}/{self.stem.name}.yaml"
            code, out, err = run(f"bash {made} > {path}", build, scratch, seconds)
            if code:
                raise ValueError(f"{made.name} exit status {code}\n{err}")
        return f"FILE={path}; {given}" if given else f"$STARGATE check {path}"

    def execute(self, build, seconds):
        scratch = pathlib.Path(tempfile.mkdtemp(prefix="golden-"))
        try:
            return run(self.command(build, scratch, seconds), build, scratch, seconds)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def streams(self):
        """Suffixes compared. The gallery compares stdout only where a file for it exists."""
        return ["stderr"] if self.gallery and not self.file("stdout").exists() else ["stdout", "stderr"]

    def masked(self, text):
        """`text` without what NAME.ignore (one regular expression a line) matches: elapsed seconds and the like."""
        for line in (read(self.file("ignore")) or "").splitlines():
            text = re.sub(line, "<ignored>", text) if line else text
        return text

    def tolerance(self):
        words = (read(self.file("tolerance")) or "").split()
        return (float(words[0]), float(words[1]) if len(words) > 1 else 0.0) if words else None

    def check(self, build, seconds):
        """None, or what is wrong, on several lines."""
        try:
            code, *texts = self.execute(build, seconds)
        except ValueError as error:
            return str(error)
        got = dict(zip(("stdout", "stderr"), texts))
        if code >= CRASHED:
            return f"exit status {code}\n" + got["stderr"][-4000:]
        wrong = []
        want = read(self.file("exit"))
        if want is None:
            return "no golden files; make them with `make golden`"
        if want.strip() != str(code):
            wrong.append(f"exit status {code}, expected {want.strip()}")
        for suffix in self.streams():
            want = self.masked(read(self.file(suffix)) or "")
            if not same(want, self.masked(got[suffix]), self.tolerance()):
                wrong.append(f"{suffix} differs")
                wrong += [line.rstrip("\n") for line in difflib.unified_diff(
                    want.splitlines(), self.masked(got[suffix]).splitlines(), "expected", "found", n=1, lineterm="")][:40]
        return "\n".join(wrong) or None

    def regenerate(self, build, seconds):
        """Writes the golden files; a crash is never golden."""
        try:
            code, *texts = self.execute(build, seconds)
        except ValueError as error:
            return str(error)
        got = dict(zip(("stdout", "stderr"), texts))
        if code >= CRASHED:
            return f"exit status {code}, not written\n" + got["stderr"][-2000:]
        for suffix in self.streams():
            old = read(self.file(suffix))
            if old is None or self.masked(old) != self.masked(got[suffix]):
                write(self.file(suffix), got[suffix])
        write(self.file("exit"), f"{code}\n")
        return None


def threads_case(path, build, seconds):
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="threads-"))
    try:
        code, _, err = run(read(path), build, scratch, seconds)
        return f"exit status {code}\n{err[-4000:]}" if code else None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build", help="folder with the program")
    parser.add_argument("--write", action="store_true", help="write golden files instead of comparing")
    parser.add_argument("--threads", action="store_true", help="run tests/threads instead")
    parser.add_argument("regex", nargs="?", default="", help="only names that match")
    opts = parser.parse_args()
    build = (ROOT / opts.build).resolve()
    seconds = SECONDS * (4 if os.environ.get("SLOW") else 1)
    if not os.access(build / "stargate", os.X_OK):
        print(f"FAIL golden: {opts.build}/stargate was not built")
        return 1

    if opts.threads:
        jobs = [(f"threads/{p.stem}", lambda p=p: threads_case(p, build, seconds)) for p in sorted(THREADS.glob("*.cmd"))]
    else:
        names = [(GOLDEN, {p.stem for p in GOLDEN.glob("*.cmd")}),
                 (ERRORS, {p.stem for p in ERRORS.glob("*.yaml")} | {p.stem for p in ERRORS.glob("*.make")})]
        cases = [Case(folder, name) for folder, found in names for name in sorted(found)]
        step = Case.regenerate if opts.write else Case.check
        jobs = [(c.label, lambda c=c: step(c, build, seconds)) for c in cases]
    jobs = [job for job in jobs if re.search(opts.regex, job[0])]
    if not jobs:
        print("FAIL golden: nothing to run")
        return 1

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for (label, _), wrong in zip(jobs, pool.map(lambda job: job[1](), jobs)):
            failed += wrong is not None
            first, *rest = (wrong or "").encode("utf-8", "backslashreplace").decode().split("\n")
            print(f"FAIL {label}: {first}" if wrong is not None else f"ok {label}")
            for line in rest:
                print("    " + line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
