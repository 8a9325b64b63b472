"""What a refresh costs, beside three yardsticks: importing only, the stock way, one script without checks.

`python -m benchmarks.refresh` measures all of them in turns on this machine and writes docs/benchmarks.md.
Nothing here is part of the product; a contender that does not give the same figures stops the benchmark.
"""
