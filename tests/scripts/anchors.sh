#!/usr/bin/env bash
# Every place in the documentation that sources, data or documents point at exists: files, and headings or <a id> in them.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit 2
python3 - <<'PYTHON'
import pathlib, re, sys

def anchors(path):
    """What GitHub makes of headings, and explicit ids; code blocks are no headings."""
    text = re.sub(r"^( *)```.*?^\1```", "", path.read_text(), flags=re.M | re.S)
    found = set(re.findall(r'<a (?:id|name)="([^"]+)"', text))
    for title in re.findall(r"^#+ +(.*?) *$", text, flags=re.M):
        found.add(re.sub(r"[^\w\- ]", "", re.sub(r"[`*]", "", title).lower()).replace(" ", "-"))
    return found

known, links, bad = {}, 0, []

def follow(where, path, anchor):
    global links
    links += 1
    if not path.exists():
        bad.append(f"{where}: {path} does not exist")
    elif anchor and path.suffix == ".md":
        known.setdefault(path, anchors(path))
        if anchor not in known[path]:
            bad.append(f"{where}: {path} has no '{anchor}'")

# docs/NAME.md#anchor anywhere in sources, data, programmes, scripts; "docs/assumptions.md#" alone is a pattern in code.
for folder in ("src", "data", "programmes", "include", "scripts", "docs"):
    for file in sorted(pathlib.Path(folder).rglob("*")):
        if not file.is_file() or file.suffix not in (".c", ".h", ".yaml", ".md", ".py", ".sh", ".csv"):
            continue
        for n, line in enumerate(file.read_text(errors="replace").splitlines(), 1):
            for name, anchor in re.findall(r"(?<![\w/(])(docs/[\w-]+\.md)#([a-z0-9-]*)", line):
                if anchor:
                    follow(f"{file}:{n}", pathlib.Path(name), anchor)
    # ASSUMED("anchor") in field tables
    for file in sorted(pathlib.Path(folder).rglob("*.c")):
        for anchor in re.findall(r'\bASSUMED\("([a-z0-9-]+)"\)', file.read_text()):
            follow(file, pathlib.Path("docs/assumptions.md"), anchor)

# Relative links of the documents.
for file in [pathlib.Path("README.md"), *sorted(pathlib.Path(".").glob("docs/*.md")), pathlib.Path("CONTRIBUTING.md"), pathlib.Path("data/README.md"),
             pathlib.Path("tests/README.md")]:
    if not file.exists():
        continue
    text = re.sub(r"^( *)```.*?^\1```", "", file.read_text(), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (file.parent / name).resolve().relative_to(pathlib.Path.cwd()) if name else file
        follow(file, path, anchor)

for line in bad:
    print(line)
if links < 100:
    print(f"only {links} references were found: the search is broken")
print(f"{links} references")
sys.exit(bool(bad) or links < 100)
PYTHON
