"""A workbook written by hand, part by part, to put in it what no library would write."""

import io
import zipfile

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

# A sheet of the columns nr and wert and whatever rows are put in.
SHEET = (
    f"<worksheet {_MAIN}><sheetData>"
    '<row r="1"><c r="A1" t="inlineStr"><is><t>nr</t></is></c><c r="B1" t="inlineStr"><is><t>wert</t></is></c></row>'
    "%s</sheetData></worksheet>"
)


def shared_texts(*items: str) -> str:
    """The part with the texts that cells share."""
    return f"<sst {_MAIN}>{''.join(f'<si>{item}</si>' for item in items)}</sst>"


def written(first: str, **parts: str) -> bytes:
    """A workbook whose sheet 'Daten' is this XML; `parts` are more sheets by name, or parts by path."""
    sheets = {"Daten": first} | {name: xml for name, xml in parts.items() if "/" not in name}
    paths = {f"xl/worksheets/sheet{number}.xml": xml for number, xml in enumerate(sheets.values(), start=1)}
    named = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, start=1))
    links = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    paths["xl/workbook.xml"] = f'<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{named}</sheets></workbook>'
    paths["xl/_rels/workbook.xml.rels"] = f'<Relationships xmlns="{_PACKAGE}">{links}</Relationships>'
    paths |= {name: xml for name, xml in parts.items() if "/" in name}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, xml in paths.items():
            archive.writestr(name, xml)
    return buffer.getvalue()
