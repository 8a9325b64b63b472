// Stands in for the package apache-arrow, which DuckDB imports and this page does not need: it takes results as CSV.
export {};
