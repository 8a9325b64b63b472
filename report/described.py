"""What lies beside the open data: data package, meaning of CSV columns, the catalogue of a release that is no sample, and the tables
for SPSS and Stata where the extra `statistics` is installed."""

from report import statistical_files
from report.opendata import csvw, data_package, dcat
from report.page import Material

STATISTICAL: dict[statistical_files.Program, str] = {"sav": "spss", "dta": "stata"}  # ending → folder


def write(material: Material) -> None:
    """Lay them into the folder of the edition."""
    laid, settings, folder = material.laid, material.programme.settings, material.folder
    (folder / "datapackage.json").write_bytes(data_package.data_package(laid, settings))
    dialects: tuple[csvw.Folder, csvw.Folder] = ("csv", "csv_de")
    for dialect in dialects:
        (folder / dialect / csvw.NAME).write_bytes(csvw.column_descriptions(laid, settings, dialect))
    if statistical_files.is_available():
        for program, place in STATISTICAL.items():
            (folder / place).mkdir()
            for table in laid.tables:
                file = statistical_files.statistical_file(
                    program, folder / f"{table.name}.parquet", table, laid.as_of_on
                )
                (folder / place / f"{table.name}.{program}").write_bytes(file)
    if catalogue := dcat.catalogue(laid, settings):
        (folder / "catalogue.ttl").write_bytes(catalogue)
