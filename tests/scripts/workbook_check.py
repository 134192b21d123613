"""Workbooks and a spreadsheet: spoils the cached results of formulas, changes inputs, compares what LibreOffice calculates.

    workbook_check.py spoil IN OUT [NAME=VALUE | NAME@BOOK]...   copy with wrong results in all formula cells; inputs, by
                                                                 defined name, as given or as another book has them
    workbook_check.py same WANTED CALCULATED                     every formula of WANTED: its cached result and the other's
    workbook_check.py follows WANTED CALCULATED                  the same but for the sheet of checks, where the engine's
                                                                 figures are still those of the original inputs
"""
import re
import sys
import zipfile
from xml.dom import minidom

import openpyxl

FORMULA = re.compile(r'(<c r="[A-Z]+\d+"[^>]*>)(<f>.*?</f>)<v>.*?</v>')
RELATIVE = 1e-6
# Where a figure is nought but for rounding: half a cent of billions; a millionth of a ratio.
ABSOLUTE = {"money": 0.02, "ratio": 1e-6}


def cell_of(book, name):
    sheet, cell = book.defined_names[name].attr_text.split("!")
    assert sheet == "Inputs", f"{name} is no input"
    return cell.replace("$", "")


def spoil(source, target, changes):
    book = openpyxl.load_workbook(source)
    inputs = {}
    for change in changes:
        name, sign, value = re.fullmatch(r"(\w+)([=@])(.*)", change).groups()
        if sign == "@":
            other = openpyxl.load_workbook(value)
            value = other["Inputs"][cell_of(other, name)].value
        inputs[cell_of(book, name)] = float(value)
    spoiled = 0
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        assert old.testzip() is None
        for item in old.infolist():
            text = old.read(item.filename)
            minidom.parseString(text)  # well-formed
            if item.filename.startswith("xl/worksheets/sheet"):
                text = text.decode()
                text, n = FORMULA.subn(lambda m: f"{m[1]}{m[2]}<v>{'wrong' if 't=' in m[1] else '7.25'}</v>", text)
                spoiled += n
                for cell, value in inputs.items() if item.filename == "xl/worksheets/sheet1.xml" else ():
                    text, n = re.subn(rf'(<c r="{cell}"[^>]*>)<v>.*?</v>', rf"\g<1><v>{value!r}</v>", text)
                    assert n == 1, f"no cell {cell}"
                text = text.encode()
            new.writestr(item.filename, text)
    assert spoiled > 1000, f"only {spoiled} formulas"


def near(a, b, money):
    return abs(a - b) <= max(ABSOLUTE["money" if money else "ratio"], RELATIVE * max(abs(a), abs(b)))


def same(wanted, calculated, changed):
    formulas, want, got = openpyxl.load_workbook(wanted), *(openpyxl.load_workbook(p, data_only=True) for p in (wanted, calculated))
    compared, wrong = 0, []
    for sheet in formulas.worksheets:
        if changed and sheet.title == "Checks":
            continue
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    continue
                a, b = (book[sheet.title][cell.coordinate].value for book in (want, got))
                compared += 1
                numbers = isinstance(a, (int, float)) and isinstance(b, (int, float))
                if not (near(a, b, "Red" in cell.number_format) if numbers else a == b and not str(b).startswith("#")):
                    wrong.append(f"{sheet.title}!{cell.coordinate} '{sheet.cell(cell.row, 1).value}': cached {a}, calculated {b}: {cell.value}")
    for line in wrong[:10]:
        print("   ", line[:300])
    print(f"{calculated}: {compared} formulas, {len(wrong)} differ")
    if not changed and got["Checks"]["B3"].value != "ALL OK":
        print("    the book's own checks:", got["Checks"]["B3"].value)
        return False
    return not wrong and compared > 1000


if __name__ == "__main__":
    if sys.argv[1] == "spoil":
        spoil(sys.argv[2], sys.argv[3], sys.argv[4:])
    elif not same(sys.argv[2], sys.argv[3], sys.argv[1] == "follows"):
        sys.exit(1)
