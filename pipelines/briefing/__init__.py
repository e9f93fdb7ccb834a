"""What an account of several files is made of; the pipeline that gives it is pipelines/fusion/describe.py."""
