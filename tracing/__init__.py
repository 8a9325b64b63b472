"""The auditor's walk: from a published cell to the delivered row, and the value computed again from those rows.

Here, and nowhere else outside dbt_project, figures are computed: for comparison only, never to be shown instead of the
published value. What a walk is, each mart declares beside its model (`meta: trace`). Does not belong here: publishing,
parsing deliveries, judging data. Reads a release, the archive beside it and the ledger; never imports pandas or pydantic.
"""
