"""The public page of a release: static files, German and English, made from its public edition and the declared labels alone.

Every figure is a sentence, a picture, a table and files; every word of a verdict and every number is a cell of the edition.
Nothing is computed here but where ink goes. Start reading in site.py.
"""
